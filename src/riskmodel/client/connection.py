"""The way to the service: a request is made, sent, sent again where the service says when, and its answer read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

import httpx2

from riskmodel.client.reading import Unreadable, read
from riskmodel.client.sending import address, encoded, header, question
from riskmodel.client.service_error import error_of, no_answer, unexpected

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    from riskmodel.client.retrying import Patience

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
NDJSON: Final = "application/x-ndjson"
_REFUSED: Final = 400


class Connection:
    """An address that is asked with a key. Raises ServiceError where either cannot be one."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float,
        patience: Patience,
        tls: ssl.SSLContext | None,
        transport: httpx2.BaseTransport | None,
    ) -> None:
        self._patience = patience
        self._http = httpx2.Client(
            base_url=address(url),
            headers={"Authorization": f"Bearer {header('the key', key)}", "Accept": "application/json"},
            timeout=httpx2.Timeout(timeout, connect=CONNECT_SECONDS),
            verify=tls or True,
            transport=transport,
        )

    def ask(
        self,
        kind: type[T],
        method: str,
        path: str,
        asked: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        fine: tuple[int, ...] = (),
    ) -> T:
        """The answer as `kind`. `fine`: statuses from 400 on that are answers too."""
        content = None if body is None else encoded(body)
        told = {} if body is None else {"Content-Type": "application/json"}
        response = self._answered(self._request(method, path, asked or {}, content, told | dict(headers or {})), fine)
        return _read(kind, response, response.content)

    def ask_lines(self, kind: type[T], path: str, asked: Mapping[str, Any], content: bytes) -> Iterator[T]:
        """The lines of the answer, each as `kind`, as they come."""
        request = self._request("POST", path, asked, content, {"Content-Type": NDJSON})
        response = self._answered(request, stream=True)
        try:
            for line in response.iter_lines():
                yield _read(kind, response, line)
        except httpx2.RequestError as error:
            raise no_answer(error) from error
        finally:
            response.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _request(
        self, method: str, path: str, asked: Mapping[str, Any], content: bytes | None, headers: Mapping[str, str]
    ) -> httpx2.Request:
        told = {name: header(name, value) for name, value in headers.items()}
        return self._http.build_request(method, path, params=question(asked), content=content, headers=told)

    def _answered(
        self, request: httpx2.Request, fine: tuple[int, ...] = (), *, stream: bool = False
    ) -> httpx2.Response:
        """The response that answers, after as many tries as `patience` has; with `stream` its body is still to come."""
        tried, waited = 0, 0.0
        while True:
            try:
                response = self._http.send(request, stream=stream)
                if response.is_success or response.status_code in fine:
                    return response
                response.read()
            except httpx2.RequestError as error:
                raise no_answer(error) from error
            tried += 1
            found = error_of(response) if response.status_code >= _REFUSED else unexpected(response, "it points away")
            seconds = self._patience.waits(found, tried, waited)
            if seconds is None:
                raise found
            self._patience.sleep(seconds)
            waited += seconds


def _read(kind: type[T], response: httpx2.Response, text: str | bytes) -> T:
    """What a text of a response says. Raises ServiceError where it is not what was asked for."""
    try:
        return read(kind, json.loads(text))
    except Unreadable as error:
        raise unexpected(response, str(error)) from None
    except ValueError:
        raise unexpected(response, "the answer is no JSON") from None
