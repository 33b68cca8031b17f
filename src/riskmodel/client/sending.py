"""What is sent, checked before it is. What cannot be sent is a ServiceError that tells nothing of the value, and no
other error behind it does."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import httpx2

from riskmodel.client.batch import Household
from riskmodel.client.service_error import unsendable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_PORTS: Final = range(1, 65536)


def address(url: str) -> httpx2.URL:
    """The address of a service. Raises ServiceError for what is none of http or https."""
    try:
        found = httpx2.URL(url)
    except (httpx2.InvalidURL, TypeError):
        found = httpx2.URL("")
    if found.scheme not in {"http", "https"} or not found.host or (found.port or 1) not in _PORTS:
        raise unsendable("the address of the service is not https://HOST, with :PORT where it has one of its own")
    return found


def header(name: str, value: object) -> str:
    """A value as a header has it: without spaces and line ends around it. Raises ServiceError where it is no text, is
    empty, or holds anything but printable ASCII."""
    found = value.strip() if isinstance(value, str) else ""
    if not (found and found.isascii() and found.isprintable()):
        raise unsendable(f"{name} is not one line of letters, digits and signs of ASCII; was it copied whole?")
    return found


def path(*parts: object) -> str:
    """A path of the service from its parts, of which none leads to another path. Raises ServiceError for a part that
    cannot be one."""
    return "/".join(["v1", *(_part(part) for part in parts)])


def question(asked: Mapping[str, Any]) -> dict[str, str]:
    """What stands behind the path; what is None is not asked. Raises ServiceError for half a character."""
    found = {name: str(value) for name, value in asked.items() if value is not None}
    for name, value in found.items():
        if not _whole(value):
            raise unsendable(f"{name} holds half a character")
    return found


def encoded(body: Mapping[str, Any]) -> bytes:
    """A body as JSON; days and amounts as text, so that none loses digits. Raises ServiceError for what JSON does not
    have."""
    try:
        return json.dumps(body, default=_fact, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError):  # told below, where no error that holds the body stands behind
        pass
    raise unsendable(
        "NaN, an infinite number, half a character, a name that is no text or a list inside itself is no fact; what is "
        "not known is None"
    )


def encoded_lines(households: Iterable[Household]) -> bytes:
    """Households as lines of JSON. Raises ServiceError for what is no household."""
    return b"\n".join(encoded(_household(one).body()) for one in households)


def _household(found: object) -> Household:
    if not isinstance(found, Household):
        raise unsendable(f"{type(found).__name__} is no Household")
    return found


def _part(text: object) -> str:
    if not isinstance(text, str) or text in {"", ".", ".."} or not _whole(text):
        raise unsendable("an id or month is no text, empty, only dots, or holds half a character")
    return quote(text, safe="")


def _whole(text: str) -> bool:
    """Whether a text can be written as UTF-8: it holds no half of a character."""
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _fact(value: object) -> str:
    if isinstance(value, date | Decimal):
        return str(value)
    raise unsendable(f"{type(value).__name__} is no fact that can be sent")
