"""What a feature reads: tables, windows, columns and policy values, from what it asks when it is built.

Nothing is declared for this: a feature asks `Facts`, and what was asked is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from riskmodel.features.facts import LINE, Facts
from riskmodel.features.windows import PREPARED, Moment
from riskmodel.tables.catalogue import TABLES

if TYPE_CHECKING:
    from riskmodel.features.feature import Feature
    from riskmodel.features.lists import Listed

MADE_FROM: Final[Mapping[str, tuple[str, ...]]] = {
    "net": ("component", "amount"),
    "age": ("birth_month",),
    "school_age": ("birth_month",),
    "major_illness_before": ("major_illness",),
    "employed_before": ("employed",),
    "months_ago": (),
    "days_ago": (),
    "running": ("status",),
    "days_left": ("due_on", "ended_on"),
    "over": ("ended_on",),
}
"""Columns that `windows.py` adds, and what they are made from beside the date of the row."""
STATE: Final = ("size", "category", "exit_year")
"""Columns of the household's own state that features use as they are."""
LINE_KIND: Final = "monitoring_line"
YEAR: Final = 2001
"""Any year: only what is asked for counts."""
EVERYTHING_LISTED: Final = {
    name: frozenset(date(year, month, 1) for year in range(YEAR - 4, YEAR + 1) for month in range(1, 13))
    for name in TABLES
}


@dataclass(frozen=True)
class Asked:
    """What is read of one prepared table."""

    prepared: str
    """Name in `windows.PREPARED`."""
    months: tuple[tuple[int, int], ...]
    """Windows in complete months ago, (newest, oldest); empty: every row that the prepared table holds."""
    columns: frozenset[str]
    """Columns read, among them those that `windows.py` adds."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables of the lake; the rows are those of the first."""
        return PREPARED[self.prepared].tables

    @property
    def window(self) -> str:
        """Which rows, for people."""
        held, narrow = PREPARED[self.prepared].window, "; ".join(_months(*window) for window in self.months)
        return held if not narrow or narrow in held else narrow

    def reads(self, column: str) -> bool:
        """Whether a column of a table is read, as it is or in one that is made from it."""
        return any(column in (name, *MADE_FROM.get(name, ())) for name in self.columns)


@dataclass(frozen=True)
class Reading:
    """Everything that one feature reads."""

    asked: tuple[Asked, ...]
    state: tuple[str, ...]
    """Columns of the household's state."""
    policy: tuple[tuple[str, date], ...]
    """Kinds of policy values with the day on which each must be in force; the line is that of the survey's day."""
    of_others: bool
    """It tells of the other households of the village: they are read, not the household itself."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of policy values by name."""
        return tuple(sorted({kind for kind, _ in self.policy}))


def reading(feature: Feature, as_of: date, listed: Listed | None = None) -> Reading:
    """What a feature reads at a date, where full lists cover the months `listed`."""
    policy: dict[tuple[str, date], None] = {}

    def value(kind: str) -> float:
        policy[kind, as_of] = None
        return 0.0

    def optional(kind: str, on: date) -> float:
        policy[kind, on] = None
        return 0.0

    facts = Facts(Moment(as_of), value, optional, dict(listed or {}))
    expressions = [feature.build(facts), *facts.village_sums.values()]
    roots = {name for expression in expressions for name in expression.meta.root_names()} | facts.steps.made_from
    if LINE in roots:
        policy[LINE_KIND, as_of] = None
    return Reading(
        asked=tuple(_asked(facts, prepared) for prepared in facts.wanted),
        state=tuple(name for name in STATE if name in roots),
        policy=tuple(policy),
        of_others=bool(facts.village_sums),
    )


def most_read(feature: Feature) -> Reading:
    """What a feature reads at most: where full lists cover everything."""
    return reading(feature, date(YEAR, 2, 5), EVERYTHING_LISTED)


def windows_in_words(feature: Feature) -> list[tuple[Asked, str]]:
    """What a feature asks where full lists cover everything, with each window in words that hold at every date."""
    january, february = reading(feature, date(YEAR, 1, 5), EVERYTHING_LISTED), most_read(feature)
    unlisted = {asked.prepared: asked for asked in reading(feature, date(YEAR, 1, 5)).asked}
    return [
        (asked, _in_words(asked, other, unlisted.get(asked.prepared)))
        for asked, other in zip(january.asked, february.asked, strict=True)
    ]


def _in_words(asked: Asked, a_month_later: Asked, unlisted: Asked | None) -> str:
    if asked.months != a_month_later.months:
        return "complete months of the year of the last one"
    if unlisted is None:
        return f"{asked.window}, where full lists cover them"
    if asked.months != unlisted.months:
        return f"newest complete month with a full list, else {unlisted.window}"
    return asked.window


def _asked(facts: Facts, prepared: str) -> Asked:
    aggregates = facts.wanted[prepared]
    windows = [facts.windows.get(column) for column in aggregates]
    months = _joined([window for window in windows if window]) if all(windows) else ()
    columns = {name for aggregate in aggregates.values() for name in aggregate.meta.root_names()}
    if made := facts.rows.get(prepared):
        columns = {name for name in columns if name not in made} | made.made_from
    return Asked(prepared, months, frozenset(columns))


def _joined(windows: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The windows without repetition; months that are asked for one by one become one window."""
    found = sorted(set(windows))
    single = all(newest == oldest for newest, oldest in found)
    if single and found[-1][0] - found[0][0] == len(found) - 1:
        return ((found[0][0], found[-1][1]),)
    return tuple(found)


def _months(newest: int, oldest: int) -> str:
    if newest == 0:
        return f"last {oldest} complete months and the days since"
    if newest == 1:
        return f"last {oldest} complete months" if oldest > 1 else "last complete month"
    return f"complete months {newest} to {oldest} ago" if oldest > newest else f"complete month {newest} ago"
