"""The service as an ASGI application."""

from __future__ import annotations

import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from riskmodel import __version__
from riskmodel.errors import RiskModelError
from riskmodel.serving.api.body_size import BodySize
from riskmodel.serving.api.description import DescribedApp
from riskmodel.serving.api.gate import Gate
from riskmodel.serving.api.metrics import Metrics
from riskmodel.serving.api.problems import Problem, answer, faults, invalid
from riskmodel.serving.api.rates import Rates
from riskmodel.serving.api.refusals import refusal
from riskmodel.serving.api.routes import (
    assessments,
    batches,
    catalogue,
    documentation,
    health,
    households,
    names,
    visits,
    what_if,
    worklists,
)
from riskmodel.serving.pages.page_route import TOO_LARGE, for_people, refusal_page
from riskmodel.serving.pages.refused import not_there
from riskmodel.serving.pages.site import PAGES, add_pages
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from fastapi import FastAPI

    from riskmodel.workflows.workspace import Workspace

LOG = structlog.get_logger("riskmodel.api")
ABOUT: Final = """\
防返贫风险评估接口。How likely a household is to fall back into poverty, why, and what could be done.
The score orders visits; a person decides; no household is ever refused anything by it.
分数仅用于安排走访先后，由人决定。"""

ROUTES: Final = (households, assessments, health, catalogue, names, what_if, batches, visits, worklists, documentation)
"""Tried in this order: what is asked most often comes first."""


@dataclass(frozen=True)
class Limits:
    """How much the service takes on at once."""

    most_requests: int = 64
    """Answered or waiting at once in one process; more are answered 503."""
    most_batches: int = 2
    """Of these, batches of assessments."""
    most_bytes: int = 1_000_000
    """Of a body, where its route names no other limit."""
    shared: Path | None = None
    """Folder of what the processes of one service count together; None: this one is alone."""
    refresh_seconds: float = 1.0
    """How often it looks for another champion."""


def create_app(workspace: Workspace, limits: Limits | None = None) -> DescribedApp:
    """The application; it opens database, log and models when it starts, and closes them when it ends."""
    bounds, metrics = limits or Limits(), Metrics(limits.shared if limits else None)
    app = DescribedApp(
        title="riskmodel",
        version=__version__,
        description=ABOUT,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # a route of ours answers it
        redirect_slashes=False,  # it would answer with an address made of the header Host
    )
    app.state.workspace, app.state.limits, app.state.metrics = workspace, bounds, metrics
    app.add_middleware(BodySize, most=bounds.most_bytes, wider=_wider(), refuse=_too_large)
    app.add_middleware(Gate, most=bounds.most_requests, metrics=metrics, narrow={batches.PATH: bounds.most_batches})
    for module in ROUTES:
        app.include_router(module.ROUTER)
    add_pages(app)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RiskModelError, _refused)
    return app


def _wider() -> dict[str, int]:
    """Bytes of a body on the routes that name a limit of their own."""
    routes: list[Any] = [route for module in (*ROUTES, *PAGES) for route in module.ROUTER.routes]
    return {route.path: route.max_body_size for route in routes if route.max_body_size is not None}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open everything, look for new champions while it runs, close everything."""
    service, rates = Service(app.state.workspace), _rates(app.state.limits.shared)
    app.state.service, app.state.rates = service, rates
    _tell(app, service, "", taken=True)
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(app, service, ended), name="champions", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        service.close()
        rates.close()


def _rates(shared: Path | None) -> Rates:
    return Rates(shared / "rates" if shared else None)


def _watch(app: FastAPI, service: Service, ended: threading.Event) -> None:
    """Whatever happens, it looks again: a database that is away for a minute must not end it."""
    while not ended.wait(app.state.limits.refresh_seconds):
        before = service.models.why
        try:
            _tell(app, service, before, taken=service.refresh())
        except Exception as error:
            LOG.error("cannot look for champions and months", kind=type(error).__name__)


def _tell(app: FastAPI, service: Service, before: str, *, taken: bool) -> None:
    """Name models and month in the numbers, and in the log what changed; `before`: why a champion was refused then."""
    metrics, models, newest = app.state.metrics, service.models, service.newest_month()
    used = models.current
    if models.why and models.why != before:
        LOG.error("champion refused", why=models.why)
    if taken and used:
        metrics.model(used.label, used.version, used.bundle.hash)
        LOG.info("model in use", label=used.label, version=used.version, hash=used.bundle.hash[:16])
    metrics.refused(refused=bool(models.refused))
    if newest:
        metrics.newest_month(newest.label, newest.as_of)


async def _problem(request: Request, error: Any) -> Response:
    return answer(error, _id(request))


async def _invalid(request: Request, error: Any) -> Response:
    return answer(invalid(faults(error.errors())), _id(request))


async def _http(request: Request, error: Any) -> Response:
    """What Starlette itself refuses: no such path, no such method."""
    if isinstance(error.__cause__, Problem):  # FastAPI hides why a body could not be read
        return answer(error.__cause__, _id(request))
    if error.status_code == 404 and for_people(request):
        return refusal_page(request, not_there("没有这个页面。"))
    names = {404: "not-found", 405: "no-such-method"}
    problem = Problem(
        error.status_code, names.get(error.status_code, "refused"), str(error.detail), str(error.detail),
        headers=error.headers or {},
    )  # fmt: skip
    return answer(problem, _id(request))


async def _refused(request: Request, error: Exception) -> Response:
    """What a workflow refuses; a fault of the program is answered by the gate."""
    return answer(refusal(error, _id(request)), _id(request))


def _too_large(request: Request, problem: Problem) -> Response:
    return refusal_page(request, TOO_LARGE) if for_people(request) else answer(problem, _id(request))


def _id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))
