"""What a delivery has said so far: reasons of refusal, hints, and the rows that were news."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.sources.placing import MATCHED, WAITS_FOR
from riskmodel.sources.source import COUNTY, named, no_failures
from riskmodel.tables import table
from riskmodel.tables.arrivals import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.tables.writer import Appended, LakeWriter


@dataclass(frozen=True)
class Loaded:
    """Rows of a file that said something new."""

    file: str
    table: str
    county: str
    rows: pl.DataFrame = field(repr=False)


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

    def remember(self, file: str, name: str, appended: Appended, rows: pl.DataFrame) -> int:
        """Keep those of the rows that were written until the delivery ends; returns how many they are."""
        key = list(table(name).key)
        written = appended.written.select(key).unique()
        news = rows.join(written, on=key, how="semi", nulls_equal=True, maintain_order="left")
        if news.height:
            self.loaded.append(Loaded(file, name, appended.record.county, news.drop(COUNTY, MATCHED, WAITS_FOR)))
        return news.height

    def tell(self, file: str, name: str, appended: Appended) -> None:
        """Report what had to be written because of a batch."""
        for rule, rows in appended.consequences.items():
            line = {"column": table(name).key[0], "value": str(rows.height), "rule": rule, "reason": MEANINGS[rule]}
            self.odd.append(named(pl.DataFrame([line], schema=no_failures().schema), file, name))
