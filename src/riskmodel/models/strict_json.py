"""JSON that says the same to every reader: no NaN, no key twice, no key unknown, every number finite.

All functions raise BundleError; `where` names the place in its message.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NoReturn

from riskmodel.errors import BundleError

REPAIR = (
    "restore the file from its copy, or train and write the model again. / "
    "模型文件已损坏。请从备份恢复该文件，或重新训练模型。"
)


def encoded(value: object) -> bytes:
    """The one text of a value: sorted keys, UTF-8, a newline at the end; ValueError for NaN and infinities."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode()


def decoded(data: bytes, where: str) -> object:
    """The value of a JSON text."""
    try:
        return json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{where} is not valid JSON ({error}): {REPAIR}") from error


def record(value: object, keys: Sequence[str], where: str) -> dict[str, Any]:
    """An object with exactly these keys."""
    if not isinstance(value, dict) or set(value) != set(keys):
        found = sorted(value) if isinstance(value, dict) else type(value).__name__
        _refuse(where, f"an object with the keys {sorted(keys)}", found)
    return value


def mapping(value: object, where: str) -> dict[str, Any]:
    """An object with any keys."""
    if not isinstance(value, dict):
        _refuse(where, "an object", value)
    return value


def items(value: object, where: str) -> list[Any]:
    """A list."""
    if not isinstance(value, list):
        _refuse(where, "a list", value)
    return value


def text(value: object, where: str) -> str:
    """A text."""
    if not isinstance(value, str):
        _refuse(where, "a text", value)
    return value


def number(value: object, where: str) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        _refuse(where, "a finite number", value)
    return float(value)


def whole(value: object, where: str) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        _refuse(where, "a whole number", value)
    return value


def truth(value: object, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        _refuse(where, "true or false", value)
    return value


def _finite(value: int | float) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond the range of a float
        return False


def _refuse(where: str, expected: str, found: object) -> NoReturn:
    raise BundleError(f"{where} must be {expected}, found {str(found)[:80]}: {REPAIR}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")
