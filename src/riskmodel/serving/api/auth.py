"""Who asks: the key of a request, its rate, its roles.

All of it runs on the event loop, without a thread for each question; only what has to ask the database gets one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPBearer

from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.problems import not_allowed, too_many, unauthorised
from riskmodel.serving.clock import now
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from riskmodel.review.keys import Key

_DOES: Final = {
    Right.READ: "read scores",
    Right.ASSESS: "have facts assessed",
    Right.VISIT: "send findings",
    Right.NAMES: "see names",
}


def service_of(request: Request) -> Service:
    """The running service."""
    found: Service = request.app.state.service
    return found


async def running(request: Request) -> Service:
    """The running service, for routes."""
    return service_of(request)


class Allowed(HTTPBearer):
    """Who asks, if one of their roles allows it; one question to FastAPI, because each costs as much as an answer."""

    def __init__(self, right: Right) -> None:
        super().__init__(
            scheme_name=HTTPBearer.__name__,
            auto_error=False,
            description="A key of a case system: riskmodel keys make",
        )
        self._right = right

    async def __call__(self, request: Request) -> Principal:  # type: ignore[override]  # more than credentials
        """Problem 401 without a valid key, 429 for one over its rate, 403 for one without the role."""
        key = await self.key(request)
        if seconds := request.app.state.rates.seconds_to_wait(key):
            raise too_many(seconds)
        if not key.principal.may(self._right):
            raise not_allowed(_DOES[self._right])
        return key.principal

    async def key(self, request: Request) -> Key:
        """The key of a request, looked up once. Problem 401 without a valid one."""
        state = request.scope["state"]
        if "key" not in state:
            once = sum(name == b"authorization" for name, _ in request.scope["headers"]) == 1
            credentials = await super().__call__(request) if once else None  # of several, readers take different ones
            state["key"] = await _key(service_of(request), credentials.credentials) if credentials else None
        if state["key"] is None:
            raise unauthorised()
        state["key_id"] = state["key"].id
        found: Key = state["key"]
        return found


def allowed(right: Right) -> Allowed:
    """Who asks, if one of their roles allows it."""
    return Allowed(right)


async def _key(service: Service, text: str) -> Key | None:
    """The valid key that a text is; the database is asked in a thread, where it has to be asked."""
    if service.keys.at_hand(text):
        return service.keys.checked(text, now())
    return await run_in_threadpool(service.keys.checked, text, now())


Running = Annotated[Service, Depends(running)]
READER: Final = allowed(Right.READ)
Reader = Annotated[Principal, Depends(READER)]
