"""The month's overview."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.routes.start import OVERVIEW
from riskmodel.serving.pages.shown import shown
from riskmodel.serving.pages.visitor import Reader

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)


@ROUTER.get(OVERVIEW)
def overview(request: Request, visitor: Reader, running: Running) -> Response:
    """What the newest published month says of one's area."""
    return shown(request, "overview.html", visitor, month=running.newest_month())
