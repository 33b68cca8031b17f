"""How a long workflow tells what it is doing, without knowing whether anybody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


class Progress(Protocol):
    """Wraps the steps of a long piece of work."""

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the steps, showing how many are done."""

    def say(self, message: str) -> None:
        """One line about what happens now."""


class Silent:
    """Shows nothing."""

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG002  # protocol
        """Yield the steps."""
        yield from steps

    def say(self, message: str) -> None:
        """Say nothing."""
