from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from ledger_cases import HOUSEHOLD, NOW, VILLAGE, everywhere
from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.access import Principal
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.verdict_rules import Verdict, WrongValue
from riskmodel.review.verdicts import Shown, add_verdict, correct_verdict, newest, newest_of, verdicts_of

if TYPE_CHECKING:
    from riskmodel.review.store import Store

WHO = Principal("a1", "安某", (), "")
SHOWN = Shown(HOUSEHOLD, VILLAGE, date(2026, 1, 4), "high", listed=True, text='{"meaning": "约一成"}'.encode())
FOUND = Verdict(
    date(2026, 1, 4),
    "K017",
    VisitReason.ALERT,
    Finding.RISK,
    (Cause.ILL,),
    note="户主住院",
    wrong_values=(WrongValue("incomes", "wage", "多了一个零", "3000"),),
)


def decided(store: Store, verdict: Verdict = FOUND) -> list[dict[str, Any]]:
    with store.writing() as connection:
        return add_verdict(connection, SHOWN, verdict, WHO, NOW)[1]


def corrected(store: Store, version: int, verdict: Verdict, *, withdrawn: bool = False) -> list[dict[str, Any]]:
    with store.writing() as connection:
        return correct_verdict(
            connection, newest(connection, 1), version, SHOWN, verdict, WHO, NOW, withdrawn=withdrawn
        )[1]


def test_a_verdict_is_kept_with_what_was_shown_and_the_lake_gets_codes_alone(store: Store) -> None:
    (row,) = decided(store)
    (kept,) = verdicts_of(store, HOUSEHOLD, everywhere)
    assert (kept.verdict, kept.shown, kept.shown_sha256) == (FOUND, SHOWN.text, SHOWN.sha256)
    assert (kept.version, kept.newest, kept.withdrawn, kept.by_name) == (1, True, False, "安某")
    assert row == {
        **{"household_id": HOUSEHOLD, "visited_on": date(2026, 1, 4), "visitor_id": "K017", "reason": "alert"},
        **{"finding": "risk", "cause_1": "ILL", "cause_2": None, "retracted": False, "known_at": NOW.date()},
    }


def test_a_correction_keeps_what_was_before_and_a_visit_of_another_day_takes_the_old_one_back(store: Store) -> None:
    decided(store)
    (row,) = corrected(store, 1, replace(FOUND, finding=Finding.NO_RISK, causes=(), why="已出院"))
    assert (row["finding"], row["retracted"]) == ("no_risk", False)
    gone, put = corrected(store, 2, replace(FOUND, visited_on=date(2026, 1, 3)))
    assert (gone["visited_on"], gone["retracted"]) == (date(2026, 1, 4), True)
    assert (put["visited_on"], put["retracted"]) == (date(2026, 1, 3), False)
    kept = verdicts_of(store, HOUSEHOLD, everywhere)
    assert newest_of(store, [HOUSEHOLD, "H2"], everywhere) == kept[:1]
    assert newest_of(store, [HOUSEHOLD], lambda _: False) == []
    assert [(one.version, one.newest, one.verdict.finding.value) for one in kept] == [
        (3, True, "risk"),
        (2, False, "no_risk"),
        (1, False, "risk"),
    ]


def test_one_that_was_taken_back_stays_as_history_and_may_be_put_right(store: Store) -> None:
    decided(store)
    (row,) = corrected(store, 1, FOUND, withdrawn=True)
    assert row["retracted"]
    assert verdicts_of(store, HOUSEHOLD, everywhere)[0].withdrawn
    (row,) = corrected(store, 2, replace(FOUND, visitor_id="K018"))
    assert (row["visitor_id"], row["retracted"]) == ("K018", False)


def test_a_visit_has_one_verdict_and_the_second_correction_gets_both_texts(store: Store) -> None:
    decided(store)
    with pytest.raises(UsageError, match="已有核查结论"):
        decided(store)
    decided(store, replace(FOUND, visitor_id="K018"))
    with pytest.raises(UsageError, match="已有核查结论"):
        corrected(store, 1, replace(FOUND, visitor_id="K018"))
    corrected(store, 1, replace(FOUND, note="甲"))
    with pytest.raises(ChangedMeanwhile) as refused:
        corrected(store, 1, replace(FOUND, note="乙"))
    assert refused.value.stored.verdict.note == "甲"  # type: ignore[attr-defined]  # a KeptVerdict
    assert refused.value.sent == replace(FOUND, note="乙")


def test_verdicts_of_another_area_are_not_seen_and_none_is_none(store: Store) -> None:
    decided(store)
    assert verdicts_of(store, HOUSEHOLD, lambda code: code.startswith("990302")) == []
    with pytest.raises(UsageError, match="没有这条"), store.writing() as connection:
        newest(connection, 2)
