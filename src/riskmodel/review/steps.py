"""Days on which the steps of an identification were done; a later note about a step stands before an earlier one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import insert, select

from riskmodel.errors import UsageError
from riskmodel.policy import Step
from riskmodel.review.keys import stamp
from riskmodel.review.ledger_schema import STEPS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection

    from riskmodel.review.access import Principal
    from riskmodel.review.store import Store


IN_ORDER: Final = tuple(step for step in Step if step is not Step.MEASURES)
"""Steps that follow each other; help may come at any time."""


@dataclass(frozen=True)
class NotedStep:
    """A note about a step: when it was done (None: what was written before was a mistake), and who wrote it when."""

    step: Step
    done_on: date | None
    by_name: str
    at: str


@dataclass(frozen=True)
class Identification:
    """One identification of a household: the day of its clue, the steps that were done, and all notes, oldest first."""

    clue_on: date
    days: Mapping[Step, date]
    notes: Sequence[NotedStep] = ()


def note_step(
    connection: Connection,
    household_id: str,
    clue_on: date,
    step: Step,
    done_on: date | None,
    who: Principal,
    now: datetime,
) -> None:
    """Write down when a step was done; None takes back what was written by mistake. The history stays."""
    if done_on is not None and not clue_on <= done_on <= now.date():
        raise UsageError(
            f"{step.value} on {done_on}: a step lies between its clue ({clue_on}) and today. / "
            f"“{step.zh}”的日期 {done_on} 应在线索日期（{clue_on}）与今天之间。"
        )
    if done_on is not None:
        _check_order(_days(connection, household_id, clue_on), step, done_on)
    by = {"by_id": who.id, "by_name": who.name, "at": stamp(now)}
    row = {"household_id": household_id, "clue_on": clue_on, "step": step.value, "done_on": done_on}
    connection.execute(insert(STEPS).values(**row, **by))


def _check_order(days: Mapping[Step, date], step: Step, done_on: date) -> None:
    """Raises UsageError for a step that is dated before one that precedes it, or after one that follows."""
    if step not in IN_ORDER:
        return
    place = IN_ORDER.index(step)
    for other, day in days.items():
        early = other in IN_ORDER[:place] and done_on < day
        if early or (other in IN_ORDER[place + 1 :] and done_on > day):
            raise UsageError(
                f"{step.value} on {done_on} does not fit {other.value} on {day}: correct one of them. / "
                f"“{step.zh}”的日期 {done_on} {'早' if early else '晚'}于“{other.zh}”的日期 {day}，请核对。"
            )


def _days(connection: Connection, household_id: str, clue_on: date) -> dict[Step, date]:
    """The steps of an identification that were done, as noted last."""
    mine = (STEPS.c.household_id == household_id) & (STEPS.c.clue_on == clue_on)
    query = select(STEPS.c.step, STEPS.c.done_on).where(mine).order_by(STEPS.c.id)
    found = {Step(step): day for step, day in connection.execute(query)}
    return {step: day for step, day in found.items() if day is not None}


def identifications(store: Store, household_id: str) -> list[Identification]:
    """The identifications of a household, the newest clue first."""
    query = select(STEPS).where(STEPS.c.household_id == household_id).order_by(STEPS.c.id)
    found: dict[date, list[NotedStep]] = {}
    with store.reading() as connection:
        for row in connection.execute(query).mappings():
            note = NotedStep(Step(row["step"]), row["done_on"], row["by_name"], row["at"])
            found.setdefault(row["clue_on"], []).append(note)
    return [_identification(clue, found[clue]) for clue in sorted(found, reverse=True)]


def _identification(clue: date, notes: Sequence[NotedStep]) -> Identification:
    last = {Step.CLUE: clue} | {note.step: note.done_on for note in notes}
    return Identification(clue, {step: day for step, day in last.items() if day is not None}, tuple(notes))
