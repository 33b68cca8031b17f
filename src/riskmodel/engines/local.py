"""The pieces of a work on one machine: some processes, as many at once as its memory allows.

Each process works on one piece at a time, so that one that dies names what it worked on. They are started afresh
(spawn, no fork: a fork would copy locks that other threads hold) and end when their parent does, however that ended.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import traceback
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final

from riskmodel.engines.executor import GIB, Ended, Here
from riskmodel.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import SpawnProcess

    from riskmodel.engines.executor import Part, R, T

_SPAWN: Final = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Local:
    """A pool of processes on this machine."""

    processes: int
    """Most at once."""
    memory: int
    """Bytes that the pieces under way may be expected to take together. One always goes, however large."""

    @property
    def at_once(self) -> bool:
        """Each result comes when its piece has ended."""
        return False

    def map(self, function: Callable[[T], R], parts: Sequence[Part[T]]) -> Iterator[Ended[R]]:
        """See `Executor.map`; the largest pieces are begun first. A single piece needs no other process."""
        if len(parts) < 2:
            yield from Here().map(function, parts)
            return
        crew = _Crew(function, self)
        try:
            yield from crew.done(sorted(parts, key=lambda part: -part.memory))
        finally:
            crew.dismiss()


@dataclass
class _Worker:
    """A process, and the piece that it works on."""

    process: SpawnProcess
    line: Connection
    part: Part[Any] | None = None


class _Crew:
    """The processes of one call of `map`."""

    def __init__(self, function: Callable[[Any], Any], limits: Local) -> None:
        self._function, self._limits = function, limits
        self._workers: list[_Worker] = []
        self._failed: BaseException | None = None

    def done(self, waiting: list[Part[Any]]) -> Iterator[Ended[Any]]:
        """Hand out the pieces and yield them as they end."""
        while waiting or self._busy():
            while not self._failed and (part := self._next(waiting)):
                waiting.remove(part)
                self._hand_out(part)
            if not self._busy():
                break
            lines = {worker.line: worker for worker in self._busy()}
            for line in wait(list(lines)):
                yield from self._heard(lines[line])  # type: ignore[index]  # wait gives back what it was given
        if self._failed:
            raise self._failed

    def dismiss(self) -> None:
        """End all processes: those that are idle at once, the others too, for nobody waits for them any more."""
        for worker in self._workers:
            worker.line.close()
            if worker.part:
                worker.process.kill()
        for worker in self._workers:
            worker.process.join()

    def _busy(self) -> list[_Worker]:
        return [worker for worker in self._workers if worker.part]

    def _next(self, waiting: Sequence[Part[Any]]) -> Part[Any] | None:
        """The first piece for which there is room now."""
        taken = [worker.part.memory for worker in self._workers if worker.part]
        if len(taken) >= self._limits.processes:
            return None
        room = self._limits.memory - sum(taken)
        return next((part for part in waiting if part.memory <= room or not taken), None)

    def _hand_out(self, part: Part[Any]) -> None:
        idle = next((worker for worker in self._workers if not worker.part), None) or self._hired()
        idle.part = part
        with suppress(BrokenPipeError):  # it died while it was idle: `_heard` tells
            idle.line.send(part.task)

    def _hired(self) -> _Worker:
        ours, theirs = _SPAWN.Pipe()
        process = _SPAWN.Process(target=_work, args=(theirs, self._function), daemon=True)
        process.start()
        theirs.close()
        self._workers.append(_Worker(process, ours))
        return self._workers[-1]

    def _heard(self, worker: _Worker) -> Iterator[Ended[Any]]:
        """What a process answers, or that it died."""
        part, worker.part = worker.part, None
        try:
            fine, answer = worker.line.recv()
        except (EOFError, ConnectionResetError):
            self._workers.remove(worker)
            worker.process.join()
            worker.line.close()
            fine, answer = False, _died(part, worker.process.exitcode, self._limits)
        if fine and part:
            yield Ended(part.name, answer)
        elif not fine:
            self._failed = self._failed or answer


def _died(part: Part[Any] | None, code: int | None, limits: Local) -> StoppedError:
    how, how_zh = f"with exit code {code}", f"退出码 {code}"
    if code is not None and code < 0:
        how, how_zh = f"of signal {-code}", f"信号 {-code}"
    name, memory = (part.name, part.memory) if part else ("", 0)
    expected, budget = (f"{size / GIB:.1f} GiB" for size in (memory, limits.memory))
    return StoppedError(
        f"{name}: the process that worked on it died {how}. What was done before is kept: run the command again. "
        f"If memory ran out (it was expected to take {expected} of {budget}), give it less: --memory GIB. / "
        f"{name}：处理进程意外终止（{how_zh}）。已完成的部分已保存，请重新运行该命令；"
        f"如内存不足（预计占用 {expected}，上限 {budget}），请用 --memory 调低上限。"
    )


def _work(line: Connection, function: Callable[[Any], Any]) -> None:
    """What a process does: one task after the other, until nobody has any more."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = line.recv()
        except EOFError:
            return
        try:
            answer = (True, function(task))
        except Exception as error:
            error.add_note("in a process of its own:\n" + traceback.format_exc())
            answer = (False, error)
        try:
            line.send(answer)
        except (TypeError, AttributeError, ValueError) as error:  # an error that cannot travel
            line.send((False, RuntimeError(f"{answer[1]!r} ({error})")))


def _end_with_parent() -> None:
    """End at once when the parent is gone: what it was about to do with the result, nobody does."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
