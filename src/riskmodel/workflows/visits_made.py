"""Visits made of those that the list of a month planned, as far as they were told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.policy import Finding
from riskmodel.review.published import published_months
from riskmodel.review.visited import visited
from riskmodel.workflows.month_parts import PLANNED
from riskmodel.workflows.month_sheet import among
from riskmodel.workflows.worklist_evaluation import VISIT_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskmodel.review.access import Principal
    from riskmodel.review.visited import Met
    from riskmodel.workflows.month_sheet import Sheet
    from riskmodel.workflows.service import Service


_NUMBERS: Final = {code: number for number, code in enumerate(Finding.codes(), start=1)}


@dataclass(frozen=True)
class VisitsMade:
    """Households of a place above the capacity line: how many, and of how many a visit was told since."""

    planned: int
    done: int
    """Whatever was found; a visit that met nobody is one."""
    risk: int
    """Among them by the service: a risk was found."""
    not_home: int
    """Among them by the service: nobody was met."""


def visits_made(service: Service, sheet: Sheet, who: Principal, area: str, digits: int) -> dict[str, VisitsMade]:
    """By codes of so many digits. Visits of 62 days from the as-of date on count, as when lists are evaluated.

    A visit is told by the service, or by the lake as the next published month knew it; what was taken in since the
    newest month was published is told with the month after it. A household without any news counts as not visited.
    """
    ground, later = sheet.ground(who, area, digits), later_sheet(service, sheet)
    group = np.full(len(sheet.facts.villages), -1, dtype=np.intp)
    group[ground.villages] = np.searchsorted(ground.starts, np.arange(len(ground.villages)), side="right") - 1
    planned = np.flatnonzero(above_line(sheet))
    planned = planned[group[sheet.column("village")[planned]] >= 0]
    met = list(visits_since(service, sheet).values())
    finding = np.zeros(len(sheet.column("status")), dtype=np.uint8)
    at = sheet.places([one.household_id for one in met])
    finding[at[at >= 0]] = np.array([_NUMBERS[one.finding] for one in met], dtype=np.uint8)[at >= 0]
    found, of = finding[planned], group[sheet.column("village")[planned]]
    done = (found > 0) | known_later(sheet, planned, later)
    risk, not_home = (found == _NUMBERS[word.value] for word in (Finding.RISK, Finding.NOT_HOME))
    every = np.ones(len(planned), dtype=np.bool_)
    counts = [np.bincount(of[mask], minlength=len(ground.codes)).tolist() for mask in (every, done, risk, not_home)]
    return {code: VisitsMade(*own) for code, *own in zip(ground.codes, *counts, strict=True)}


def above_line(sheet: Sheet) -> NDArray[np.bool_]:
    """Which households stand above the capacity line."""
    return among(sheet, "status", *(word.value for word in PLANNED))


def visits_since(service: Service, sheet: Sheet, households: Sequence[str] | None = None) -> dict[str, Met]:
    """The newest visits since the as-of date that the service was told, of these households or of all."""
    first, end = sheet.month.as_of, sheet.month.as_of + timedelta(days=VISIT_DAYS)
    if households is None:
        return service.sheets.visits(first, end)
    return visited(service.store, first, end, households)


def later_sheet(service: Service, sheet: Sheet) -> Sheet | None:
    """The newest date after a month on which its visits may still have been made; None without one."""
    end = sheet.month.as_of + timedelta(days=VISIT_DAYS)
    after = [one for one in published_months(service.store) if sheet.month.as_of < one.as_of <= end]
    return service.sheets.first_of(after)


def known_later(sheet: Sheet, places: NDArray[np.intp], later: Sheet | None) -> NDArray[np.bool_]:
    """Of which households, by their places, a later month knew that the newest visit was made since the as-of date."""
    if later is None:
        return np.zeros(len(places), dtype=np.bool_)
    at, days = later.places_of(sheet.column("id")[places]), (later.month.as_of - sheet.month.as_of).days
    since = later.column("visited")[at]
    return (at >= 0) & (since >= 0) & (since <= days)
