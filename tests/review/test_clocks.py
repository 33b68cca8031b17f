from __future__ import annotations

from datetime import date

import pytest

from riskmodel.policy import Policy, Step
from riskmodel.policy.calendar import WorkingCalendar
from riskmodel.review.clocks import LIMITS, Clock, Standing, clocks

CALENDAR, POLICY = WorkingCalendar.load(), Policy.load()
GUIZHOU, ELSEWHERE = "520327001001", "990301001001"
CLUE = date(2026, 2, 9)


def read(days: dict[Step, date], today: date, area: str = ELSEWHERE) -> dict[str, Clock]:
    return {clock.limit.name: clock for clock in clocks(days, area, POLICY, CALENDAR, today)}


def test_a_clock_waits_runs_is_kept_or_late() -> None:
    days = {Step.CLUE: CLUE, Step.JUDGEMENT: CLUE}
    assert read(days, date(2026, 2, 12))["visit"].standing is Standing.RUNNING
    assert read(days, date(2026, 2, 13))["visit"].standing is Standing.LATE
    assert read(days | {Step.VISIT: date(2026, 2, 12)}, date(2026, 3, 1))["visit"].standing is Standing.KEPT
    late = read(days | {Step.VISIT: date(2026, 2, 13)}, date(2026, 3, 1))
    assert (late["visit"].standing, late["comparison"].due_on) == (Standing.LATE, date(2026, 2, 18))
    assert late["measures"].standing is Standing.WAITING


def test_a_term_in_working_days_passes_over_the_spring_festival() -> None:
    far = read({Step.CLUE: CLUE}, CLUE, GUIZHOU)["identification"]
    assert (far.days, far.unit, far.due_on) == (20, "working days", date(2026, 3, 13))
    near = read({Step.CLUE: CLUE}, CLUE)["identification"]
    assert (near.days, near.unit, near.due_on) == (15, "days", date(2026, 2, 24))


def test_a_notice_has_to_last_its_time() -> None:
    days = {Step.NOTICE: date(2026, 3, 2)}
    today = date(2026, 3, 20)
    assert read(days, today)["notice"].standing is Standing.RUNNING
    assert read(days | {Step.NOTICE_END: date(2026, 3, 6)}, today)["notice"].standing is Standing.LATE
    assert read(days | {Step.NOTICE_END: date(2026, 3, 7)}, today)["notice"].standing is Standing.KEPT


def test_what_nobody_set_is_said_to_be_unset_and_never_guessed() -> None:
    early = read({Step.CLUE: date(2019, 6, 1)}, date(2019, 6, 2))["identification"]
    assert (early.standing, early.due_on, early.why) == (
        Standing.UNSET,
        None,
        "未设定：识别全程时限（deadline.identification）",
    )
    unknown = read({Step.CLUE: date(2026, 12, 20)}, date(2026, 12, 21), GUIZHOU)["identification"]
    assert (unknown.standing, unknown.due_on) == (Standing.UNSET, None)
    assert "2027" in unknown.why


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
def test_every_clock_has_a_value_that_is_shipped(limit: object) -> None:
    day = date(2026, 1, 5)
    assert any(POLICY.find(kind, ELSEWHERE, day, day) for kind in limit.kinds)  # type: ignore[attr-defined]  # a Limit
