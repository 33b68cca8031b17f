"""A page of the work list of a month: filtered, in an order, with the capacity line, and what the visits found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from riskmodel.policy import Finding, Listing
from riskmodel.review.ledger_pages import with_open_entry
from riskmodel.workflows.month_parts import PLANNED, WORDS
from riskmodel.workflows.month_sheet import among
from riskmodel.workflows.visits_made import above_line, known_later, later_sheet, visits_since

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from numpy.typing import NDArray

    from riskmodel.review.access import Principal
    from riskmodel.review.assessments import Month
    from riskmodel.review.visited import Met
    from riskmodel.workflows.month_sheet import Sheet
    from riskmodel.workflows.service import Service

ROWS: Final = 50
"""Households on a page."""
STATUSES: Final = ("", "planned", "waiting", "met", *Finding.codes(), *(word.value for word in Listing))
"""What `status` may ask for: "" = all that may be listed; planned = above the line, and of these waiting = not visited;
met and the findings = visited since; the states of the list."""
ORDERS: Final = ("list", "risk", "village", "visited")
"""List: above the line first, by risk; by risk alone; village by village; not visited for longest first."""


@dataclass(frozen=True)
class AskedList:
    """What of a list is asked for; each that is given narrows it."""

    area: str = ""
    cause: str | None = None
    """"" = no cause told."""
    category: str = ""
    tier: str = ""
    status: str = ""
    order: str = "list"
    find: tuple[str, ...] | None = None
    """Households by id: these alone, whatever else is asked."""
    page: int = 1
    rows: int = ROWS
    """Households on a page."""


@dataclass(frozen=True)
class ListRow:
    """A household of a list."""

    household_id: str
    village_code: str
    category: str
    tier: str
    probability: float
    cause: str
    status: str
    rank: int
    """Place on the list of its township; 0 = may not be listed."""
    days_since_visit: int | None
    met: Met | None
    """Its newest visit since the as-of date, as the service was told."""
    known_later: bool
    """Whether the next published month knew of a visit since."""
    entry: bool
    """Whether the ledger has an entry of it that is not closed."""

    @property
    def planned(self) -> bool:
        """Whether it stands above the line."""
        return self.status in PLANNED

    def on_list(self, *, blind: bool) -> str:
        """What the list makes of it, in words; `blind`: for who must not learn that it was drawn by lot."""
        if self.status == Listing.AUDIT and not blind:
            return "走访户（抽查）"
        if self.planned:
            return "走访户"
        return "线下" if self.status == Listing.UNLISTED else Listing(self.status).zh


@dataclass(frozen=True)
class ListPage:
    """A page of the list; the counts are those of all pages."""

    month: Month
    asked: AskedList
    total: int
    planned: int
    pages: int
    line_after: int | None
    """After so many rows of this page the line is drawn; None = not on this page."""
    issued: bool
    visits: int
    """Visits of the area's townships in all, as on the list."""
    townships: list[str]
    """Codes of the townships that who asks sees."""
    villages: list[str]
    """Codes of the villages of the township asked for; empty without one."""
    rows: list[ListRow] = field(repr=False)


def list_page(
    service: Service, who: Principal, as_of: date | None, asked: AskedList, now: datetime, use: str = "work list"
) -> ListPage | None:
    """A page of the list of a published date (default: the newest); None outside of the area of who asks.

    That its households were read, for which use, is in the audit log before. Raises NotPrepared.
    """
    inside = replace(asked, area=asked.area or who.area)
    if not who.sees(inside.area):
        return None
    found = service.sheets.told(as_of, lambda sheet: _page(service, who, sheet, inside))
    if found is not None and found.rows:
        ids = [row.household_id for row in found.rows]
        service.noted(who, "read", ids, f"{use} {found.month.as_of} {inside.area}".strip(), now).result()
    return found


def villages_of(service: Service, who: Principal, as_of: date | None, area: str) -> list[str]:
    """Codes of the villages of an area that who asks sees and that a published date has households of."""
    return service.sheets.told(as_of, lambda sheet: sheet.ground(who, area).codes) or []


def _page(service: Service, who: Principal, sheet: Sheet, asked: AskedList) -> ListPage:
    later, planned = later_sheet(service, sheet), above_line(sheet)
    chosen = _chosen(service, sheet, later, sheet.inside(who, asked.area), asked)
    ordered, above = _ORDERED[asked.order](sheet, chosen, planned), int(planned[chosen].sum())
    pages = max(1, -(-len(ordered) // asked.rows))
    page = min(max(asked.page, 1), pages)
    first = (page - 1) * asked.rows
    shown = ordered[first : first + asked.rows]
    in_sight = asked.order == "list" and 0 < above < len(ordered) and first < above <= first + len(shown)
    townships, township = sheet.ground(who, who.area, 9).codes, asked.area[:9]
    return ListPage(
        month=sheet.month,
        asked=replace(asked, page=page),
        total=len(ordered),
        planned=above,
        pages=pages,
        line_after=above - first if in_sight else None,
        issued=sheet.facts.issued,
        visits=sum(sheet.facts.visits.get(code, 0) for code in townships if code.startswith(township)),
        townships=townships,
        villages=sheet.ground(who, township).codes if len(township) == 9 else [],
        rows=_rows(service, who, sheet, later, shown),
    )


def _chosen(
    service: Service, sheet: Sheet, later: Sheet | None, inside: NDArray[np.bool_], asked: AskedList
) -> NDArray[np.intp]:
    """Where the households that are asked for stand, in order of risk."""
    village = sheet.column("village")
    if asked.find is not None:
        at = np.sort(sheet.places(asked.find))
        here: NDArray[np.intp] = at[(at >= 0) & inside[village[at]]]
        return here
    mask = inside[village]
    for column, word in (("cause", asked.cause), ("category", asked.category or None), ("tier", asked.tier or None)):
        if word is not None:
            mask &= among(sheet, column, word)
    found: NDArray[np.intp] = np.flatnonzero(mask & _with_status(service, sheet, later, asked.status))
    return found


def _with_status(service: Service, sheet: Sheet, later: Sheet | None, status: str) -> NDArray[np.bool_]:
    """Which households have a status of `STATUSES`."""
    if status == "":
        return among(sheet, "status", *PLANNED, Listing.UNLISTED)
    if status in Listing.codes():
        return among(sheet, "status", status)
    planned = above_line(sheet)
    if status == "planned":
        return planned
    told = visits_since(service, sheet).values()
    wanted = [one.household_id for one in told if status in ("waiting", "met", one.finding)]
    met, at = np.zeros(len(planned), dtype=np.bool_), sheet.places(wanted)
    met[at[at >= 0]] = True
    if status in ("waiting", "met"):
        above = np.flatnonzero(planned)
        met[above[known_later(sheet, above, later)]] = True
    return planned & ~met if status == "waiting" else met


def _by_list(_sheet: Sheet, chosen: NDArray[np.intp], planned: NDArray[np.bool_]) -> NDArray[np.intp]:
    above = planned[chosen]
    return np.concatenate([chosen[above], chosen[~above]])


def _by_risk(_sheet: Sheet, chosen: NDArray[np.intp], _planned: NDArray[np.bool_]) -> NDArray[np.intp]:
    return chosen


def _by_village(sheet: Sheet, chosen: NDArray[np.intp], _planned: NDArray[np.bool_]) -> NDArray[np.intp]:
    narrow = np.min_scalar_type(len(sheet.facts.villages))  # numbers of 16 bits are sorted without comparing
    return chosen[np.argsort(sheet.column("village")[chosen].astype(narrow), kind="stable")]


def _by_visit(sheet: Sheet, chosen: NDArray[np.intp], _planned: NDArray[np.bool_]) -> NDArray[np.intp]:
    since = sheet.column("visited")[chosen].astype(np.int16)
    return chosen[np.argsort(np.where(since < 0, np.int16(-32768), -since), kind="stable")]


_ORDERED: Final[Mapping[str, Callable[[Sheet, NDArray[np.intp], NDArray[np.bool_]], NDArray[np.intp]]]] = dict(
    zip(ORDERS, (_by_list, _by_risk, _by_village, _by_visit), strict=True)
)


def _rows(
    service: Service, who: Principal, sheet: Sheet, later: Sheet | None, shown: NDArray[np.intp]
) -> list[ListRow]:
    ids = sheet.ids(shown.tolist())
    met, known = visits_since(service, sheet, ids), known_later(sheet, shown, later).tolist()
    opened = with_open_entry(service.store, ids, who.sees)
    told: dict[str, list[Any]] = {
        name: sheet.column(name)[shown].tolist() for name in ("village", "probability", "rank", "visited", *WORDS)
    }
    return [
        ListRow(
            household_id=household,
            village_code=sheet.facts.villages[told["village"][at]],
            probability=told["probability"][at],
            rank=told["rank"][at],
            days_since_visit=None if told["visited"][at] < 0 else told["visited"][at],
            met=met.get(household),
            known_later=known[at],
            entry=household in opened,
            **{name: words[told[name][at]] for name, words in WORDS.items()},
        )
        for at, household in enumerate(ids)
    ]
