"""A Parquet file as lines of text: numbers and days become text, so that one way of reading serves all files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.sources.cell_text import number_text
from riskmodel.sources.header import Layout, find_layout
from riskmodel.sources.lines import NUMERIC_SCHEMA, Lines
from riskmodel.tables.checks import ROW
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.tables import Table

MOST_ROWS: Final = 50_000_000
"""Rows that are read from one file; packed, a hostile file of a few kilobytes may claim any number."""


def read_parquet(path: Path, spec: Table) -> tuple[Layout, Lines]:
    """Layout and lines of a Parquet file; it has no header row, so its rows are numbered from 1. Amounts are in yuan.

    Raises RejectedFile for a damaged file, too many rows, and a column of lists, bytes, times or durations.
    """
    try:
        lazy = pl.scan_parquet(path, glob=False)
        titles = lazy.collect_schema().names()
        layout = find_layout([titles], spec, path)
        count = lazy.select(pl.len()).collect().item()
        if count > MOST_ROWS:
            raise RejectedFile(
                f"{path} has {count} rows, more than {MOST_ROWS}. Deliver it in several files. / "
                f"文件有 {count} 行，超过 {MOST_ROWS} 行。请分成几个文件报送。"
            )
        wanted = [titles[position] for position in layout.positions]
        frame = pl.read_parquet(path, columns=wanted, glob=False)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise RejectedFile(
            f"{path} is no readable Parquet file: {error}. Export it again. / 无法读取这个 Parquet 文件。请重新导出。"
        ) from error
    for title, dtype in frame.schema.items():
        if dtype.is_nested() or dtype in (pl.Binary, pl.Object, pl.Time, pl.Duration):
            raise RejectedFile(
                f"{path}: the column {title} holds {dtype}. Export it as text or numbers. / "
                f"列“{title}”不是文字、数字或日期。请导出为文字或数字。"
            )
    texts = [_text(frame[title]).alias(str(p)) for title, p in zip(wanted, layout.positions, strict=True)]
    cells = pl.DataFrame(texts).rechunk().with_row_index(ROW, offset=1).cast({ROW: pl.Int64})
    blank = pl.all_horizontal(pl.exclude(ROW).str.strip_chars().fill_null("") == "")
    filled = cells.filter(~blank)
    ids = [p for name, p in layout.columns.items() if name in spec.facts and spec.facts[name].type is Type.ID]
    numeric = [
        filled.filter(pl.col(str(p)).is_not_null()).select(ROW, position=pl.lit(p, dtype=pl.Int64))
        for p in ids
        if frame.schema[titles[p]].is_numeric()
    ]
    return layout, Lines(
        filled,
        empty=cells.height - filled.height,
        numeric=pl.concat([pl.DataFrame(schema=NUMERIC_SCHEMA), *numeric]),
    )


def _text(column: pl.Series) -> pl.Series:
    if column.dtype.is_float():
        return number_text(column.cast(pl.Float64))
    text = column.cast(pl.String)
    if isinstance(column.dtype, pl.Datetime):
        return text.str.replace(r" 00:00:00(?:\.0+)?$", "")
    return text
