"""How large a body may be: judged by what its head claims before any of it is read, and by what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Request

from riskmodel.serving.api.problems import Problem, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastapi import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodySize:
    """ASGI middleware inside of the gate, so that a full house says that it is full, whatever is sent.

    most: bytes of a body; wider: of the paths that take more. refuse: the response to a body that claims more; where
    more comes than was claimed, Problem 413 is raised to whoever reads it.
    """

    def __init__(
        self, app: ASGIApp, most: int, wider: Mapping[str, int], refuse: Callable[[Request, Problem], Response]
    ) -> None:
        self._app = app
        self._most = most
        self._wider = dict(wider)
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, whose body is counted as it is read, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        most = self._wider.get(scope["path"], self._most)
        if _claimed(scope) > most:
            await self._refuse(Request(scope), too_large(most))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, most), send)


def _claimed(scope: Scope) -> int:
    """Bytes by the header Content-Length; 0 without it, as for a body that comes in chunks."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() else 0


def _counted(receive: Receive, most: int) -> Receive:
    """The same, which raises Problem 413 after so many bytes."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise too_large(most)
        return message

    return counted
