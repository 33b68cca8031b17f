"""HTTP as uvicorn reads it with httptools, with a bound on the head of a request."""

from __future__ import annotations

from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD: Final = 65_536
"""Bytes of a head that still come after its first portion; httptools by itself would wait for its end for ever."""


class BoundedProtocol(HttpToolsProtocol):
    """A connection. A head that does not end is answered 400, and the connection closed."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._in_head = False
        self._waited_for = 0

    def data_received(self, data: bytes) -> None:
        """As of uvicorn; counts what comes while a head has not ended."""
        was_in_head = self._in_head
        super().data_received(data)
        self._waited_for = self._waited_for + len(data) if was_in_head and self._in_head else 0
        if self._waited_for > MOST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        """As of uvicorn."""
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """As of uvicorn."""
        self._in_head = False
        super().on_headers_complete()
