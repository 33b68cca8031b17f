"""What a command prints: one JSON object, or text for people; progress only on a terminal."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any, TypeVar

from riskmodel.workflows.json_values import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

T = TypeVar("T")
EVERY = 30.0
"""Seconds between two lines about how far something is."""


def emit(result: Any, *, as_json: bool, lines: Iterable[str] = ()) -> None:
    """Print a result: with `as_json` the result as one JSON object on standard output, else the lines."""
    if as_json:
        print(json.dumps(plain(result), ensure_ascii=False, allow_nan=False))  # this is where we print
        return
    for line in lines:
        print(line)  # this is where we print


class Terminal:
    """Progress for people: a bar on a terminal, one line per step title elsewhere; always on standard error."""

    def __init__(self) -> None:
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """Made on first use: rich is not loaded for a command that shows nothing."""
        if self._console is None:
            from rich.console import Console

            self._console = Console(stderr=True)
        return self._console

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the steps behind a bar with the time left; without a terminal a line says it now and then."""
        if not sys.stderr.isatty():
            yield from self._told(steps, title, total)
            return
        from rich.progress import track

        yield from track(steps, description=title, total=total, console=self.console, transient=True)

    def _told(self, steps: Iterable[T], title: str, total: int | None) -> Iterator[T]:
        """Yield the steps; the title is a line, and so is how far they are, at most every half minute."""
        self.say(title)
        began = said = time.perf_counter()
        for done, step in enumerate(steps, start=1):
            yield step
            now = time.perf_counter()
            if total and done < total and now - said >= EVERY:
                left = (now - began) / done * (total - done) / 60
                self.say(f"{title}: {done:,} of {total:,}, about {left:,.0f} minutes left / 约剩 {left:,.0f} 分钟")
                said = now

    def say(self, message: str) -> None:
        """One line on standard error."""
        self.console.print(f"· {message}", style="dim", highlight=False, markup=False, soft_wrap=True)
