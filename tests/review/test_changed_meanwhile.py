from __future__ import annotations

from riskmodel.review.changed_meanwhile import ChangedMeanwhile


def test_it_carries_both_texts_and_tells_neither_in_its_message() -> None:
    error = ChangedMeanwhile(stored="因病，已送医", sent="因病，待办")
    assert (error.stored, error.sent) == ("因病，已送医", "因病，待办")
    assert "送医" not in str(error)
