from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, Tier, VisitReason
from riskmodel.review.verdict_rules import Verdict, WrongValue, checked_verdict, disagrees

TODAY = date(2026, 1, 5)
FOUND = Verdict(date(2026, 1, 4), "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL, Cause.JOB))


@pytest.mark.parametrize("tier", Tier)
def test_a_finding_disagrees_where_the_list_asked_for_the_other_thing(tier: Tier) -> None:
    asked = tier in (Tier.VERY_HIGH, Tier.HIGH)
    assert disagrees(tier, Finding.NO_RISK, listed=True) == asked
    assert disagrees(tier, Finding.RISK, listed=True) == (not asked)
    assert not disagrees(tier, Finding.NOT_HOME, listed=True)
    assert not any(disagrees(tier, finding, listed=False) for finding in Finding)


def test_who_disagrees_with_the_list_says_why() -> None:
    assert checked_verdict(FOUND, Tier.HIGH, TODAY, listed=True) == FOUND
    with pytest.raises(UsageError, match="不一致，请说明理由"):
        checked_verdict(replace(FOUND, why=" \n"), Tier.LOW, TODAY, listed=True)
    assert checked_verdict(replace(FOUND, why="新发大病"), Tier.LOW, TODAY, listed=True).why == "新发大病"
    assert checked_verdict(FOUND, Tier.LOW, TODAY, listed=False) == FOUND


@pytest.mark.parametrize(
    "change",
    [
        {"visited_on": date(2026, 1, 6)},
        {"visitor_id": " "},
        {"visitor_id": "张三 13800000000"},
        {"finding": Finding.NO_RISK},
        {"causes": (Cause.ILL, Cause.ILL)},
        {"causes": ()},
        {"causes": (Cause.ILL, Cause.OTH)},
        {"causes": (Cause.ILL, Cause.JOB, Cause.EDU)},
        {"wrong_values": (WrongValue("incomes", "wage", " ", "3000"),)},
        {"wrong_values": (WrongValue("incomes", "wage", "多了一个零", "3000"),) * 101},
        {"note": "\0"},
    ],
)
def test_a_verdict_that_contradicts_itself_or_cannot_be_stored_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        checked_verdict(replace(FOUND, **change), Tier.HIGH, TODAY, listed=True)  # type: ignore[arg-type]  # any field


def test_another_cause_than_those_of_the_form_is_told_in_words() -> None:
    other = replace(FOUND, causes=(Cause.OTH,), note="被骗走积蓄")
    assert checked_verdict(other, Tier.HIGH, TODAY, listed=True) == other
    with pytest.raises(UsageError, match="选“其他”的，请在备注中写明"):
        checked_verdict(replace(other, note=" "), Tier.HIGH, TODAY, listed=True)


def test_what_is_typed_is_made_safe_and_is_not_in_the_representation() -> None:
    typed = replace(FOUND, note="秘密\u202e", wrong_values=(WrongValue("incomes", "wage", "多了一个零", "3000\r\n"),))
    kept = checked_verdict(typed, Tier.HIGH, TODAY, listed=True)
    assert (kept.note, kept.wrong_values[0].right) == ("秘密\ufffd", "3000\n")
    assert "秘密" not in repr(kept)
