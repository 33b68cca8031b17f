"""The one error of the client: the service did not do what it was asked, or nobody answered."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import httpx2

PROBLEM: Final = "application/problem+json"
NO_ANSWER: Final = "no-answer"
"""Name of the error where nobody answered: no connection, or not in time."""
UNSENDABLE: Final = "unsendable"
"""Name of the error where what should be sent cannot be; nothing was sent."""
UNEXPECTED: Final = "unexpected"
"""Name of the error where what came back is not what the service answers."""


@dataclass(frozen=True)
class FieldError:
    """One thing that is wrong in what was sent."""

    field: str
    """Where: a path with dots, for example `body.tables.incomes.0.amount`."""
    value: str
    """What the service found there, shortened. It may say something of a household: keep it out of logs."""
    rule: str
    """What is expected."""


@dataclass(eq=False)
class ServiceError(Exception):
    """What the service said (RFC 9457). Its text names fields and rules, never values. Not frozen: Python notes in it
    where it was raised."""

    status: int
    """HTTP status; 0 where nobody answered or nothing was sent."""
    name: str
    """Stable, for programs: the last part of the problem's type, `no-answer`, `unsendable` or `unexpected`."""
    title: str
    detail: str
    request_id: str = ""
    """What to look for in the log of the service; empty where nobody answered."""
    errors: tuple[FieldError, ...] = field(default=(), repr=False)
    retry_after: float | None = None
    """Seconds after which it may be asked again, where the service says so."""

    def __str__(self) -> str:
        faults = "".join(f"; {error.field}: {error.rule}" for error in self.errors)
        asked = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.status or self.name} {self.title}: {self.detail}{faults}{asked}"


def error_of(response: httpx2.Response) -> ServiceError:
    """The error that a response with a status from 400 on tells; the response has been read."""
    found = _problem(response)
    if found is None:
        return unexpected(response, "the answer is no problem+json")
    return ServiceError(
        status=response.status_code,
        name=str(found.get("type", "")).rpartition(":")[2],
        title=str(found.get("title", "")),
        detail=str(found.get("detail", "")),
        request_id=str(found.get("instance", "")),
        errors=tuple(_fault(fault) for fault in found.get("errors") or () if isinstance(fault, dict)),
        retry_after=retry_after(response),
    )


def unexpected(response: httpx2.Response, why: str) -> ServiceError:
    """The error of an answer that is not what the service says; nothing of its text is told."""
    kind = response.headers.get("content-type", "no content type")
    detail = f"{why} ({kind}). Is this the address of the service, and is the client not older than it?"
    found = response.headers.get("x-request-id", "")
    return ServiceError(response.status_code, UNEXPECTED, "Unexpected answer", detail, found, (), retry_after(response))


def unsendable(why: str) -> ServiceError:
    """The error of an address, key, id or body that cannot be sent; `why` names none of their values."""
    return ServiceError(0, UNSENDABLE, "Nothing was sent", why)


def no_answer(error: Exception) -> ServiceError:
    """The error where no answer came: no connection, a broken one, or none in time."""
    return ServiceError(0, NO_ANSWER, "Nobody answered", f"{type(error).__name__}: {error}")


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds of the header Retry-After; None without one, and where it is no number of seconds."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() else None


def _problem(response: httpx2.Response) -> dict[str, Any] | None:
    if response.headers.get("content-type", "").partition(";")[0] != PROBLEM:
        return None
    try:
        found = response.json()
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _fault(found: dict[str, Any]) -> FieldError:
    return FieldError(*(str(found.get(name, "")) for name in ("field", "value", "rule")))
