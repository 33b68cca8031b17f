"""The first page: where one goes by one's roles."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.shown import see_other
from riskmodel.serving.pages.visitor import Anyone

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
OVERVIEW: Final = "/overview"
ADMINISTRATION: Final = "/administration"


@ROUTER.get("/")
def start(visitor: Anyone) -> Response:
    """The overview of the newest month; for somebody who only manages, the administration."""
    return see_other(OVERVIEW if visitor.may("read") else ADMINISTRATION)
