from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from ledger_cases import HOUSEHOLD, NOW, TODAY
from riskmodel.errors import UsageError
from riskmodel.policy import Step
from riskmodel.review.access import Principal
from riskmodel.review.steps import identifications, note_step

if TYPE_CHECKING:
    from riskmodel.review.store import Store

WHO = Principal("a1", "安某", (), "")
CLUE = date(2025, 12, 20)


def noted(store: Store, step: Step, done_on: date | None, clue_on: date = CLUE) -> None:
    with store.writing() as connection:
        note_step(connection, HOUSEHOLD, clue_on, step, done_on, WHO, NOW)


def test_a_later_note_holds_and_one_may_be_taken_back(store: Store) -> None:
    noted(store, Step.JUDGEMENT, date(2025, 12, 22))
    noted(store, Step.JUDGEMENT, date(2025, 12, 23))
    noted(store, Step.VISIT, date(2025, 12, 24))
    noted(store, Step.VISIT, None)
    noted(store, Step.JUDGEMENT, TODAY, clue_on=TODAY)
    newer, older = identifications(store, HOUSEHOLD)
    assert (newer.clue_on, older.clue_on) == (TODAY, CLUE)
    assert older.days == {Step.CLUE: CLUE, Step.JUDGEMENT: date(2025, 12, 23)}
    assert identifications(store, "H" + "9" * 24) == []
    told = [(note.step, note.done_on, note.by_name) for note in older.notes]
    assert told[0] == (Step.JUDGEMENT, date(2025, 12, 22), "安某"), (
        "who wrote what is told, also of what no longer holds"
    )
    assert told[-1] == (Step.VISIT, None, "安某")


@pytest.mark.parametrize("day", [CLUE - timedelta(days=1), TODAY + timedelta(days=1)])
def test_a_step_lies_between_its_clue_and_today(store: Store, day: date) -> None:
    with pytest.raises(UsageError, match="应在线索日期"):
        noted(store, Step.VISIT, day)


def test_a_step_is_not_dated_before_one_that_precedes_it_nor_after_one_that_follows(store: Store) -> None:
    noted(store, Step.VISIT, date(2025, 12, 26))
    with pytest.raises(UsageError, match="“部门信息比对”的日期 2025-12-25 早于“入户核查”"):
        noted(store, Step.COMPARISON, date(2025, 12, 25))
    with pytest.raises(UsageError, match="“村级研判”的日期 2025-12-27 晚于“入户核查”"):
        noted(store, Step.JUDGEMENT, date(2025, 12, 27))
    noted(store, Step.MEASURES, date(2025, 12, 21))  # help may come at any time
    noted(store, Step.VISIT, None)
    noted(store, Step.COMPARISON, date(2025, 12, 25))
