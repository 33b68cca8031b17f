"""The ledger as a list: filtered and paged, names when they are asked for, entries by household or by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_pages import AskedEntries
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.ledger_address import asked_entries, filters, page_number
from riskmodel.serving.pages.ledger_words import TOWNSHIP, WORDS
from riskmodel.serving.pages.list_address import address, purpose_of, sought, told_by
from riskmodel.serving.pages.list_words import village_choices
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import not_there
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import READER, Reader, Visitor
from riskmodel.workflows.ledger_lists import ledger, ledger_counts
from riskmodel.workflows.ledger_names import ledger_named, ledger_villages
from riskmodel.workflows.list_names import TooWide, household_of, names_of
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.review.identities import Identity

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
LEDGER: Final = "/ledger"
ROWS: Final = 50
_NOT_OURS: Final = "这个地方不在您的辖区内。"


@ROUTER.get(LEDGER)
def ledger_page(request: Request, visitor: Reader, running: Running) -> Response:
    """Entries of one's area, with counts by township."""
    chosen, number = _asked(request)
    return _shown(request, visitor, running, chosen, number)


@ROUTER.get(f"{LEDGER}/names", dependencies=[READER])
@ROUTER.get(f"{LEDGER}/find", dependencies=[READER])
def ledger_again(request: Request) -> Response:
    """The list of an address that came of a form, without the names."""
    return see_other(f"{LEDGER}?{request.url.query}")


@ROUTER.post(f"{LEDGER}/names")
def ledger_names(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """The same page with names, for what they were asked for."""
    chosen, number = _asked(request)
    return _shown(request, visitor, running, chosen, number, purpose=purpose_of(visitor, form.text("purpose")))


@ROUTER.post(f"{LEDGER}/find")
def ledger_find(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """Entries of one household by id or number, which the address then has by its id; or of those with a name."""
    chosen, text = filters(told_by(request, form)), sought(form)
    household = household_of(running, visitor.who, text, now())
    if household is not None:
        return see_other(f"{LEDGER}?{address(chosen | {'household': household})}")
    purpose, own = purpose_of(visitor, form.text("purpose")), chosen | {"household": ""}
    asked = asked_entries(visitor, own, first=0, most=ROWS)
    try:
        names = ledger_named(running, visitor.who, asked.area, text, purpose, now())
    except NoSuchEntry:
        raise not_there(_NOT_OURS) from None
    except TooWide:
        groups = village_choices(ledger_villages(running, visitor.who, asked.area), running.area_names)
        return _shown(request, visitor, running, own, 1, 422, narrow={"text": text, "why": purpose, "groups": groups})
    return _shown(request, visitor, running, own, 1, names=names)


def _asked(request: Request) -> tuple[dict[str, str], int]:
    def field(name: str) -> str:
        return request.query_params.get(name, "")

    return filters(field), page_number(field("page"))


def _shown(
    request: Request,
    visitor: Visitor,
    running: Service,
    chosen: Mapping[str, str],
    number: int,
    status: int = 200,
    *,
    names: Mapping[str, Identity] | None = None,
    purpose: str = "",
    narrow: Mapping[str, Any] | None = None,
) -> Response:
    """The page of some filters; `names`: of the households that a name found; `purpose`: what names are asked for."""
    asked = asked_entries(visitor, chosen, first=(number - 1) * ROWS, most=ROWS)
    place, by_name = asked.area, names is not None
    if names is not None:
        asked = AskedEntries(visitor.who.area, households=tuple(names), most=ROWS)
    whole = asked == AskedEntries(place, most=ROWS)
    try:
        found, light = ledger(running, visitor.who, asked, now())
        counts = ledger_counts(running, visitor.who, place, now()) if whole else []
    except NoSuchEntry:
        raise not_there(_NOT_OURS) from None
    if purpose:
        ids = list(dict.fromkeys(entry.household_id for entry in found.entries))
        names = names_of(running, visitor.who, ids, purpose, now())
    told = {"found": found, "light": light, "counts": counts, "chosen": chosen, "number": number, "narrow": narrow}
    told |= {"names": names, "by_name": by_name, "place_names": running.area_names, "query": address(chosen)}
    told |= {"back": address({**chosen, "household": ""}), "pages": max(1, -(-found.total // ROWS))}
    return shown(request, "ledger.html", visitor, status, **told, **_places(running, visitor, place), **WORDS)


def _places(running: Service, visitor: Visitor, area: str) -> dict[str, dict[str, str]]:
    """Townships to choose from, and the villages of the one that is chosen."""
    seen, township = running.areas(visitor.who), area[:TOWNSHIP]
    inside = [one for one in seen if one.level == "village" and one.code.startswith(township)]
    return {
        "townships": {one.code: one.name for one in seen if one.level == "township"},
        "villages": {one.code: one.name for one in inside} if len(township) == TOWNSHIP else {},
    }
