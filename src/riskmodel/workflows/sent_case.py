"""One household to be assessed from rows that were sent, and which household that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import DataError
from riskmodel.workflows.assessed import COUNTY
from riskmodel.workflows.sent_frames import own_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    Sent = Mapping[str, Sequence[Mapping[str, Any]]]

ONE_AT_A_TIME: Final = (
    "one household at a time; to send also rows of those it came from, or of where its people lived before, name the "
    "one that is asked about in household_id, beside tables"
)
SAME_COUNTY: Final = (
    "households beside the one that is asked about are of its county; leave this one and its rows out: nothing is "
    "taken over from another county"
)


@dataclass(frozen=True)
class Wrong:
    """A value that cannot be used."""

    table: str
    row: int
    """From 0."""
    column: str
    value: str
    rule: str


class WrongFacts(DataError):
    """Facts that break the contract of the tables."""

    def __init__(self, found: list[Wrong]) -> None:
        super().__init__(f"{len(found)} value(s) cannot be used")
        self.found = found


@dataclass(frozen=True)
class Case:
    """One household to be assessed: what was sent of it, and the day."""

    sent: Sent = field(repr=False)
    as_of: date
    complete: bool = False
    """What was sent is all that the office knows."""
    about: str | None = None
    """Id of the household that is asked about, where rows of others are among those sent, see `together`."""


def asked_about(case: Case) -> str:
    """The id of the household that is asked about. Raises WrongFacts where it cannot be told, or has no state."""
    sent, wrong = case.sent, list[Wrong]()
    named = [
        (name, place, str(row["household_id"]))
        for name, rows in sent.items()
        for place, row in enumerate(rows)
        if row.get("household_id")
    ]
    own = case.about or next((text for *_, text in named), "household")
    states = sent.get("households", ())
    if not any(row.get("household_id") in (None, own) for row in states):
        wrong.append(
            Wrong("households", 0, "household_id", case.about or "", "the state of the household has to be sent")
        )
    if case.about is None:
        wrong += [Wrong(name, n, "household_id", "…", ONE_AT_A_TIME) for name, n, text in named if text != own][:1]
    else:
        wrong += _elsewhere(states, own)
    if wrong:
        raise WrongFacts(wrong)
    return own_id(own, "H")


def _elsewhere(states: Sequence[Mapping[str, Any]], own: str) -> list[Wrong]:
    """States of other households in other counties than that of the household asked about."""
    counties = {str(row["village_code"])[:COUNTY] for row in states if row.get("household_id") in (None, own)}
    return [
        Wrong("households", place, "village_code", str(row["village_code"]), SAME_COUNTY)
        for place, row in enumerate(states)
        if str(row["village_code"])[:COUNTY] not in counties
    ]
