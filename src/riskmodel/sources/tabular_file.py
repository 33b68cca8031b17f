"""A .csv, .xlsx or .parquet file as columns of text under the names of a table, before anything is interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.sources.csv_text import read_csv
from riskmodel.sources.file_kind import FileKind, kind_of
from riskmodel.sources.lines import repeated, without_totals
from riskmodel.sources.parquet_text import read_parquet
from riskmodel.sources.personal import PERSONAL
from riskmodel.sources.spreadsheet import read_xlsx
from riskmodel.tables.checks import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.sources.header import Layout
    from riskmodel.sources.lines import Lines
    from riskmodel.tables import Table


@dataclass(frozen=True)
class Content:
    """What a file holds."""

    cells: pl.DataFrame = field(repr=False)
    """`row` and one string column per column of the table, and per personal column, that the file has.

    Rows are numbered as a spreadsheet shows them: below a header in row 1 they begin with 2. Parquet has no header row,
    there they begin with 1.
    """
    torn: pl.DataFrame = field(repr=False)
    """Lines with too few or too many cells, as `no_failures`; they are not in `cells`."""
    remarks: tuple[str, ...]
    """What people should know: columns ignored, lines skipped, merged cells, sheets not read."""
    scale: Mapping[str, int]
    """Column -> 10000 where its title said 万元."""
    inverted: frozenset[str]
    """Columns of yes and no whose title asks for a problem, while the column says that all is well."""
    numeric: pl.DataFrame = field(repr=False)
    """`row` and `column` of cells of ids that were numbers in the file, so that digits may be lost."""
    skipped: int
    """Empty rows and rows of totals."""


def read_file(path: Path, spec: Table, sheet: str | None = None) -> Content:
    """The columns of `spec`, and those about persons, that a file has, whatever their order and language.

    `sheet` names a sheet of a workbook, else the first one that is not hidden is read. Raises RejectedFile, which says
    what to do, for a file that cannot be read whole and safely, has no header of this table, or has a column twice.
    """
    remarks: list[str] = []
    match kind_of(path):
        case FileKind.CSV:
            layout, lines = read_csv(path, spec)
        case FileKind.XLSX:
            layout, lines, remarks = read_xlsx(path, spec, sheet)
        case FileKind.PARQUET:
            layout, lines = read_parquet(path, spec)
    rows, totals = without_totals(lines, layout)
    return Content(
        cells=_named(rows.cells, layout, spec),
        torn=rows.torn.sort(ROW),
        remarks=(*layout.remarks, *repeated(rows, layout, path), *remarks, *_skipped(lines.empty, totals)),
        scale=layout.scale,
        inverted=layout.inverted,
        numeric=_numeric(rows, layout, spec),
        skipped=lines.empty + totals,
    )


def _named(cells: pl.DataFrame, layout: Layout, spec: Table) -> pl.DataFrame:
    """Columns in the order of the file; a position that feeds two columns is copied to both."""
    order = {name: index for index, name in enumerate((*spec.facts, *PERSONAL))}
    names = sorted(layout.columns, key=lambda name: (layout.columns[name], order[name]))
    return cells.select(ROW, *(pl.col(str(layout.columns[name])).alias(name) for name in names))


def _numeric(lines: Lines, layout: Layout, spec: Table) -> pl.DataFrame:
    positions = {layout.columns[name]: name for name in layout.columns if name in spec.facts}
    named = lines.numeric.with_columns(
        pl.col("position").replace_strict(positions, default=None, return_dtype=pl.String).alias("column")
    )
    return named.select(ROW, "column").sort(ROW)


def _skipped(empty: int, totals: int) -> list[str]:
    blank = [f"{empty} empty line(s) skipped / 已跳过空行"] if empty else []
    return [*blank, *([f"{totals} line(s) of totals skipped / 已跳过合计行"] if totals else [])]
