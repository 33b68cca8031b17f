"""Clocks of an identification: from which step to which, until when, as the policy of the place sets it.

A limit is counted in working days where the policy states it so, else in calendar days. Where nobody set a limit there
is none: the clock says so (未设定) and guesses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from riskmodel.errors import NothingInForce
from riskmodel.policy import Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.policy import Parameter, Policy
    from riskmodel.policy.calendar import WorkingCalendar


class Standing(StrEnum):
    """How a clock stands."""

    WAITING = "waiting"
    """It has not begun."""
    RUNNING = "running"
    KEPT = "kept"
    LATE = "late"
    UNSET = "unset"
    """Nobody set a limit, or the holidays of its year are not known yet."""


@dataclass(frozen=True)
class Limit:
    """A clock: its steps, title and kinds of policy; the first kind that is in force holds."""

    name: str
    zh: str
    begins: Step
    ends: Step
    kinds: tuple[str, ...]
    at_least: bool = False
    """The time that has to pass, not the time that may."""


@dataclass(frozen=True)
class Clock:
    """How a limit stands on a day."""

    limit: Limit
    standing: Standing
    begun_on: date | None
    done_on: date | None
    due_on: date | None = None
    days: int | None = None
    unit: str | None = None
    why: str = ""
    """Why there is no day on which it is due."""


LIMITS: Final = (
    Limit("visit", "入户核查", Step.JUDGEMENT, Step.VISIT, ("deadline.visit_working", "deadline.visit")),
    Limit(
        "comparison", "部门比对", Step.VISIT, Step.COMPARISON, ("deadline.comparison_working", "deadline.comparison")
    ),
    Limit("review", "评议公示启动", Step.COMPARISON, Step.NOTICE, ("deadline.review_working", "deadline.review")),
    Limit("notice", "公示期", Step.NOTICE, Step.NOTICE_END, ("deadline.notice",), at_least=True),
    Limit(
        *("identification", "识别全程", Step.CLUE, Step.ENTRY),
        kinds=("deadline.identification_working", "deadline.identification"),
    ),
    Limit(
        *("measures", "首次帮扶", Step.ENTRY, Step.MEASURES),
        kinds=("deadline.first_measure_working", "deadline.first_measure"),
    ),
)


def clocks(days: Mapping[Step, date], area: str, policy: Policy, calendar: WorkingCalendar, today: date) -> list[Clock]:
    """The clocks of an identification on a day; `days`: of the steps that were done, `area`: code of the village."""
    return [_clock(limit, days, area, policy, calendar, today) for limit in LIMITS]


def _clock(
    limit: Limit, days: Mapping[Step, date], area: str, policy: Policy, calendar: WorkingCalendar, today: date
) -> Clock:
    begun, done = days.get(limit.begins), days.get(limit.ends)
    if begun is None:
        return Clock(limit, Standing.WAITING, None, done)
    found = _in_force(limit, area, policy, begun, today)
    if found is None:
        return Clock(limit, Standing.UNSET, begun, done, why=f"未设定：{limit.zh}时限（{limit.kinds[-1]}）")
    try:
        due = _due(begun, found, calendar, today)
    except NothingInForce as error:
        return Clock(limit, Standing.UNSET, begun, done, None, int(found.value), found.unit, str(error))
    return Clock(limit, _standing(limit, due, done, today), begun, done, due, int(found.value), found.unit)


def _in_force(limit: Limit, area: str, policy: Policy, begun: date, today: date) -> Parameter | None:
    """The value in force on the day on which the clock began."""
    found = (policy.find(kind, area, on=begun, known=today) for kind in limit.kinds)
    return next((entry for entry in found if entry is not None), None)


def _due(begun: date, found: Parameter, calendar: WorkingCalendar, today: date) -> date:
    if found.unit == "working days":
        return calendar.add_working_days(begun, int(found.value), known=today)
    return begun + timedelta(days=int(found.value))


def _standing(limit: Limit, due: date, done: date | None, today: date) -> Standing:
    if limit.at_least:
        if done is None:
            return Standing.RUNNING
        return Standing.KEPT if done >= due else Standing.LATE
    if done is not None:
        return Standing.KEPT if done <= due else Standing.LATE
    return Standing.RUNNING if today <= due else Standing.LATE
