"""What a page says instead of itself: go elsewhere, or that something cannot be had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(eq=False)
class Elsewhere(Exception):
    """Another page has to be seen first. Not frozen: Python notes in it where it was raised."""

    to: str


@dataclass(eq=False)
class SignedOut(Exception):
    """A form came after its session had ended: nothing was saved, and what was typed is shown again."""


@dataclass(eq=False)
class Refused(Exception):
    """A page or an action that cannot be had: what is wrong, and what to do."""

    status: int
    what: str
    then: str = ""
    faults: Sequence[str] = ()


def unknown_household() -> Refused:
    """Also for one of another area: who asks must not learn that it exists."""
    return Refused(404, "您的辖区内没有这一户，或该户没有评估结果。", "请核对户编号。")


def not_there(what: str) -> Refused:
    """Something else that is not there, or not in one's area."""
    return Refused(404, what)
