"""The work list of a month: filtered and paged, names when they are asked for, a household by number or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.list_address import address, asked_list, purpose_of, state_of
from riskmodel.serving.pages.list_words import choices, place_choices
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import Reader, Visitor
from riskmodel.workflows.list_books import MOST_FORMS, MOST_LISTED
from riskmodel.workflows.list_names import household_of, named, names_of
from riskmodel.workflows.list_page import AskedList, ListPage, list_page
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from datetime import date

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
WORKLIST: Final = "/worklist"


@ROUTER.get(WORKLIST)
def worklist(request: Request, visitor: Reader, running: Running) -> Response:
    """A page of the list; the address has all that was asked for."""
    month, asked = asked_list(lambda name: request.query_params.get(name, ""), visitor)
    found = _found(running, visitor, month, asked)
    return _shown(request, running, visitor, found, {})


@ROUTER.post(f"{WORKLIST}/names")
def worklist_names(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """The same page with names, for what they were asked for."""
    month, asked = asked_list(form.text, visitor)
    purpose = purpose_of(visitor, form.text("purpose"))
    found = _found(running, visitor, month, asked)
    names = names_of(running, visitor.who, [row.household_id for row in found.rows], purpose, now())
    return _shown(request, running, visitor, found, names, named=True)


@ROUTER.post(f"{WORKLIST}/find")
def worklist_find(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """One household by id or number, which the address then has by its id; or those of a village by a name."""
    month, asked = asked_list(form.text, visitor)
    text = form.text("text")
    if not text or len(text) > 100:
        raise Refused(422, "请输入要查找的户编号或户主姓名。", "返回上一页填写，最多 100 个字。")
    household = household_of(running, visitor.who, text, now())
    if household is not None:
        return see_other(f"{WORKLIST}?{address({'month': form.text('month'), 'find': household})}")
    purpose = purpose_of(visitor, form.text("purpose"))
    names = named(running, visitor.who, month, asked.area, text, purpose, now())
    if names is None:
        raise not_there("您的辖区内没有这个村。")
    found = _found(running, visitor, month, AskedList(asked.area, find=tuple(names)))
    return _shown(request, running, visitor, found, names, named=True)


def _found(running: Service, visitor: Visitor, month: date | None, asked: AskedList) -> ListPage:
    found = list_page(running, visitor.who, month, asked, now())
    if found is None:
        raise not_there("您的辖区内没有这一期或这个地区的清单。")
    return found


def _shown(
    request: Request, running: Service, visitor: Visitor, found: ListPage, names: dict[str, Any], *, named: bool = False
) -> Response:
    places = running.area_names
    state = state_of(found)
    fields: dict[str, Any] = {
        "page": found,
        "names": names,
        "named": named,
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
    }
    return shown(request, "worklist.html", visitor, **fields)
