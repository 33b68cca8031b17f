"""Requests that say the same to every reader: bodies as JSON without NaN, no key twice, not too deep, numbers of a sane
size; queries without a parameter that nobody knows, and none twice."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from riskmodel.serving.api.auth import Allowed
from riskmodel.serving.api.problems import Problem, fault, invalid, other_media

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence

    from fastapi import Response
    from starlette.datastructures import QueryParams

DEEPEST: Final = 8
"""Objects and lists inside each other; the deepest body of the contract has 5."""
LARGEST: Final = 10**15
"""No amount, count or code of the contract is larger."""


RULE: Final = (
    "JSON in UTF-8 without NaN or Infinity, no key twice, no number beyond 10^15 or of more than 40 characters"
)


class StrictRequest(Request):
    """A request whose body is read strictly."""

    refused: Problem | None = None
    """Why the body was not read: FastAPI turns what is raised there into an error without a reason."""
    takes: str = ""
    """Kind of body that the route takes; empty = none."""

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """As of Starlette. Raises Problem for a body of another kind."""
        if self.takes:
            self._check_kind()
        async for piece in super().stream():
            yield piece

    async def json(self) -> Any:
        """The body. Raises Problem for what is no such JSON."""
        if not hasattr(self, "_strict"):
            try:
                self._strict = parsed(await self.body())
            except Problem as problem:
                self.refused = problem
                raise
        return self._strict

    def _check_kind(self) -> None:
        headers = self.headers
        if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
            return  # there is none
        for name, right, taken in (
            ("Content-Type", _kind(headers.get("content-type", "")) == self.takes, f"{self.takes}, in UTF-8"),
            ("Content-Encoding", headers.get("content-encoding", "identity").lower() == "identity", "identity"),
        ):
            if not right:
                self.refused = other_media(name, headers.get(name, ""), taken)
                raise self.refused


class StrictRoute(APIRoute):
    """A route that reads its body strictly, and refuses a query that it does not know or that says a thing twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As of FastAPI, with a request that is read strictly."""
        handler = super().get_route_handler()
        takes, asker = self._takes(), self._asker()
        known = [one.alias for one in get_flat_params(self.dependant) if isinstance(one.field_info, Query)]

        async def strict(request: Request) -> Response:
            if request.scope["query_string"]:
                _check_query(request.query_params, known)
            strictly = StrictRequest(request.scope, request.receive)
            strictly.takes = takes
            if takes and asker:
                await asker.key(request)  # before anything of the body is waited for
            try:
                return await handler(strictly)
            except HTTPException:
                if strictly.refused:
                    raise strictly.refused from None
                raise

        return strict

    def _asker(self) -> Allowed | None:
        """What asks for the key, where the route does."""
        return next((one.call for one in self.dependant.dependencies if isinstance(one.call, Allowed)), None)

    def _takes(self) -> str:
        """Kind of body by the description of the route."""
        if self.body_field:
            return "application/json"
        return next(iter((self.openapi_extra or {}).get("requestBody", {}).get("content", ())), "")


def _kind(text: str) -> str:
    """The kind that a header Content-Type names; empty where it names another charset than UTF-8."""
    kind, *parameters = text.lower().split(";")
    charsets = [
        value.strip('"') for name, _, value in (p.strip().partition("=") for p in parameters) if name == "charset"
    ]
    return kind.strip() if set(charsets) <= {"utf-8"} else ""


def _check_query(asked: QueryParams, known: Sequence[str]) -> None:
    """Raise Problem 422 for parameters that the route does not know, and for those that are given several times."""
    unknown = [name for name in asked if name not in known]
    rule = f"no parameter of this route, which takes: {', '.join(known) or 'none'}"
    wrong = [fault(["query", name], asked[name], rule) for name in unknown]
    several = [name for name in asked if name in known and len(asked.getlist(name)) > 1]
    wrong += [fault(["query", name], ", ".join(asked.getlist(name)), "given once") for name in several]
    if wrong:
        raise invalid(wrong)


def parsed(body: bytes) -> Any:
    """The value of a JSON text. Raises Problem 400 for what is none, 422 for what is too deep or too large."""
    try:
        found = json.loads(
            body.decode(), object_pairs_hook=_unique, parse_constant=_no_number, parse_int=_whole, parse_float=_real
        )
    except UnicodeDecodeError as error:
        raise _broken(f"it is not UTF-8 ({error.reason} at byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise _broken(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise _broken("it is nested too deeply") from None
    except ValueError as error:
        raise _broken(str(error)) from None
    if _deeper(found, DEEPEST):
        raise invalid([fault(["body"], "…", f"at most {DEEPEST} objects and lists inside each other")])
    return found


def _broken(why: str) -> Problem:
    detail = f"The body cannot be read: {why}."
    return Problem(400, "no-json", "The body is not JSON", detail, [fault(["body"], "…", RULE)])


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)[:40]!r} occurs twice")
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


def _whole(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > LARGEST:
        raise ValueError(f"the number {text[:20]} is too large")
    return int(text)


def _real(text: str) -> float:
    if len(text) > 40 or not abs(float(text)) <= LARGEST:
        raise ValueError(f"the number {text[:20]} is too large or too long")
    return float(text)


def _deeper(value: Any, left: int) -> bool:
    """Whether a value is nested deeper than `left`; looked at level by level, most of what is sent is on the last."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(left):
        inside = chain.from_iterable(one.values() if type(one) is dict else one for one in level)
        level = [one for one in inside if type(one) is dict or type(one) is list]
        if not level:
            return False
    return True
