"""Rows that wait are tried again, and stored when their household and person are known."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.placing import NOBODY, WAITS_FOR, Places, matched, placed
from riskmodel.sources.source import COUNTY, FAILURES, named
from riskmodel.sources.taken import FILE, OWN_ROW
from riskmodel.tables import Batch, table, waiting
from riskmodel.tables.checks import ROW
from riskmodel.tables.cross_table import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from riskmodel.sources.taken import Taken
    from riskmodel.tables.waiting import Waiting

_GROUP: Final = "group"
"""Column: place of a waiting row's file in the list of them."""


def release(taken: Taken, day: date) -> None:
    """Store what waits and can be stored by now; `day` is that of the delivery at hand."""
    kept = waiting.kept(taken.writer.folder)
    for name, groups in groupby(kept, lambda group: group.table):
        _try(taken, name, list(groups), day)
    waiting.tried(taken.writer.folder)


def waiting_lines(lake: Path) -> pl.DataFrame:
    """All rows that wait, as `FAILURES`: the reason says for whom."""
    return pl.concat([pl.DataFrame(schema=FAILURES), *_lines(lake)])


def _try(taken: Taken, name: str, groups: list[Waiting], day: date) -> None:
    """Try the waiting rows of one table, of all files together: a look-up per file would cost more every month."""
    by_hint = sorted(range(len(groups)), key=lambda index: groups[index].hint)
    for hint, indices in groupby(by_hint, lambda index: groups[index].hint):
        rows = _numbered_through(groups, list(indices))
        tried = placed(table(name), rows, Places(taken.writer, hint or None, taken.seen))
        ready = tried.filter(pl.col(WAITS_FOR).is_null() & pl.col(COUNTY).is_not_null())
        for (county,), part in ready.group_by(COUNTY, maintain_order=True):
            _store(taken, name, groups, str(county), part, day)
        for (index,), part in ready.group_by(_GROUP):
            group = groups[int(str(index))]
            left = group.rows.filter(~pl.col(ROW).is_in(part[OWN_ROW].implode()))
            waiting.keep(taken.writer.folder, replace(group, rows=left))


def _store(taken: Taken, name: str, groups: list[Waiting], county: str, ready: pl.DataFrame, day: date) -> None:
    """Store rows of one county that waited; they keep the ids of the batches they came with.

    A file of which nothing was stored so far has no batch: its rows become one of their own, with an id of the day on
    which the file came. So of two versions of a key that become known on one day, the one that came later holds.
    """
    writer = taken.writer.county(county)
    faults = refused(name, ready, writer)
    sound = matched(ready.filter(~pl.col(ROW).is_in(faults[ROW].implode())))
    came_with = {record.origin: record.batch_id for record in writer.records}
    own = {index: came_with.get(groups[index].origin) for index in ready[_GROUP].unique().sort()}
    ids = pl.col(_GROUP).replace_strict(own, return_dtype=pl.String)
    for indices in (
        [index for index, batch_id in own.items() if batch_id],
        *([index] for index, batch_id in own.items() if not batch_id),
    ):
        rows = sound.filter(pl.col(_GROUP).is_in(indices)).with_columns(batch_id=ids)
        if rows.is_empty():
            continue
        if appended := writer.append(_batch(groups, county, rows, day)):
            taken.released += rows.height
            files = pl.Series([group.file for group in groups], dtype=pl.String)
            taken.remember(appended, rows.select(files.gather(rows[_GROUP]).alias(FILE), pl.col(OWN_ROW).alias(ROW)))
    for index in own:
        numbers = ready.filter(pl.col(_GROUP) == index).select(ROW, OWN_ROW)
        lines = faults.join(numbers, on=ROW).with_columns(pl.col(OWN_ROW).alias(ROW))
        taken.refused.append(named(lines, groups[index].file, name))


def _batch(groups: list[Waiting], county: str, rows: pl.DataFrame, day: date) -> Batch:
    """Rows that are released on a day: of one file without a batch, or of any number of files that have one each."""
    first = groups[rows[_GROUP][0]]
    alone = rows["batch_id"][0] is None
    return Batch(
        county=county,
        table=first.table,
        rows=rows.select(table(first.table).columns),
        received_on=day,
        came_on=first.received_on if alone else None,
        sha256=_digest(groups, rows),
        mode=first.mode if alone else "r",
        source=first.source,
        rows_read=rows.height,
        keeps_batch_ids=True,
    )


def _numbered_through(groups: list[Waiting], indices: list[int]) -> pl.DataFrame:
    """Rows of several files as they came, without stand-ins."""
    parts = [groups[index].rows.with_columns(pl.lit(index, dtype=pl.Int64).alias(_GROUP)) for index in indices]
    rows = pl.concat(parts).rename({ROW: OWN_ROW}).drop(WAITS_FOR)
    nobody = pl.when(pl.col("household_id") != NOBODY).then("household_id")
    return rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64), household_id=nobody)


def _digest(groups: list[Waiting], rows: pl.DataFrame) -> str:
    """Stands for the file in the record of a release: the hashes of the files and the rows it is about."""
    numbers = rows.select(_GROUP, OWN_ROW).sort(_GROUP, OWN_ROW)
    told = ",".join(f"{groups[group].sha256}:{row}" for group, row in numbers.iter_rows())
    return hashlib.sha256(told.encode()).hexdigest()


def _lines(lake: Path) -> Iterator[pl.DataFrame]:
    for group in waiting.kept(lake):
        who = pl.col(WAITS_FOR).replace_strict(_WAITED_FOR, return_dtype=pl.String)
        lines = group.rows.select(
            pl.col(ROW).cast(pl.Int64), column=WAITS_FOR, value=pl.lit(""), rule=pl.lit("waits"), reason=who
        )
        yield named(lines, group.file, group.table)


_WAITED_FOR: Final = {
    "household_id": "the household is not known yet; tried again with each delivery of households or members / "
    "该户尚未建档,待户或成员数据到达后自动重试",
    "person_id": "the person is not known yet; tried again with each delivery of households or members / "
    "该人员尚未建档,待户或成员数据到达后自动重试",
}
