"""Asking the service: one object, one method per question."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from riskmodel.client.batch import Household, Line, portions
from riskmodel.client.connection import Connection
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
from riskmodel.client.sending import encoded_lines, path
from riskmodel.client.supposed import Supposed

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from types import TracebackType
    from typing import Literal, Self

    import httpx2

    Language = Literal["zh", "en"]
    Facts = Mapping[str, Sequence[Mapping[str, Any]]]

_NOT_READY: Final = 503


class Client:
    """The service at an address, asked with a key; used by one thread at a time, `with Client(...) as service:`.

    Every method raises ServiceError where the service says no, where nobody answers, where an answer is not what the
    service says, and where something cannot be sent; for an address or key that cannot be one, the client itself. 429
    and 503 are asked again as `patience` has it, all else never.
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
        self._connection = Connection(
            url, key, timeout=timeout, patience=patience or Patience(), tls=tls, transport=transport
        )

    def ready(self) -> Ready:
        """Whether the service can answer, and which model and month it has. Not being ready is an answer, no error."""
        return self._connection.ask(Ready, "GET", "readyz", fine=(_NOT_READY,))

    def model(self) -> Model:
        """The models that answers are made with."""
        return self._connection.ask(Model, "GET", path("model"))

    def features(self) -> Features:
        """Every feature with label, unit, cause and definition."""
        return self._connection.ask(Features, "GET", path("features"))

    def areas(self, level: str | None = None) -> tuple[Area, ...]:
        """The areas that the key sees; `level`: province, prefecture, county, township or village."""
        return self._connection.ask(Areas, "GET", path("areas"), {"level": level}).areas

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
        return self._connection.ask(Assessment, "GET", path("households", household_id, "assessment"), asked)

    def history(self, household_id: str) -> tuple[Brief, ...]:
        """What was said of a household on every published date, the newest first."""
        return self._connection.ask(History, "GET", path("households", household_id, "assessments")).assessments

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
        return self._connection.ask(WorkList, "GET", path("worklists", month), asked)

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
        return self._connection.ask(FreshAssessment, "POST", path("assessments"), asked, body)

    def batch(
        self, households: Iterable[Household], *, language: Language = "zh", full: bool = False
    ) -> Iterator[Line]:
        """Assess many households: one line each, in their order, as they are answered; a bad one stops no other.

        They are sent in portions, so that there may be any number of them.
        """
        asked = {"language": language, "explain": "full" if full else "short"}
        for first, portion in portions(households):
            content = encoded_lines(portion)
            for line in self._connection.ask_lines(Line, f"{path('assessments')}:batch", asked, content):
                yield replace(line, index=first + line.index)

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
        where = path("households", household_id, "what-if")
        return self._connection.ask(Supposed, "POST", where, {"language": language}, body)

    def visits(self, findings: Sequence[Mapping[str, Any]], idempotency_key: str) -> Kept:
        """Hand in what was found on visits: rows of the table visits, all kept or none.

        `idempotency_key`: of your own for each call, stored before it and the same when it is called again after
        `no-answer`: then the findings count once.
        """
        headers = {"Idempotency-Key": idempotency_key}
        return self._connection.ask(Kept, "POST", path("visits"), body={"visits": findings}, headers=headers)

    def names(self, household_id: str, purpose: str) -> Names:
        """Who a household is, for keys that may know; the audit log says that it was asked and what for."""
        return self._connection.ask(Names, "GET", path("households", household_id, "names"), {"purpose": purpose})

    def close(self) -> None:
        """Give the connections back."""
        self._connection.close()

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the connections back."""
        self.close()
