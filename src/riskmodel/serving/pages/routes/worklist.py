"""The work list of a month: filtered and paged, names when they are asked for, a household by number or name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.list_address import FIELDS, address, asked_list, purpose_of, sought, state_of, told_by
from riskmodel.serving.pages.list_words import choices, place_choices, village_choices
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import not_there
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import READER, Reader, Visitor
from riskmodel.workflows.list_books import MOST_FORMS, MOST_LISTED
from riskmodel.workflows.list_names import TooWide, household_of, named, names_of
from riskmodel.workflows.list_page import ListPage, list_page, villages_of
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.workflows.list_page import AskedList

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
WORKLIST: Final = "/worklist"


@ROUTER.get(WORKLIST)
def worklist(request: Request, visitor: Reader, running: Running) -> Response:
    """A page of the list; the address has all that was asked for."""
    month, asked = asked_list(lambda name: request.query_params.get(name, ""), visitor)
    found = _found(running, visitor, month, asked)
    return _shown(request, running, visitor, found, {})


@ROUTER.get(f"{WORKLIST}/names", dependencies=[READER])
@ROUTER.get(f"{WORKLIST}/find", dependencies=[READER])
def worklist_again(request: Request) -> Response:
    """The list of an address that came of a form, without the names."""
    return see_other(f"{WORKLIST}?{request.url.query}")


@ROUTER.post(f"{WORKLIST}/names")
def worklist_names(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """The same page with names, for what they were asked for."""
    month, asked = asked_list(told_by(request, form), visitor)
    purpose = purpose_of(visitor, form.text("purpose"))
    found = _found(running, visitor, month, asked)
    names = names_of(running, visitor.who, [row.household_id for row in found.rows], purpose, now())
    return _shown(request, running, visitor, found, names, named=True)


@ROUTER.post(f"{WORKLIST}/find")
def worklist_find(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """One household by id or number, which the address then has by its id; or those of a village by a name."""
    month, asked = asked_list(told_by(request, form), visitor)
    text = sought(form)
    household = household_of(running, visitor.who, text, now())
    if household is not None:
        kept = {name: told_by(request, form)(name) for name in FIELDS}
        return see_other(f"{WORKLIST}?{address(kept | {'find': household})}")
    purpose = purpose_of(visitor, form.text("purpose"))
    asked = replace(asked, find=None)
    area = asked.area or visitor.who.area
    try:
        names = named(running, visitor.who, month, area, text, purpose, now())
    except TooWide:
        groups = village_choices(villages_of(running, visitor.who, month, area), running.area_names)
        narrow = {"text": text, "why": purpose, "groups": groups}
        return _shown(request, running, visitor, _found(running, visitor, month, asked), {}, narrow=narrow)
    if names is None:
        raise not_there("您的辖区内没有这个村。")
    found = _found(running, visitor, month, replace(asked, area=area, find=tuple(names), page=1))
    return _shown(request, running, visitor, found, names, named=True)


def _found(running: Service, visitor: Visitor, month: date | None, asked: AskedList) -> ListPage:
    found = list_page(running, visitor.who, month, asked, now())
    if found is None:
        raise not_there("您的辖区内没有这一期或这个地区的清单。")
    return found


def _shown(
    request: Request,
    running: Service,
    visitor: Visitor,
    found: ListPage,
    names: Mapping[str, Any],
    *,
    named: bool = False,
    narrow: Mapping[str, Any] | None = None,
) -> Response:
    places = running.area_names
    state = state_of(found)
    here = state | {"page": found.asked.page if found.asked.page > 1 else "", "find": (found.asked.find or ("",))[0]}
    fields: dict[str, Any] = {
        "page": found,
        "names": names,
        "named": named,
        "narrow": narrow,
        "place_names": places,
        "state": state,
        "areas": place_choices(found.townships, found.asked.area, places),
        "villages": {"": "全部", **{code: places.get(code, code) for code in found.villages}},
        "choices": choices(blind=visitor.may("visit")),
        "blind": visitor.may("visit"),
        "most_forms": MOST_FORMS,
        "most_listed": MOST_LISTED,
        "book": lambda kind: f"{WORKLIST}/workbook?{address(state | {'kind': kind})}",
        "url": lambda **changes: f"{WORKLIST}?{address(state | changes)}",
        "to": lambda path: f"{path}?{address(here)}",
    }
    return shown(request, "worklist.html", visitor, 422 if narrow else 200, **fields)
