"""Many households assessed in one go: what is sent of each, and the line that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from riskmodel.client.results import FreshAssessment
from riskmodel.client.service_error import FieldError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PORTION: Final = 1000
"""Households of one request: what is asked again after 503, and what is in memory."""


@dataclass(frozen=True)
class Household:
    """The facts of one household: rows by canonical table; days and amounts may be date and Decimal."""

    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(repr=False)
    as_of: dt.date | None = None
    """What became known later is not looked at; None = today in China."""
    complete: bool = False
    """The facts are all that the office knows (docs/service.md)."""
    household_id: str | None = None
    """The household that is asked about, where rows of others are among its facts (docs/service.md)."""

    def body(self) -> dict[str, Any]:
        """What is sent."""
        said = {"as_of": self.as_of, "household_id": self.household_id}
        return {name: value for name, value in said.items() if value is not None} | {
            "complete": self.complete,
            "tables": self.tables,
        }


@dataclass(frozen=True)
class ProblemBody:
    """Why a household was not assessed, as it alone would have been told."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: tuple[FieldError, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Line:
    """The answer to one household of a batch."""

    index: int
    """Its place among those that were sent, from 0."""
    status: int
    """200, or the status that the household alone would be answered with."""
    assessment: FreshAssessment | None = None
    """Where the status is 200."""
    problem: ProblemBody | None = None
    """Where it is another one."""


def portions(households: Iterable[Household]) -> Iterator[tuple[int, list[Household]]]:
    """The households in portions, each with the place of its first one."""
    waiting, first = iter(households), 0
    while portion := list(islice(waiting, PORTION)):
        yield first, portion
        first += len(portion)
