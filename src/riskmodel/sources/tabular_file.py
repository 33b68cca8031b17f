"""A CSV or Parquet file as columns of text under the names of the table, before anything is interpreted."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.sources.source import no_failures
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import normal_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from riskmodel.tables import Table

NEXT_RELEASE: Final = "comes with the next release"
_CHUNK: Final = 100_000


@dataclass(frozen=True)
class Content:
    """What a file holds."""

    cells: pl.DataFrame = field(repr=False)
    """`row` and one string column per column of the table that the file has."""
    torn: pl.DataFrame = field(repr=False)
    """Lines with too few or too many cells, as `no_failures`; they are not in `cells`."""
    remarks: tuple[str, ...]


def read_file(path: Path, spec: Table) -> Content:
    """The columns of `spec` that a .csv (UTF-8) or .parquet file has, whatever their order.

    Rows are numbered as a spreadsheet shows them: the header of a CSV is row 1. Raises RejectedFile for a file that
    cannot be read, a column that stands twice, and a Chinese header.
    """
    return _read_csv(path, spec) if path.suffix == ".csv" else _read_parquet(path, spec)


def _read_csv(path: Path, spec: Table) -> Content:
    """Read by line, so that a line with a cell too few is seen: it may have lost any of its cells."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            header = next(reader, [])
            names, ignored = _columns(header, spec, path)
            return _chunks(reader, len(header), names, ignored)
    except UnicodeDecodeError as error:
        raise RejectedFile(f"{path} is not UTF-8. Save it again as CSV UTF-8.") from error
    except csv.Error as error:
        raise RejectedFile(f"{path}: line {reader.line_num} is no CSV: {error}. Check its quotation marks.") from error


def _chunks(reader: Iterator[list[str]], width: int, names: dict[int, str], ignored: list[str]) -> Content:
    chunks = [_chunk([], [], names)]
    torn: list[tuple[int, str, str, str, str]] = []
    rows: list[list[str]] = []
    numbers: list[int] = []
    blank = 0
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            blank += 1
        elif len(cells) < width or any(cell.strip() for cell in cells[width:]):
            reason = f"the line has {len(cells)} cells, the header {width} / 列数与表头不符"
            torn.append((number, names[min(names)] if names else "", cells[0], "cells", reason))
        else:
            rows.append(cells)
            numbers.append(number)
        if len(rows) == _CHUNK:
            chunks.append(_chunk(rows, numbers, names))
            rows, numbers = [], []
    chunks.append(_chunk(rows, numbers, names))
    failures = pl.DataFrame(torn, schema=no_failures().schema, orient="row")
    remarks = [f"{blank} empty line(s) skipped / 已跳过空行"] if blank else []
    return Content(pl.concat(chunks), failures, (*_ignored(ignored), *remarks))


def _chunk(rows: list[list[str]], numbers: list[int], names: dict[int, str]) -> pl.DataFrame:
    columns = {name: pl.Series([cells[i] for cells in rows], dtype=pl.String) for i, name in names.items()}
    return pl.DataFrame({ROW: pl.Series(numbers, dtype=pl.Int64), **columns})


def _read_parquet(path: Path, spec: Table) -> Content:
    """Numbers and dates go through their text, so that one way of reading serves all files; amounts are in yuan."""
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise RejectedFile(f"{path} is no readable Parquet file: {error}. Export it again.") from error
    names, ignored = _columns(frame.columns, spec, path)
    columns = [frame.to_series(index).rename(name) for index, name in names.items()]
    for column in columns:
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object, pl.Time, pl.Duration):
            raise RejectedFile(f"{path}: the column {column.name} holds {column.dtype}. Export it as text or numbers.")
    midnight = pl.selectors.datetime().cast(pl.String).str.replace(r" 00:00:00(?:\.0+)?$", "")
    texts = pl.DataFrame(columns).with_columns(midnight).cast(pl.String)
    return Content(texts.with_row_index(ROW, offset=1), no_failures(), tuple(_ignored(ignored)))


def _columns(header: Sequence[str], spec: Table, path: Path) -> tuple[dict[int, str], list[str]]:
    """Position -> column of the table, and the headers that belong to no column."""
    names: dict[int, str] = {}
    ignored = []
    for index, title in enumerate(header):
        found = spec.headers.get(normal_header(title), ())
        if found and found != (normal_header(title),):
            raise RejectedFile(
                f"{path}: the column {title} has a Chinese header, the import of which {NEXT_RELEASE}. "
                f"Write {' / '.join(found)}."
            )
        if found and found[0] in names.values():
            raise RejectedFile(f"{path}: the column {found[0]} stands twice. Remove one of them.")
        if found:
            names[index] = found[0]
        elif title.strip():
            ignored.append(title.strip())
    return names, ignored


def _ignored(titles: list[str]) -> list[str]:
    return [f"columns ignored / 未使用的列: {', '.join(titles)}"] if titles else []
