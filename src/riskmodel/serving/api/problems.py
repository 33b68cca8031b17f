"""What the service answers when it cannot do what it was asked: application/problem+json (RFC 9457).

A problem says which field, which value and which rule. It never says whether something exists outside of one's area,
and nothing of the program's inside.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from fastapi import Response
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MEDIA_TYPE: Final = "application/problem+json"
_SHOWN: Final = 80
"""Characters of a refused value that are told."""


class Fault(BaseModel):
    """One thing that is wrong in what was sent."""

    field: str = Field(
        description="Where: body, query, path or header, and what is in it: body.tables.incomes.0.amount"
    )
    value: str = Field(description="What was found there, shortened; empty = nothing, … = something with parts")
    rule: str = Field(description="What is expected")


class ProblemBody(BaseModel):
    """An answer about something that went wrong."""

    type: str = Field(description="urn:riskmodel:problem:NAME; stable, for programs")
    title: str
    status: int
    detail: str
    instance: str = Field(description="The request id, also in the header X-Request-ID and in the log")
    errors: list[Fault] = []


@dataclass(eq=False)
class Problem(Exception):
    """Raised anywhere in the service; answered as problem+json. Not frozen: Python notes in it where it was raised."""

    status: int
    name: str
    title: str
    detail: str
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(problem: Problem, request_id: str) -> Response:
    """The response of a problem."""
    content = json.dumps(told(problem, request_id), ensure_ascii=False).encode(errors="backslashreplace")
    return Response(content, problem.status, dict(problem.headers), MEDIA_TYPE)


def told(problem: Problem, request_id: str) -> dict[str, Any]:
    """What is told of a problem."""
    body = ProblemBody(
        type=f"urn:riskmodel:problem:{problem.name}",
        title=problem.title,
        status=problem.status,
        detail=problem.detail,
        instance=request_id,
        errors=list(problem.errors),
    )
    return body.model_dump()


def fault(where: Sequence[object], value: object, rule: str) -> Fault:
    """One fault; the value is shortened, and what has parts, as a body has, is not told."""
    return Fault(field=".".join(map(str, where)), value=_shown(value), rule=rule)


def faults(found: Iterable[Mapping[str, Any]], where: Sequence[object] = ()) -> list[Fault]:
    """What pydantic found wrong; `where`: in what."""
    return [
        fault(
            [*where, *one["loc"]],
            "" if one["type"] == "missing" else one.get("input", ""),
            str(one["msg"]).removeprefix("Value error, "),
        )
        for one in found
    ]


def _shown(value: object) -> str:
    """A value as it stands in JSON, without the quotation marks of a text."""
    if isinstance(value, str | date):
        text = str(value)
        return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return json.dumps(value) if value is None or isinstance(value, bool | int | float) else "…"


def unknown_household() -> Problem:
    """Also for one of another area: who asks must not learn that it exists."""
    return Problem(404, "not-found", "Not found", "There is no such household in your area, or no score of it.")


def not_found(what: str, errors: Sequence[Fault] = ()) -> Problem:
    """Something else that is not there."""
    return Problem(404, "not-found", "Not found", what, errors)


def unauthorised() -> Problem:
    """No key, or one that may not be used; the reason is not told."""
    detail = "Send a valid key: Authorization: Bearer rmk_..."
    return Problem(401, "no-key", "Not authenticated", detail, headers={"WWW-Authenticate": "Bearer"})


def not_allowed(what: str) -> Problem:
    """A key without the role for this."""
    return Problem(403, "not-allowed", "Not allowed", f"This key has no role that allows to {what}.")


def too_many(seconds: int) -> Problem:
    """A key over its rate."""
    headers = {"Retry-After": str(seconds)}
    return Problem(429, "too-many-requests", "Too many requests", f"Try again in {seconds} s.", headers=headers)


def busy(seconds: int = 1, detail: str = "The service has more requests than it can answer.") -> Problem:
    """A full queue, or a service that is starting or stopping."""
    return Problem(503, "busy", "Busy", detail, headers={"Retry-After": str(seconds)})


def other_media(header: str, found: str, taken: str) -> Problem:
    """A body of another kind, or packed; nothing of it is told."""
    detail = f"The body was not read: {header} has to be {taken}."
    return Problem(415, "other-media", "Unsupported media type", detail, [fault(["header", header], found, taken)])


def too_slow(seconds: float) -> Problem:
    """A body that does not come."""
    return Problem(408, "too-slow", "Too slow", f"The body took longer than {seconds:g} s to arrive.")


def too_large(most: int) -> Problem:
    """A body of more bytes than are taken."""
    detail = f"The body has more than {most:,} bytes, the most taken here."
    return Problem(413, "too-large", "Too large", detail, [fault(["body"], "…", f"at most {most:,} bytes")])


def invalid(errors: Sequence[Fault], detail: str = "What was sent does not keep the contract.") -> Problem:
    """What was sent cannot be used."""
    return Problem(422, "invalid", "Invalid", detail, errors)


def failed(detail: str = "The service cannot answer this now.") -> Problem:
    """A fault of the program or its data; nothing of it is told."""
    return Problem(500, "failed", "Failed", detail)


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemBody, "description": text}
    for status, text in {
        400: "The body is not JSON that says the same to every reader",
        401: "No key, or one that may not be used",
        403: "The key has no role for this",
        404: "Not there, or not in the area of the key",
        408: "The body did not arrive in time",
        413: "The body is too large",
        415: "The header Content-Type names another kind of body, or none, or the body is packed",
        422: "What was sent cannot be used",
        429: "The key is over its rate",
        503: "Too many requests at once, the service is starting or stopping, or its database does not answer",
    }.items()
}
"""Of every route that asks for a key; as what they are sent, the description of the application says."""
