"""The month's overview."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.list_address import AREA
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.refused import not_there
from riskmodel.serving.pages.routes.start import OVERVIEW
from riskmodel.serving.pages.shown import shown
from riskmodel.serving.pages.small_charts import bar, spark
from riskmodel.serving.pages.visitor import Reader
from riskmodel.workflows.overview import overview as overview_of

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
_LEVELS: Final = {6: "县", 9: "乡镇", 12: "村"}


@ROUTER.get(OVERVIEW)
def overview(
    request: Request,
    visitor: Reader,
    running: Running,
    month: Annotated[date | None, Query()] = None,
    area: Annotated[str, Query(pattern=AREA)] = "",
) -> Response:
    """What a published month (default: the newest) says of one's area, or of a part of it."""
    if running.newest_month() is None:
        return shown(request, "overview_empty.html", visitor)
    found = overview_of(running, visitor.who, month, area, now())
    if found is None:
        raise not_there("您的辖区内没有这一期或这个地区的评估结果。")
    level, names = _LEVELS[found.digits], running.area_names
    fields: dict[str, Any] = {
        "page": found,
        "level": level,
        "names": names,
        "up": _up(found.area, visitor),
        "bar": bar,
        "spark": spark,
    }
    return shown(request, "overview.html", visitor, **fields)


def _up(area: str, visitor: Reader) -> str | None:
    """The area around an area, where it is still one's own."""
    above = {12: area[:9], 9: area[:6], 6: ""}.get(len(area))
    return above if above is not None and area != visitor.who.area and visitor.who.sees(above or "") else None
