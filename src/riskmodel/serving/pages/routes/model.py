"""Pages about the models in use: the report that lies beside the champion, chapter by chapter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from riskmodel.errors import DataError
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.shown import shown
from riskmodel.serving.pages.visitor import Reader, Visitor
from riskmodel.workflows.ledger_lists import hits
from riskmodel.workflows.model_pages import CHAPTERS, model_page, place_titles
from riskmodel.workflows.service import Service

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
MODEL: Final = "/model"


@ROUTER.get(MODEL)
def model(request: Request, visitor: Reader, running: Running) -> Response:
    """What the models in use say and how good they are, on one page."""
    return _page(request, visitor, running, "")


@ROUTER.get(MODEL + "/{chapter}")
def model_chapter(request: Request, visitor: Reader, running: Running, chapter: str) -> Response:
    """Back-test, calibration, fairness, hit rates, card."""
    return _page(request, visitor, running, chapter)


def _page(request: Request, visitor: Reader, running: Running, chapter: str) -> Response:
    if chapter not in CHAPTERS:
        raise not_there("没有这一页。")
    try:
        found = model_page(running, visitor.who, chapter)
    except DataError as error:
        raise Refused(503, "模型报告无法读取。", "请管理员重新运行 riskmodel report。") from error
    told = _hit_rates(running, visitor) if chapter == "hit-rate" else {}
    return shown(request, "model.html", visitor, chapters=CHAPTERS, chapter=chapter, model=found, **told)


def _hit_rates(running: Service, visitor: Visitor) -> dict[str, Any]:
    """What the visits of the last year found, by township of one's area."""
    last = now().date()
    first, who = last - timedelta(days=365), visitor.who
    return {
        "rates": hits(running, who, who.area, first, last),
        "names": place_titles(running, who),
        "first": first,
        "last": last,
    }
