"""JSON as frozen dataclasses. What a class does not name is left out, so that a newer service may tell more."""

from __future__ import annotations

import dataclasses
from datetime import date
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Hashable

T = TypeVar("T")

_PLAIN: Final[dict[Any, tuple[type, ...]]] = {str: (str,), bool: (bool,), int: (int,), float: (int, float)}


class Unreadable(ValueError):
    """A JSON value that is not what a class declares; the message names the place."""


def read(kind: type[T], found: Any, where: str = "") -> T:
    """An object of a dataclass. Raises Unreadable for a field that is missing or of another type."""
    if not isinstance(found, dict):
        raise Unreadable(f"{where or 'the answer'} is no object")
    taken = {}
    for name, (declared, required) in _fields(kind).items():  # type: ignore[arg-type]  # every class is hashable
        if name in found:
            taken[name] = _value(declared, found[name], f"{where}.{name}".lstrip("."))
        elif required:
            raise Unreadable(f"{f'{where}.{name}'.lstrip('.')} is missing")
    return kind(**taken)


@cache
def _fields(kind: Hashable) -> dict[str, tuple[Any, bool]]:
    """Type of each field, and whether it must be there."""
    declared = get_type_hints(kind)
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]  # only dataclasses come here
    return {one.name: (declared[one.name], one.default is dataclasses.MISSING) for one in fields}


def _value(kind: Any, found: Any, where: str) -> Any:
    """A value of a declared type: a dataclass, tuple[X, ...], dict[str, X], X | None, date, Any, or a plain one."""
    if isinstance(kind, UnionType):
        (inner,) = (one for one in get_args(kind) if one is not NoneType)
        return None if found is None else _value(inner, found, where)
    if dataclasses.is_dataclass(kind):
        return read(kind, found, where)  # type: ignore[arg-type]  # a class, no object of one
    if get_origin(kind) is tuple and isinstance(found, list):
        return tuple(_value(get_args(kind)[0], one, f"{where}.{place}") for place, one in enumerate(found))
    if get_origin(kind) is dict and isinstance(found, dict):
        return {name: _value(get_args(kind)[1], one, f"{where}.{name}") for name, one in found.items()}
    return _plain(kind, found, where)


def _plain(kind: Any, found: Any, where: str) -> Any:
    if kind is Any:
        return found
    if kind is date and isinstance(found, str):
        try:
            return date.fromisoformat(found)
        except ValueError:
            raise Unreadable(f"{where} is no day") from None
    fits = isinstance(found, _PLAIN.get(kind, ())) and isinstance(found, bool) == (kind is bool)
    if fits:
        return found if kind is not float else float(found)  # a whole number may be written without a point
    raise Unreadable(f"{where} is of another type than {getattr(kind, '__name__', kind)}")
