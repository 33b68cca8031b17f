"""Asking the service: one object, one method per question."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

import httpx2

from riskmodel.client.reading import Unreadable, read
from riskmodel.client.results import (
    Area,
    Areas,
    Assessment,
    Brief,
    Entry,
    Features,
    FreshAssessment,
    History,
    Model,
    Ready,
    WorkList,
)
from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import error_of, no_answer, unexpected

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Literal, Self

    Language = Literal["zh", "en"]
    Facts = Mapping[str, Sequence[Mapping[str, Any]]]

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
_NOT_READY: Final = 503
_REFUSED: Final = 400


class Client:
    """The service at an address, asked with a key; used by one thread at a time, `with Client(...) as service:`.

    Every method raises ServiceError where the service says no, where nobody answers, and where an answer is not what
    the service says. 429 and 503 are asked again as `patience` has it, all else never.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = 30.0,
        patience: Patience | None = None,
        tls: ssl.SSLContext | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """`url`: as far as /v1, without it. `timeout`: seconds without a byte of the answer. `tls`: whom to trust, and
        whose certificate to show (default: whom the system trusts). `transport`: what carries requests instead."""
        self._patience = patience or Patience()
        self._http = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Accept": "application/json"},
            timeout=httpx2.Timeout(timeout, connect=CONNECT_SECONDS),
            verify=tls or True,
            transport=transport,
        )

    def ready(self) -> Ready:
        """Whether the service can answer, and which model and month it has. Not being ready is an answer, no error."""
        return self._ask(Ready, "GET", "readyz", fine=(_NOT_READY,))

    def model(self) -> Model:
        """The models that answers are made with."""
        return self._ask(Model, "GET", "v1/model")

    def features(self) -> Features:
        """Every feature with label, unit, cause and definition."""
        return self._ask(Features, "GET", "v1/features")

    def areas(self, level: str | None = None) -> tuple[Area, ...]:
        """The areas that the key sees; `level`: province, prefecture, county, township or village."""
        return self._ask(Areas, "GET", "v1/areas", {"level": level}).areas

    def assessment(
        self, household_id: str, as_of: date | None = None, *, language: Language = "zh", full: bool = False
    ) -> Assessment:
        """What was said of a household on a published date (default: the newest); `full`: with all contributions."""
        asked = {"as_of": as_of, "language": language, "explain": "full" if full else "short"}
        return self._ask(Assessment, "GET", f"v1/households/{_part(household_id)}/assessment", asked)

    def history(self, household_id: str) -> tuple[Brief, ...]:
        """What was said of a household on every published date, the newest first."""
        return self._ask(History, "GET", f"v1/households/{_part(household_id)}/assessments").assessments

    def worklist(
        self,
        month: str,
        area: str | None = None,
        *,
        tier: str | None = None,
        cause: str | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> WorkList:
        """A page of the households of a month (YYYY-MM, or an as-of date), riskiest first; `cursor`: `next` of the
        page before."""
        asked = {"area": area, "tier": tier, "cause": cause, "limit": limit, "cursor": cursor}
        return self._ask(WorkList, "GET", f"v1/worklists/{_part(month)}", asked)

    def listed(
        self, month: str, area: str | None = None, *, tier: str | None = None, cause: str | None = None
    ) -> Iterator[Entry]:
        """Every household of a month, riskiest first, page by page as they are taken."""
        cursor: str | None = None
        while True:
            page = self.worklist(month, area, tier=tier, cause=cause, limit=500, cursor=cursor)
            yield from page.households
            if page.next is None:
                return
            cursor = page.next

    def assess(
        self,
        tables: Facts,
        as_of: date | None = None,
        *,
        complete: bool = False,
        language: Language = "zh",
        full: bool = False,
    ) -> FreshAssessment:
        """Assess a household from its facts: rows by canonical table; days and amounts may be date and Decimal.

        `complete`: the facts are all that the office knows (docs/service.md). Nothing of them is kept.
        """
        body: dict[str, Any] = {"complete": complete, "tables": tables} | ({"as_of": as_of} if as_of else {})
        asked = {"language": language, "explain": "full" if full else "short"}
        return self._ask(FreshAssessment, "POST", "v1/assessments", asked, body)

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the connections back."""
        self.close()

    def _ask(
        self,
        kind: type[T],
        method: str,
        path: str,
        asked: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        fine: tuple[int, ...] = (),
    ) -> T:
        """The answer as `kind`. `fine`: statuses from 400 on that are answers too."""
        content = None if body is None else _json(body)
        query = {name: str(value) for name, value in (asked or {}).items() if value is not None}
        response = self._answered(method, path, query, content, fine)
        try:
            return read(kind, response.json())
        except Unreadable as error:
            raise unexpected(response, str(error)) from None
        except ValueError:
            raise unexpected(response, "the answer is no JSON") from None

    def _answered(
        self, method: str, path: str, query: Mapping[str, str], content: bytes | None, fine: tuple[int, ...]
    ) -> httpx2.Response:
        """The response that answers, after as many tries as `patience` has."""
        headers = {} if content is None else {"Content-Type": "application/json"}
        tried, waited = 0, 0.0
        while True:
            try:
                response = self._http.request(method, path, params=query, content=content, headers=headers)
            except httpx2.RequestError as error:
                raise no_answer(error) from error
            tried += 1
            if response.is_success or response.status_code in fine:
                return response
            found = error_of(response) if response.status_code >= _REFUSED else unexpected(response, "it points away")
            seconds = self._patience.waits(found, tried, waited)
            if seconds is None:
                raise found
            self._patience.sleep(seconds)
            waited += seconds


def _part(text: str) -> str:
    """A part of a path, from which no other path can be made."""
    return quote(text, safe="")


def _json(body: Mapping[str, Any]) -> bytes:
    """A body as JSON; days and amounts as text, so that none loses digits."""

    def text(value: object) -> str:
        if isinstance(value, date | Decimal):
            return str(value)
        raise TypeError(f"{type(value).__name__} is no fact that can be sent")

    return json.dumps(body, default=text, ensure_ascii=False, allow_nan=False).encode()
