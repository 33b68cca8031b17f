"""What an address or a form asks of the work list, and how an address is made of it."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from riskmodel.serving.pages.list_words import choices
from riskmodel.serving.pages.refused import Refused
from riskmodel.workflows.list_names import ID
from riskmodel.workflows.list_page import AskedList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import Request

    from riskmodel.serving.pages.form import Form
    from riskmodel.serving.pages.visitor import Visitor
    from riskmodel.workflows.list_page import ListPage

AREA: Final = "^(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$"
FIELDS: Final = ("month", "area", "village", "cause", "category", "tier", "status", "order")
"""What an address keeps, whichever page is looked at."""
_NONE: Final = "none"
"""Stands for "no cause told" in an address."""


def asked_list(field: Callable[[str], str], visitor: Visitor) -> tuple[date | None, AskedList]:
    """Month and list that are asked for. Raises Refused for what is no such thing."""
    given = {name: field(name) for name in (*FIELDS, "find", "page")}
    area = given["village"] if given["village"].startswith(given["area"]) and given["village"] else given["area"]
    known = all(given[name] in codes for name, codes in choices(blind=visitor.may("visit")).items())
    if not known or not re.fullmatch(AREA, area) or not re.fullmatch("[0-9]{0,6}", given["page"]):
        raise Refused(400, "网址中有无法识别的内容。", "请从工作清单重新筛选。")
    if given["find"] and not ID.fullmatch(given["find"]):
        raise Refused(400, "网址中有无法识别的内容。", "请在工作清单中重新查找。")
    try:
        month = date.fromisoformat(given["month"]) if given["month"] else None
    except ValueError:
        raise Refused(400, "评估日无法识别。", "请从工作清单重新选择。") from None
    cause = {"": None, _NONE: ""}.get(given["cause"], given["cause"])
    find = (given["find"],) if given["find"] else None
    return month, AskedList(
        area,
        cause,
        category=given["category"],
        tier=given["tier"],
        status=given["status"],
        order=given["order"] or "list",
        find=find,
        page=int(given["page"] or 1),
    )


def address(fields: Mapping[str, object]) -> str:
    """The fields that say something, as they stand in an address."""
    return urlencode({name: value for name, value in fields.items() if value})


def state_of(found: ListPage) -> dict[str, str]:
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


def told_by(request: Request, form: Form) -> Callable[[str], str]:
    """Fields of a form; what it says nothing of stands in its address, as the list had it that it was shown with."""
    return lambda name: form.text(name) or request.query_params.get(name, "")


def sought(form: Form) -> str:
    """The number, id or name that is looked for. Raises Refused for none, and for more than one."""
    text = form.text("text")
    if not text or len(text) > 100:
        raise Refused(422, "请输入要查找的户编号或户主姓名。", "返回上一页填写，最多 100 个字。")
    return text


def purpose_of(visitor: Visitor, purpose: str) -> str:
    """What names are looked at for. Raises Refused for who may not see them, and without a purpose."""
    if not visitor.may("names"):
        raise Refused(403, "您的角色不能查看姓名，也不能按姓名查找。", "请用户编号查找。")
    if len(purpose) < 2:
        raise Refused(422, "请写明查看姓名的用途。", "返回上一页填写用途，例如“入户核查”。")
    return purpose
