"""What every request passes first: an id, a limit on how many are answered at once, a clock, a line in the log."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections import Counter
from time import perf_counter
from typing import TYPE_CHECKING, Final

import structlog

from riskmodel.serving.api.problems import answer, busy, too_slow
from riskmodel.serving.api.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from riskmodel.serving.api.metrics import Metrics

ID_HEADER: Final = "X-Request-ID"
_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,64}")
ALWAYS: Final = ("/livez", "/readyz", "/metrics")
"""Answered also when there is too much to do: who watches the service must see that."""
ARRIVAL_SECONDS: Final = 10
"""In which a body has to arrive, where its path has no time of its own."""
ARRIVING: Final = 4
"""For each place so many requests may be on their way, beside those that have one."""

LOG = structlog.get_logger("riskmodel.api")


class Gate:
    """ASGI middleware. `most`: requests that are answered or wait at once; what comes then is answered 503.

    A request whose body is still on its way has no place: whoever sends slowly, or nothing more, keeps nobody out.
    narrow: of the places, how many of the paths that take long, and keep theirs from the first byte on; then they leave
    room for the others. seconds: in which the body of another path has to arrive.
    """

    def __init__(
        self,
        app: ASGIApp,
        most: int,
        metrics: Metrics,
        narrow: Mapping[str, int] | None = None,
        seconds: float = ARRIVAL_SECONDS,
    ) -> None:
        self._app = app
        self._most = most
        self._seconds = seconds
        self._arriving = 0
        self._metrics = metrics
        self._narrow = dict(narrow or {})
        self._inside: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer that there are too many; a fault inside is answered and logged here, once."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id, status = perf_counter(), _request_id(scope), [0]
        scope.setdefault("state", {})["request_id"] = request_id

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                message["headers"] = [*message["headers"], (ID_HEADER.lower().encode(), request_id.encode())]
            await send(message)

        try:
            await self._let_in(scope, receive, marked)
        except Exception as error:
            if status[0]:  # a part of the answer is out: uvicorn logs the fault and breaks the connection off
                raise
            await answer(refusal(error, request_id), request_id)(scope, receive, marked)
        finally:
            self._tell(scope, request_id, status[0] or 500, perf_counter() - began)

    async def _let_in(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request where there is room; Problem where there is none."""
        path = scope["path"] if scope["path"] in self._narrow else ""
        if scope["path"] in ALWAYS:
            await self._app(scope, receive, send)
            return
        if self._full(path):
            raise busy()
        self._inside[path] += 1
        try:
            await self._app(scope, receive if path or not _has_body(scope) else self._arrival(receive), send)
        finally:
            self._inside[path] -= 1

    def _arrival(self, receive: Receive) -> Receive:
        """The same, which gives the place back until the next part of the body is there.

        Problem 503 where there is no room on the way, or none any more when all is there; 408 for a body that is late.
        """
        late, whole = asyncio.get_running_loop().time() + self._seconds, False

        async def arrival() -> Message:
            nonlocal whole
            if whole:
                return await receive()
            if self._arriving >= ARRIVING * self._most:
                raise busy()
            self._inside[""] -= 1
            self._arriving += 1
            try:
                async with asyncio.timeout_at(late):
                    message = await receive()
            except TimeoutError:
                raise too_slow(self._seconds) from None
            finally:
                self._inside[""] += 1
                self._arriving -= 1
            whole = not message.get("more_body", False)
            if whole and self._inside.total() > self._most:
                raise busy()
            return message

        return arrival

    def _full(self, path: str) -> bool:
        """Whether there is no room for another request, or for another one of its kind."""
        return self._inside.total() >= self._most or self._inside[path] >= self._narrow.get(path, self._most)

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        """Count it, and log it without what stands in the path: ids of households are nobody's business."""
        route = getattr(scope.get("route"), "path", "unknown")
        self._metrics.request(scope["method"], route, status, seconds)
        if route not in ALWAYS:
            key = scope["state"].get("key_id", "")
            LOG.info("request", id=request_id, method=scope["method"], route=route, status=status, key=key,
                     ms=round(seconds * 1000, 1))  # fmt: skip


def _has_body(scope: Scope) -> bool:
    return any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])


def _request_id(scope: Scope) -> str:
    """That of the asker where it is a harmless one, else a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    return given.decode() if _ID.fullmatch(given) else secrets.token_hex(16)
