"""A register as a copy of the truth that follows it group by group of columns, some months behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Flags, Ints, Numbers
    from riskmodel.sources.synthetic.months import Days

NEVER: Final = 10**6
"""A month that does not come."""


@dataclass(frozen=True)
class Lag:
    """How a group of columns follows the truth: at the earliest after `least` months, then with a chance a month."""

    columns: tuple[str, ...]
    least: int
    chance: float
    most: int


@dataclass
class Copy:
    """A register: the columns as last written, for how long each group has differed, who is in it and since when."""

    lags: tuple[Lag, ...]
    columns: dict[str, Numbers] = field(default_factory=dict)
    stale: list[Ints] = field(default_factory=list)
    listed: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool))
    unlisted_for: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    gone_in: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Month in which it was first seen that the subject is gone."""
    since: Days = field(default_factory=lambda: np.zeros(0, dtype="datetime64[D]"))

    def grow(self, truth: dict[str, Numbers]) -> None:
        """Room for new subjects, filled with what is true of them now."""
        count = len(self.listed)
        for name, values in truth.items():
            old = self.columns.get(name, values[:0])
            self.columns[name] = np.concatenate([old, values[count:]])
        more = len(next(iter(truth.values()))) - count
        self.listed = np.concatenate([self.listed, np.zeros(more, dtype=bool)])
        self.unlisted_for = np.concatenate([self.unlisted_for, np.zeros(more, dtype=np.int64)])
        self.gone_in = np.concatenate([self.gone_in, np.full(more, NEVER)])
        self.since = np.concatenate([self.since, np.full(more, np.datetime64("1900-01-01", "D"))])
        stale = self.stale or [np.zeros(0, dtype=np.int64) for _ in self.lags]
        self.stale = [np.concatenate([months, np.zeros(more, dtype=np.int64)]) for months in stale]

    def follow(self, truth: dict[str, Numbers], rng: np.random.Generator, at_once: Flags) -> tuple[Flags, Ints]:
        """Write some of what has changed; returns who changed, and for how many months it had been so."""
        changed, age = np.zeros(len(self.listed), dtype=bool), np.zeros(len(self.listed), dtype=np.int64)
        for number, lag in enumerate(self.lags):
            differs = np.zeros(len(self.listed), dtype=bool)
            for name in lag.columns:
                differs |= self.columns[name] != truth[name]
            self.stale[number] = np.where(differs, self.stale[number] + 1, 0)
            months = self.stale[number]
            due = (months > lag.least) & ((rng.random(len(months)) < lag.chance) | (months >= lag.most))
            writes = differs & (due | at_once | ~self.listed)
            for name in lag.columns:
                self.columns[name] = np.where(writes, truth[name], self.columns[name])
            changed |= writes
            age = np.maximum(age, months * writes)
            self.stale[number] = np.where(writes, 0, months)
        return changed & self.listed, age

    def enlist(self, may: Flags, lag: Lag, rng: np.random.Generator, *, all_now: bool) -> tuple[Flags, Ints]:
        """Who is entered for the first time, and how many months after it came to be."""
        waits = may & ~self.listed
        self.unlisted_for = np.where(waits, self.unlisted_for + 1, self.unlisted_for)
        months = self.unlisted_for
        new = waits & (months > lag.least) & ((rng.random(len(months)) < lag.chance) | (months >= lag.most))
        new = waits if all_now else new
        self.listed = self.listed | new
        return new, months

    def gone(self, which: Flags, month: int) -> None:
        """Note who is gone since this month; who was gone before stays so."""
        self.gone_in = np.where(which & (self.gone_in == NEVER), month, self.gone_in)
