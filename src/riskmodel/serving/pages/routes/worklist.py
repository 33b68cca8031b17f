"""The work list of a month: filtered and paged, names when they are asked for, a household by number or name."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.list_words import choices, place_choices
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.routes.overview import AREA
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import Reader, Visitor
from riskmodel.workflows.list_names import ID, household_of, named, names_of
from riskmodel.workflows.list_page import AskedList, ListPage, list_page
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
WORKLIST: Final = "/worklist"
_FIELDS: Final = ("area", "village", "cause", "category", "tier", "status", "order")
_NONE: Final = "none"
"""Stands for "no cause told" in an address."""


@ROUTER.get(WORKLIST)
def worklist(request: Request, visitor: Reader, running: Running) -> Response:
    """A page of the list; the address has all that was asked for."""
    month, asked = _asked(lambda name: request.query_params.get(name, ""), visitor)
    found = _found(running, visitor, month, asked)
    return _shown(request, running, visitor, found, {})


@ROUTER.post(f"{WORKLIST}/names")
def worklist_names(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """The same page with names, for what they were asked for."""
    month, asked = _asked(form.text, visitor)
    purpose = _purpose(visitor, form.text("purpose"))
    found = _found(running, visitor, month, asked)
    names = names_of(running, visitor.who, [row.household_id for row in found.rows], purpose, now())
    return _shown(request, running, visitor, found, names, named=True)


@ROUTER.post(f"{WORKLIST}/find")
def worklist_find(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """One household by id or number, which the address then has by its id; or those of a village by a name."""
    month, asked = _asked(form.text, visitor)
    text = form.text("text")
    if not text or len(text) > 100:
        raise Refused(422, "请输入要查找的户编号或户主姓名。", "返回上一页填写，最多 100 个字。")
    household = household_of(running, visitor.who, text, now())
    if household is not None:
        return see_other(f"{WORKLIST}?{_address({'month': form.text('month'), 'find': household})}")
    purpose = _purpose(visitor, form.text("purpose"))
    names = named(running, visitor.who, month, asked.area, text, purpose, now())
    if names is None:
        raise not_there("您的辖区内没有这个村。")
    found = _found(running, visitor, month, AskedList(asked.area, find=tuple(names)))
    return _shown(request, running, visitor, found, names, named=True)


def _asked(field: Callable[[str], str], visitor: Visitor) -> tuple[date | None, AskedList]:
    """Month and list that are asked for. Raises Refused for what is no such thing."""
    given = {name: field(name) for name in (*_FIELDS, "month", "find", "page")}
    area = given["village"] if given["village"].startswith(given["area"]) and given["village"] else given["area"]
    known = all(given[name] in codes for name, codes in choices(blind=visitor.may("visit")).items())
    if not known or not re.match(AREA, area) or not re.match(r"^\d{0,6}$", given["page"]):
        raise Refused(400, "网址中有无法识别的内容。", "请从工作清单重新筛选。")
    if given["find"] and not ID.fullmatch(given["find"]):
        raise Refused(400, "网址中有无法识别的内容。", "请在工作清单中重新查找。")
    try:
        month = date.fromisoformat(given["month"]) if given["month"] else None
    except ValueError:
        raise Refused(400, "评估日无法识别。", "请从工作清单重新选择。") from None
    cause = {"": None, _NONE: ""}.get(given["cause"], given["cause"])
    find = (given["find"],) if given["find"] else None
    words = {"category": given["category"], "tier": given["tier"], "status": given["status"]}
    return month, AskedList(
        area, cause, **words, order=given["order"] or "list", find=find, page=int(given["page"] or 1)
    )


def _found(running: Service, visitor: Visitor, month: date | None, asked: AskedList) -> ListPage:
    found = list_page(running, visitor.who, month, asked, now())
    if found is None:
        raise not_there("您的辖区内没有这一期或这个地区的清单。")
    return found


def _shown(
    request: Request, running: Service, visitor: Visitor, found: ListPage, names: dict[str, Any], *, named: bool = False
) -> Response:
    places = running.area_names
    state = _state(found)
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
        "url": lambda **changes: f"{WORKLIST}?{_address(state | changes)}",
    }
    return shown(request, "worklist.html", visitor, **fields)


def _address(fields: Mapping[str, object]) -> str:
    """The fields that say something, as they stand in an address."""
    return urlencode({name: value for name, value in fields.items() if value})


def _state(found: ListPage) -> dict[str, str]:
    """What was asked for, as fields of an address or a form; the page is left out."""
    asked = found.asked
    return {
        "month": found.month.as_of.isoformat(),
        "area": asked.area[:9],
        "village": asked.area if len(asked.area) == 12 else "",
        "cause": _NONE if asked.cause == "" else asked.cause or "",
        "category": asked.category,
        "tier": asked.tier,
        "status": asked.status,
        "order": "" if asked.order == "list" else asked.order,
    }


def _purpose(visitor: Visitor, purpose: str) -> str:
    """What names are looked at for. Raises Refused for who may not see them, and without a purpose."""
    if not visitor.may("names"):
        raise Refused(403, "您的角色不能查看姓名，也不能按姓名查找。", "请用户编号查找。")
    if len(purpose) < 2:
        raise Refused(422, "请写明查看姓名的用途。", "返回上一页填写用途，例如“入户核查”。")
    return purpose
