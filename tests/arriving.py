"""Files that arrive one after the other at a lake in a temporary folder, without any file on a disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from lake_rows import COUNTY
from riskmodel.policy import Policy
from riskmodel.sources.intake import Intake
from riskmodel.sources.releasing import waiting_lines
from riskmodel.sources.source import FAILURES, Received
from riskmodel.tables import TABLES, Lake
from worked_example import full_id, load, row

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.sources.account import FileAccount

DAY = date(2025, 3, 10)
"""Day on which files arrive unless they say otherwise."""
SHIPPED = Policy.load()


def arrives(name: str, rows: pl.DataFrame, on: date = DAY, **facts: object) -> Received:
    """A file of a table with these rows; columns of the tail are left to the import unless `facts` keep them."""
    kept = facts.pop("tail", ())
    plain = rows.drop([c for c in ("known_at", "source", "batch_id", "retracted") if c not in kept], strict=False)  # type: ignore[operator]  # names
    given: dict[str, object] = {
        "source": TABLES[name].sources[0].value,
        "sha256": sha256(f"{name}{plain.hash_rows(seed=1).to_list()}{sorted(facts.items())}".encode()).hexdigest(),
        "county": COUNTY,
        **facts,
    }
    return Received(f"{on}/{name}.csv", name, plain, on, **given)  # type: ignore[arg-type]  # the tests name the fields


@dataclass
class Arrivals:
    """A lake, and what was said about the files that came."""

    lake: Lake
    accounts: list[FileAccount] = field(default_factory=list)
    refused: list[pl.DataFrame] = field(default_factory=list)
    odd: list[pl.DataFrame] = field(default_factory=list)
    released: int = 0

    def take(self, *files: Received) -> list[FileAccount]:
        """Take in files, delivery by delivery in the order given; returns their accounts."""
        with self.lake.writer() as writer:
            for day, group in groupby(files, lambda file: file.received_on):
                intake = Intake(writer, SHIPPED)
                self.accounts += [intake.take(file) for file in group]
                intake.finish(day)
                self.refused += intake.told.refused
                self.odd += intake.told.odd
                self.released += intake.told.released
        for account in self.accounts:
            assert account.rows_read == (
                account.rows_loaded + account.rows_duplicate + account.rows_waiting + account.rows_refused
            ), account
        return self.accounts[-len(files) :]

    def rules(self) -> list[tuple[str, int | None, str, str]]:
        """(table, row, column, rule) of all that was refused."""
        return _lines(self.refused)

    def warnings(self) -> list[tuple[str, int | None, str, str]]:
        """(table, row, column, rule) of all that was found odd."""
        return _lines(self.odd)

    def waiting(self) -> list[tuple[str, int | None, str, str]]:
        """(table, row, column, rule) of all that waits."""
        return _lines([waiting_lines(self.lake.folder)])

    def rows(self, name: str, on: date = date(2026, 12, 31)) -> pl.DataFrame:
        """What the county knows of a table on a day."""
        return self.lake.view(COUNTY, on).canonical(name)


def _lines(frames: list[pl.DataFrame]) -> list[tuple[str, int | None, str, str]]:
    lines = pl.concat([pl.DataFrame(schema=FAILURES), *frames])
    return list(lines.select("table", "row", "column", "rule").iter_rows())


def at(folder: Path) -> Arrivals:
    """An empty lake in a folder."""
    return Arrivals(Lake(folder / "lake"))


def settled(folder: Path) -> Arrivals:
    """A lake that knows the villages, household and members of the worked example since 10 January 2025."""
    arrivals = at(folder)
    on = date(2025, 1, 10)
    people = load()["members"].unique("person_id", keep="last", maintain_order=True)
    arrivals.take(
        arrives("villages", load()["villages"][[0, 2]], on),
        arrives("households", load()["households"][[2]], on),
        arrives("members", people, on),
    )
    arrivals.odd.clear()
    return arrivals


def income(household: str, amount: int, month: int = 1, year: int = 2025) -> pl.DataFrame:
    """An income row."""
    return row("incomes", household_id=full_id(household), amount=amount, month=date(year, month, 1))
