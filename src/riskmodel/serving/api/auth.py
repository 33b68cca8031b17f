"""Who asks: the key of a request, its rate, its roles."""

from __future__ import annotations

from math import ceil
from time import time
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.problems import not_allowed, too_many, unauthorised
from riskmodel.serving.clock import now
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskmodel.review.keys import Key

BEARER: Final = HTTPBearer(auto_error=False, description="A key of a case system: riskmodel keys make")
_DOES: Final = {
    Right.READ: "read scores",
    Right.ASSESS: "have facts assessed",
    Right.VISIT: "send findings",
    Right.NAMES: "see names",
}


class Rates:
    """How often each key has asked in this minute; a process counts its own share, `workers` share the rate."""

    def __init__(self, workers: int = 1) -> None:
        self._workers = max(1, workers)
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def seconds_to_wait(self, key: Key) -> int:
        """Count a request; 0, or the seconds until a key that is over its rate may ask again."""
        rate = RateLimitItemPerMinute(max(1, key.per_minute // self._workers))
        if self._limiter.hit(rate, key.id):
            return 0
        ends_at = self._limiter.get_window_stats(rate, key.id).reset_time
        return max(1, ceil(ends_at - time()))


def service_of(request: Request) -> Service:
    """The running service."""
    found: Service = request.app.state.service
    return found


def principal(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Principal:
    """Who asks. Problem 401 without a valid key, 429 for one over its rate."""
    key = service_of(request).keys.checked(credentials.credentials, now()) if credentials else None
    if key is None:
        raise unauthorised()
    request.scope["state"]["key_id"] = key.id
    if seconds := request.app.state.rates.seconds_to_wait(key):
        raise too_many(seconds)
    return key.principal


def allowed(right: Right) -> Callable[..., Principal]:
    """Who asks, if one of their roles allows it; else Problem 403."""

    def checked(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if not who.may(right):
            raise not_allowed(_DOES[right])
        return who

    return checked


Running = Annotated[Service, Depends(service_of)]
Reader = Annotated[Principal, Depends(allowed(Right.READ))]
