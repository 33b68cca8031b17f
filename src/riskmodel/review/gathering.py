"""Work that is cheaper for many at once: a thread takes all that waits; who comes meanwhile is of the next turn.

Nobody waits for company: what comes alone is begun at once.
"""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
_STOP: Final = None


class Gathering(Generic[Asked, Answer]):
    """A thread that works on what waits, in the order in which it came. `close` does the rest and ends it."""

    def __init__(self, name: str, most: int, work: Callable[[list[Asked]], Sequence[Answer | Exception]]) -> None:
        """`most`: of one turn. `work` answers each, or says why not; what it raises is told to all of the turn."""
        self._name, self._most, self._work = name, most, work
        self._waiting: queue.SimpleQueue[tuple[Asked, Future[Answer]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def ask(self, asked: Asked) -> Future[Answer]:
        """Have something done. Raises OSError once it was closed."""
        done: Future[Answer] = Future()
        done.set_running_or_notify_cancel()  # who stops waiting must not stop the thread
        if not self._thread.is_alive():
            raise OSError(f"{self._name} was closed")
        self._waiting.put((asked, done))
        return done

    def close(self) -> None:
        """Do what waits and stop."""
        self._waiting.put(_STOP)
        self._thread.join()

    def _run(self) -> None:
        while turn := self._next():
            try:
                answers = self._work([asked for asked, _ in turn])
            except BaseException as error:
                for _, done in turn:
                    done.set_exception(error)
                continue
            for (_, done), answer in zip(turn, answers, strict=True):
                if isinstance(answer, Exception):
                    done.set_exception(answer)
                else:
                    done.set_result(answer)

    def _next(self) -> list[tuple[Asked, Future[Answer]]]:
        """All that waits, at least one; empty at the end."""
        turn: list[tuple[Asked, Future[Answer]]] = []
        while len(turn) < self._most:
            try:
                item = self._waiting.get(block=not turn)
            except queue.Empty:
                break
            if item is _STOP:
                self._waiting.put(_STOP)
                break
            turn.append(item)
        return turn
