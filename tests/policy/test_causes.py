from __future__ import annotations

import pytest

from riskmodel.errors import PolicyError
from riskmodel.policy import Background, Cause, ShockKind, group


@pytest.mark.parametrize("word", [*Cause, *Background])
def test_causes_and_backgrounds_are_found_by_their_code(word: Cause | Background) -> None:
    assert group(word.value) is word


def test_no_code_or_title_is_a_cause_and_a_background_at_once() -> None:
    assert not set(Cause.labels()) & set(Background.labels())


def test_an_unknown_group_names_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=r"'SAD' is neither.*ILL.*AID"):
        group("SAD")


def test_a_title_is_no_code() -> None:
    with pytest.raises(PolicyError, match="neither a cause nor"):
        group("因病")


def test_causes_of_the_older_form_are_accepted() -> None:
    assert Cause.from_label("缺水") is Cause.WAT
    assert Cause.from_label("缺劳力") is Cause.LAB
    assert Cause.from_label("缺资金") is Cause.OTH


def test_exactly_the_seven_disasters_are_natural() -> None:
    natural = [kind.value for kind in ShockKind if kind.natural]
    assert natural == ["flood", "geological", "drought", "biological", "weather", "earthquake", "natural_other"]
