"""Pages about the versions of the models: list, and a page that asks before another one is taken."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.errors import RiskModelError
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.managed import shown_to_manager
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.shown import see_other
from riskmodel.serving.pages.visitor import Manager, Visitor
from riskmodel.workflows.administration.models import Line, Version, exchange, lines, whole

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
MODELS: Final = "/administration/models"


@ROUTER.get(MODELS)
def models_page(request: Request, visitor: Manager, running: Running) -> Response:
    """All versions of the models in use."""
    _require_whole(running, visitor)
    fields: dict[str, Any] = {"lines": lines(running), "refused": chinese(running.models.refused)}
    return shown_to_manager(request, "administration/models.html", visitor, **fields)


@ROUTER.get(MODELS + "/{label}/{number}")
def ask_page(request: Request, visitor: Manager, running: Running, label: str, number: str) -> Response:
    """Whether it shall really be taken, and why."""
    return _ask(request, visitor, *_known(running, visitor, label, number))


@ROUTER.post(MODELS + "/{label}/{number}")
def exchanged(request: Request, visitor: Manager, form: Marked, running: Running, label: str, number: str) -> Response:
    """Take it, or tell why not."""
    line, version = _known(running, visitor, label, number)
    against = form.text("against") == "yes"
    try:
        exchange(running, visitor.who, label, version, form.text("reason"), now(), against=against)
    except RiskModelError as error:
        return _ask(request, visitor, line, version, form.text("reason"), error)
    return see_other(f"{MODELS}?said=promoted")


def _require_whole(running: Running, visitor: Visitor) -> None:
    if not whole(running, visitor.who):
        raise Refused(403, "模型由负责全部地区的管理员管理。", "您的辖区只是其中一部分，请联系上级管理员。")


def _known(running: Running, visitor: Visitor, label: str, number: str) -> tuple[Line, Version]:
    _require_whole(running, visitor)
    line = next((line for line in lines(running) if line.label == label), None)
    version = line.of(int(number)) if line and number.isascii() and number.isdecimal() and len(number) < 9 else None
    if line is None or version is None:
        raise not_there("没有这个模型版本。")
    return line, version


def _ask(
    request: Request, visitor: Visitor, line: Line, version: Version, reason: str = "",
    error: RiskModelError | None = None,
) -> Response:  # fmt: skip
    now_used = next((one.number for one in line.versions if one.champion), None)
    follows = [
        f"目前使用第 {now_used} 版。" if now_used else "目前没有使用中的版本。",
        f"第 {version.number} 版（{version.kind}）将在几秒钟内用于新的评估；已发布月份的结果不变。",
        "以后可以用同样的办法换回原来的版本。",
    ]
    fields: dict[str, Any] = {
        "title": f"改用第 {version.number} 版：{line.title}", "follows": follows, "button": "确认改用", "back": MODELS,
        "reason": reason, "wrong": chinese(str(error)) if error else "", "against": not version.allowed,
        "gate": "" if version.allowed else chinese(version.why),
    }  # fmt: skip
    return shown_to_manager(request, "administration/ask.html", visitor, 422 if error else 200, **fields)
