"""The month's overview of an area: tiers and visits by place, causes, how fresh the data are, the half-year before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from riskmodel.policy import Tier
from riskmodel.review.published import published_months
from riskmodel.workflows.ledger_lists import ledger_overdue
from riskmodel.workflows.look_back import look_back
from riskmodel.workflows.month_parts import CAUSES, URGENT
from riskmodel.workflows.month_sheet import summed
from riskmodel.workflows.visits_made import VisitsMade, visits_made

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.assessments import Month
    from riskmodel.workflows.look_back import LookBack
    from riskmodel.workflows.month_sheet import Sheet
    from riskmodel.workflows.service import Service

COUNTY, TOWNSHIP, VILLAGE = 6, 9, 12
NONE: Final = VisitsMade(0, 0, 0, 0)


@dataclass(frozen=True)
class PlaceCounts:
    """A place in the overview; of tiers those that may be listed."""

    code: str
    counts: Mapping[str, int]
    """As `COUNTED[VILLAGES]`."""
    change: Mapping[str, int] | None
    """By tier since the month before; None without one."""
    visits: VisitsMade


@dataclass(frozen=True)
class CauseCounts:
    """Households whose first cause is this one, by tier."""

    cause: str
    tiers: Mapping[str, int]

    @property
    def total(self) -> int:
        """Of all three tiers."""
        return sum(self.tiers.values())


@dataclass(frozen=True)
class Overview:
    """All of the page."""

    month: Month
    before: Month | None
    """The month that it is compared with."""
    dates: list[date]
    """Of all published months, the newest first."""
    area: str
    digits: int
    """Of the codes of the places."""
    total: PlaceCounts
    places: list[PlaceCounts] = field(repr=False)
    causes: list[CauseCounts] = field(repr=False)
    """Commonest first."""
    ages: list[dict[str, Any]] = field(repr=False)
    """Of the deliveries of the counties, see `DeliveryAge`."""
    back: LookBack = field(repr=False)
    issued: bool
    overdue: int
    """Entries of the ledger beyond their deadline today."""

    @property
    def most_urgent(self) -> int:
        """The most households of the upper three tiers in a place, for the length of bars; never 0."""
        return max(1, *(sum(place.counts[tier.value] for tier in URGENT) for place in self.places))

    @property
    def most_of_a_cause(self) -> int:
        """The most households with one first cause; never 0."""
        return max([one.total for one in self.causes], default=1)


def overview(service: Service, who: Principal, as_of: date | None, area: str, now: datetime) -> Overview | None:
    """The overview of an area (default: all that somebody sees) on a published date (default: the newest).

    None where nothing was published, or nothing of theirs. Counts alone: no household is told of. Raises NotPrepared.
    """
    inside = area or who.area
    if not who.sees(inside):
        return None
    return service.sheets.told(as_of, lambda sheet: _made(service, who, sheet, inside, now))


def places_below(codes: Sequence[str], area: str) -> int:
    """Digits of the places that an area is told by: villages of a township, townships of a county, else counties."""
    if len(area) >= TOWNSHIP:
        return VILLAGE
    return TOWNSHIP if len(area) == COUNTY or len({code[:COUNTY] for code in codes}) == 1 else COUNTY


def _made(service: Service, who: Principal, sheet: Sheet, area: str, now: datetime) -> Overview | None:
    villages = sheet.ground(who, area).codes
    if not villages:
        return None
    digits, published = places_below(villages, area), published_months(service.store)
    first = sheet.month.as_of.replace(day=1)
    before = service.sheets.first_of(one for one in published if one.as_of < first)
    visits = visits_made(service, sheet, who, area, digits)
    earlier = summed(before, who, area, digits) if before else {}
    places = [
        _place(code, own, earlier.get(code, {}) if before else None, visits.get(code, NONE))
        for code, own in summed(sheet, who, area, digits).items()
    ]
    return Overview(
        month=sheet.month,
        before=before.month if before else None,
        dates=[one.as_of for one in published],
        area=area,
        digits=digits,
        total=_total(area, places),
        places=places,
        causes=_causes(sheet, who, area),
        ages=[age for age in sheet.facts.ages if who.sees(age["county"]) or who.area.startswith(age["county"])],
        back=look_back(service.sheets, tuple(published), sheet.month, who, area, digits),
        issued=sheet.facts.issued,
        overdue=ledger_overdue(service, who, area, now),
    )


def _place(code: str, now: Mapping[str, float], before: Mapping[str, float] | None, visits: VisitsMade) -> PlaceCounts:
    counts = {name: int(value) for name, value in now.items() if name != "risk"}
    change = None if before is None else {t: counts[t] - int(before.get(t, 0)) for t in Tier.codes()}
    return PlaceCounts(code, counts, change, visits)


def _total(area: str, places: Sequence[PlaceCounts]) -> PlaceCounts:
    """The sum of all places."""
    counts = {name: sum(place.counts[name] for place in places) for name in places[0].counts}
    changes = [place.change for place in places if place.change is not None]
    change = {tier: sum(one[tier] for one in changes) for tier in Tier.codes()} if changes else None
    made = [place.visits for place in places]
    sums = (sum(getattr(one, name) for one in made) for name in VisitsMade.__dataclass_fields__)
    return PlaceCounts(area, counts, change, VisitsMade(*sums))


def _causes(sheet: Sheet, who: Principal, area: str) -> list[CauseCounts]:
    found: dict[str, dict[str, int]] = {}
    for own in summed(sheet, who, area, len(area), CAUSES).values():
        for name, count in own.items():
            cause, tier = name.split(".")
            found.setdefault(cause, dict.fromkeys((word.value for word in URGENT), 0))[tier] += int(count)
    told = [CauseCounts(cause, tiers) for cause, tiers in found.items()]
    return sorted((one for one in told if one.total), key=lambda one: -one.total)
