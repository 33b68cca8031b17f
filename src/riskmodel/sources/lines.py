"""The lines of a file below its header, as text by position, and what is left of them without totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import RejectedFile
from riskmodel.sources.source import no_failures
from riskmodel.tables.checks import ROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from riskmodel.sources.header import Layout

TOTALS: Final = ("合计", "总计", "小计")
NUMERIC_SCHEMA: Final = {ROW: pl.Int64, "position": pl.Int64}


@dataclass(frozen=True)
class Lines:
    """Lines below a header. Empty ones are only counted."""

    cells: pl.DataFrame = field(repr=False)
    """`row` (as a spreadsheet numbers them) and a string column per position of the layout, named by its number."""
    torn: pl.DataFrame = field(default_factory=no_failures, repr=False)
    """Lines with too few or too many cells, as `no_failures`, `value` being the cell below the first title."""
    empty: int = 0
    numeric: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=NUMERIC_SCHEMA), repr=False)
    """`row` and `position` of cells of ids that were numbers in the file."""


def joined(parts: Sequence[Lines], layout: Layout) -> Lines:
    """The parts of one file below each other."""
    none = pl.DataFrame(schema={ROW: pl.Int64, **{str(p): pl.String for p in layout.positions}})
    return Lines(
        cells=pl.concat([none, *(part.cells for part in parts)], rechunk=True),
        torn=pl.concat([no_failures(), *(part.torn for part in parts)]),
        empty=sum(part.empty for part in parts),
        numeric=pl.concat([pl.DataFrame(schema=NUMERIC_SCHEMA), *(part.numeric for part in parts)]),
    )


def without_totals(lines: Lines, layout: Layout) -> tuple[Lines, int]:
    """The lines that are no totals, and how many totals there were; a total may have too few cells without harm."""
    cells = lines.cells.filter(~_is_total(pl.col(str(layout.first))))
    torn = lines.torn.filter(~_is_total(pl.col("value")))
    totals = lines.cells.height - cells.height + lines.torn.height - torn.height
    return Lines(cells, torn, lines.empty, lines.numeric.join(cells, on=ROW, how="semi")), totals


def repeated(lines: Lines, layout: Layout, path: Path) -> list[str]:
    """Remarks on columns that stand twice, the second time empty. Raises RejectedFile where it is not."""
    for position, title in layout.repeats.items():
        filled = lines.cells.filter(pl.col(str(position)).str.strip_chars().str.len_bytes() > 0)
        if not filled.is_empty():
            raise RejectedFile(
                f"{path}: the column {title} stands twice, the second time with values from row {filled[ROW][0]} on. "
                f"Remove one of them. / 列“{title}”出现了两次，第二次从第 {filled[ROW][0]} 行起有值。请删去其中一列。"
            )
    titles = dict.fromkeys(layout.repeats.values())
    return [
        f"a column stands twice, the empty one was left out / 列“{title}”出现了两次,空的一列已忽略" for title in titles
    ]


def _is_total(cell: pl.Expr) -> pl.Expr:
    word = cell.str.normalize("NFKC").str.replace_all(r"\s", "").str.replace(":$", "")
    return word.is_in(TOTALS).fill_null(value=False)
