"""Routes for those who watch the service: no key, and nothing about any household."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from riskmodel.serving.api.auth import service_of
from riskmodel.serving.api.metrics import MEDIA_TYPE
from riskmodel.serving.api.problems import RESPONSES
from riskmodel.serving.api.stopping import STOPPING
from riskmodel.serving.api.strict_request import StrictRoute

ROUTER = APIRouter(tags=["watch"], route_class=StrictRoute, responses={422: RESPONSES[422]})


class Alive(BaseModel):
    """The process answers."""

    alive: bool = True


class Ready(BaseModel):
    """Whether requests can be answered, part by part."""

    ready: bool
    stopping: bool
    version: str
    model: str
    model_refused: str
    database: str
    newest_month: str


@ROUTER.get("/livez")
async def livez() -> Alive:
    """Whether the process answers at all."""
    return Alive()


@ROUTER.get("/readyz", responses={503: {"model": Ready, "description": "Not ready, or stopping"}})
def readyz(request: Request, response: Response) -> Ready:
    """Whether requests can be answered: 200, or 503 with what is missing."""
    service = service_of(request)
    stopping, told = STOPPING.is_set(), asdict(service.readiness())
    found = Ready(**told | {"stopping": stopping, "ready": told["ready"] and not stopping})
    if not found.ready:
        response.status_code = 503
    return found


@ROUTER.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def metrics(request: Request) -> Response:
    """Numbers for Prometheus."""
    return Response(request.app.state.metrics.text(), media_type=MEDIA_TYPE)
