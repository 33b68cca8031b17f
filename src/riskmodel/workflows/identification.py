"""The identification of a household: note its steps, and see how its clocks stand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from riskmodel.policy import Finding, Step
from riskmodel.policy.calendar import WorkingCalendar
from riskmodel.review.access import Right
from riskmodel.review.assessments import homes
from riskmodel.review.clocks import Clock, clocks
from riskmodel.review.steps import Identification, identifications, note_step
from riskmodel.review.verdicts import verdicts_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from pathlib import Path

    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class Course:
    """An identification and its clocks."""

    identification: Identification
    clocks: list[Clock]


def note(
    service: Service,
    who: Principal,
    household_id: str,
    clue_on: date,
    step: Step,
    done_on: date | None,
    now: datetime,
) -> bool:
    """Write down when a step was done (None: it was not); False where the household is not in the area of who asks."""
    who.require(Right.DECIDE)
    if village_seen(service, who, household_id) is None:
        return False
    with service.store.writing() as connection:
        note_step(connection, household_id, clue_on, step, done_on, who, now)
        purpose = f"step {step.value} of the clue of {clue_on}"
        service.noted(who, "ledger", [household_id], purpose, now).result()
    return True


def courses(service: Service, who: Principal, household_id: str, now: datetime) -> list[Course]:
    """The identifications of a household with their clocks, the newest first; none outside of the area of who asks.

    A visit that nobody noted is that of the first verdict since the judgement for which somebody was met.
    """
    who.require(Right.READ)
    village = village_seen(service, who, household_id)
    if village is None:
        return []
    found = identifications(service.store, household_id)
    met = sorted(
        kept.verdict.visited_on
        for kept in verdicts_of(service.store, household_id, who.sees)
        if kept.newest and not kept.withdrawn and kept.verdict.finding is not Finding.NOT_HOME
    )
    calendar = _calendar(service.workspace.home / "policy" / "calendars")
    service.noted(who, "read", [household_id], "steps of identification", now).result()
    policy, today = service.workspace.policy, now.date()
    return [Course(one, clocks(_with_visit(one, met), village, policy, calendar, today)) for one in found]


def _with_visit(one: Identification, met: Sequence[date]) -> dict[Step, date]:
    days = dict(one.days)
    judged = days.get(Step.JUDGEMENT)
    first = next((day for day in met if judged is not None and day >= judged), None)
    return days if first is None else {Step.VISIT: first} | days


def village_seen(service: Service, who: Principal, household_id: str) -> str | None:
    """Where a household lives; None where who asks does not see it, or nothing was ever said of it."""
    village = homes(service.store, [household_id]).get(household_id)
    return village if village is not None and who.sees(village) else None


@lru_cache(maxsize=4)
def _calendar(folder: Path) -> WorkingCalendar:
    return WorkingCalendar.load(folder) if folder.is_dir() else WorkingCalendar.load()
