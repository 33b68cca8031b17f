"""What an engine is: something that maps a pure function over partitions and tells of each when it ends.

A function that is mapped has to be importable by its name, and its tasks and results have to be plain values (frozen
dataclasses, text, numbers): they travel to other processes. It has to bear being called again for a task that it did
before, also while the first call still goes on, because engines try again. What is big it leaves in files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")
GIB = 2**30


@dataclass(frozen=True)
class Part(Generic[T]):
    """One piece of the work."""

    name: str
    """What messages call it."""
    task: T
    """What the function is called with."""
    memory: int = 0
    """Bytes that it is expected to take; 0 = next to nothing."""


@dataclass(frozen=True)
class Ended(Generic[R]):
    """A piece that is done."""

    name: str
    result: R


class Executor(Protocol):
    """Maps a function over pieces of work."""

    @property
    def at_once(self) -> bool:
        """Whether all results come together at the end, so that counting them tells nothing of how far it is."""

    def map(self, function: Callable[[T], R], parts: Sequence[Part[T]]) -> Iterator[Ended[R]]:
        """Yield what each piece gave as it ends, in any order.

        The first error is raised when the pieces under way have ended; no further ones are begun. Raises StoppedError,
        which names the piece, where its process was killed.
        """


class Here:
    """One piece after the other in this process: for a single piece, and where nothing else is to be had."""

    at_once = False

    def map(self, function: Callable[[T], R], parts: Sequence[Part[T]]) -> Iterator[Ended[R]]:
        """Yield what each piece gave, in their order."""
        for part in parts:
            yield Ended(part.name, function(part.task))
