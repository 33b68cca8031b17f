"""What a delivery has said so far: reasons of refusal, hints, and the rows that were news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.source import named, no_failures
from riskmodel.tables import table
from riskmodel.tables.arrivals import MEANINGS
from riskmodel.tables.checks import ROW
from riskmodel.tables.writer import PLACE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.tables.writer import Appended, LakeWriter

FILE: Final = "file"
"""Column: the file that a row came in."""
OWN_ROW: Final = "own_row"
"""Column: number of a row in its file, while rows of several files are numbered through."""


@dataclass(frozen=True)
class Loaded:
    """Rows that said something new."""

    table: str
    county: str
    rows: pl.DataFrame = field(repr=False)
    """In stored form, with the `file` that they came in and their `row` there."""


@dataclass
class Taken:
    """Filled while the files of a delivery are taken in."""

    writer: LakeWriter
    refused: list[pl.DataFrame] = field(default_factory=list)
    """Reasons of refusal, as `FAILURES`."""
    odd: list[pl.DataFrame] = field(default_factory=list)
    """Hints, as `FAILURES`."""
    loaded: list[Loaded] = field(default_factory=list)
    released: int = 0
    """Rows that waited from an earlier time and were stored."""
    seen: list[str] = field(default_factory=list)
    """Counties that files of the delivery belonged to."""

    def see(self, counties: Iterable[str]) -> None:
        """Remember the counties of a file for the files after it."""
        self.seen.extend(county for county in counties if county not in self.seen)

    def remember(self, appended: Appended, came: pl.DataFrame) -> int:
        """Keep the rows that were news until the delivery ends; returns how many they are.

        `came` has the `file` and the `row` of each row of the batch. A row that was written twice (the beginning and
        the end of an episode) counts once.
        """
        news = appended.news.with_columns(came[appended.news[PLACE]])
        once = news.drop(PLACE).unique([FILE, ROW], keep="last", maintain_order=True)
        if once.height:
            self.loaded.append(Loaded(appended.record.table, appended.record.county, once))
        return once.height

    def tell(self, file: str, name: str, appended: Appended) -> None:
        """Report what had to be written because of a batch."""
        for rule, count in appended.consequences.items():
            line = {"column": table(name).key[0], "value": str(count), "rule": rule, "reason": MEANINGS[rule]}
            self.odd.append(named(pl.DataFrame([line], schema=no_failures().schema), file, name))
