"""The administration's first page and what may only be looked at there: months, and what is due for erasure."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.managed import shown_to_manager
from riskmodel.serving.pages.page_route import PageRoute
from riskmodel.serving.pages.routes.start import ADMINISTRATION
from riskmodel.serving.pages.shown import see_other
from riskmodel.serving.pages.visitor import Manager
from riskmodel.workflows.administration.months import months
from riskmodel.workflows.administration.retention import due

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
MONTHS: Final = f"{ADMINISTRATION}/months"
RETENTION: Final = f"{ADMINISTRATION}/retention"


@ROUTER.get(ADMINISTRATION)
def administration(_visitor: Manager) -> Response:
    """What administrators do most: users."""
    return see_other(f"{ADMINISTRATION}/users")


@ROUTER.get(MONTHS)
def months_page(request: Request, visitor: Manager, running: Running) -> Response:
    """Which months are published, with which models."""
    return shown_to_manager(request, "administration/months.html", visitor, months=months(running))


@ROUTER.get(RETENTION)
def retention_page(request: Request, visitor: Manager, running: Running) -> Response:
    """What is older than the policy allows."""
    return shown_to_manager(request, "administration/retention.html", visitor, due=due(running, now()))
