"""Asking the service: one object, one method per question."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

import httpx2

from riskmodel.client.batch import Household, Line, portions
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
    Kept,
    Model,
    Names,
    Ready,
    WorkList,
)
from riskmodel.client.retrying import Patience
from riskmodel.client.service_error import error_of, no_answer, unexpected, unsendable
from riskmodel.client.supposed import Supposed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import Literal, Self

    Language = Literal["zh", "en"]
    Facts = Mapping[str, Sequence[Mapping[str, Any]]]

T = TypeVar("T")

CONNECT_SECONDS: Final = 5.0
NDJSON: Final = "application/x-ndjson"
_NOT_READY: Final = 503
_REFUSED: Final = 400


class Client:
    """The service at an address, asked with a key; used by one thread at a time, `with Client(...) as service:`.

    Every method raises ServiceError where the service says no, where nobody answers, where an answer is not what the
    service says, and where what should be sent is no JSON. 429 and 503 are asked again as `patience` has it, all else
    never.
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
        self,
        household_id: str,
        as_of: date | None = None,
        *,
        month: str | None = None,
        language: Language = "zh",
        full: bool = False,
    ) -> Assessment:
        """What was said of a household on a published date, or the newest of a month YYYY-MM (default: of all);
        `full`: with all contributions."""
        asked = {"as_of": as_of, "month": month, "language": language, "explain": "full" if full else "short"}
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
        household_id: str | None = None,
        language: Language = "zh",
        full: bool = False,
    ) -> FreshAssessment:
        """Assess a household from its facts: rows by canonical table; days and amounts may be date and Decimal.

        `complete`: the facts are all that the office knows; `household_id`: the one that is asked about, where rows of
        others are among them (docs/service.md). Nothing of them is kept.
        """
        asked = {"language": language, "explain": "full" if full else "short"}
        body = Household(tables, as_of, complete, household_id).body()
        return self._ask(FreshAssessment, "POST", "v1/assessments", asked, body)

    def batch(
        self, households: Iterable[Household], *, language: Language = "zh", full: bool = False
    ) -> Iterator[Line]:
        """Assess many households: one line each, in their order, as they are answered; a bad one stops no other.

        They are sent in portions, so that there may be any number of them.
        """
        asked = {"language": language, "explain": "full" if full else "short"}
        for first, portion in portions(households):
            content = b"\n".join(_json(one.body()) for one in portion)
            request = self._request("POST", "v1/assessments:batch", asked, content, {"Content-Type": NDJSON})
            response = self._answered(request, stream=True)
            try:
                for line in response.iter_lines():
                    found = _read(Line, response, line)
                    yield replace(found, index=first + found.index)
            except httpx2.RequestError as error:
                raise no_answer(error) from error
            finally:
                response.close()

    def what_if(
        self,
        household_id: str,
        scenarios: Sequence[str] = (),
        corrections: Sequence[str] = (),
        as_of: date | None = None,
        *,
        month: str | None = None,
        language: Language = "zh",
    ) -> Supposed:
        """What would be said of a household if help were given or a value were another, as `riskmodel whatif` has it.

        An association in the data, never an effect of help. Nothing of it is kept.
        """
        body: dict[str, Any] = {"scenarios": list(scenarios), "corrections": list(corrections)}
        body |= {name: value for name, value in (("as_of", as_of), ("month", month)) if value}
        path = f"v1/households/{_part(household_id)}/what-if"
        return self._ask(Supposed, "POST", path, {"language": language}, body)

    def visits(self, findings: Sequence[Mapping[str, Any]], idempotency_key: str) -> Kept:
        """Hand in what was found on visits: rows of the table visits, all kept or none.

        `idempotency_key`: of your own for each call, stored before it and the same when it is called again after
        `no-answer`: then the findings count once.
        """
        headers = {"Idempotency-Key": idempotency_key}
        return self._ask(Kept, "POST", "v1/visits", body={"visits": findings}, headers=headers)

    def names(self, household_id: str, purpose: str) -> Names:
        """Who a household is, for keys that may know; the audit log says that it was asked and what for."""
        return self._ask(Names, "GET", f"v1/households/{_part(household_id)}/names", {"purpose": purpose})

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
        *,
        headers: Mapping[str, str] | None = None,
        fine: tuple[int, ...] = (),
    ) -> T:
        """The answer as `kind`. `fine`: statuses from 400 on that are answers too."""
        content = None if body is None else _json(body)
        told = {} if body is None else {"Content-Type": "application/json"}
        response = self._answered(self._request(method, path, asked or {}, content, told | dict(headers or {})), fine)
        return _read(kind, response, response.content)

    def _request(
        self, method: str, path: str, asked: Mapping[str, Any], content: bytes | None, headers: Mapping[str, str]
    ) -> httpx2.Request:
        query = {name: str(value) for name, value in asked.items() if value is not None}
        return self._http.build_request(method, path, params=query, content=content, headers=headers)

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


def _part(text: str) -> str:
    """A part of a path, from which no other path can be made."""
    return quote(text, safe="")


def _json(body: Mapping[str, Any]) -> bytes:
    """A body as JSON; days and amounts as text, so that none loses digits. ServiceError for numbers and letters that
    JSON does not have, TypeError for what is no fact at all."""

    def text(value: object) -> str:
        if isinstance(value, date | Decimal):
            return str(value)
        raise TypeError(f"{type(value).__name__} is no fact that can be sent")

    try:
        return json.dumps(body, default=text, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:  # also half a character, which is no UTF-8
        raise unsendable("NaN, an infinite number or half a character is no fact; what is not known is None") from None
