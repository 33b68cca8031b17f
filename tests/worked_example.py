"""The worked example of the contract: one invented household in an invented county, every table, May 2024 - June 2025.

`load()` gives the tables as they stand in the lake after all batches have arrived; ids are written out in full.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import check_rows
from riskmodel.tables.column import Column, Type

TEXT = Path(__file__).with_suffix(".txt")
"""A line `table: column,column,...` opens a table, a line per row follows; amounts in yuan, ids shortened."""


def full_id(short: str) -> str:
    """The id that a shortened one stands for: H01 -> H, then 01 after 22 zeros."""
    return short[0] + short[1:].rjust(24, "0")


@cache
def load() -> dict[str, pl.DataFrame]:
    """Every table of the example, typed and in stored order, by name. Do not change the frames in place."""
    return {name: _typed(name, rows) for name, rows in _blocks().items()}


def row(name: str, index: int = 0, /, **changes: object) -> pl.DataFrame:
    """One row of the example with some values changed; amounts in fen, ids in full, dates as dates."""
    frame = load()[name][index]
    return frame.with_columns(
        pl.lit(value, dtype=frame.schema[column]).alias(column) for column, value in changes.items()
    )


def faults(name: str, rows: pl.DataFrame) -> list[tuple[str, str]]:
    """(column, rule) of all that `check_rows` finds wrong with these rows."""
    _, failures = check_rows(TABLES[name], rows)
    return list(failures.select("column", "rule").iter_rows())


def _blocks() -> dict[str, list[dict[str, str | None]]]:
    blocks: dict[str, list[dict[str, str | None]]] = {}
    columns: list[str] = []
    name = ""
    for line in TEXT.read_text(encoding="utf-8").splitlines():
        if ": " in line:
            name, _, header = line.partition(": ")
            columns, blocks[name] = header.split(","), []
            continue
        cells = line.split(",")
        assert len(cells) == len(columns), f"{name}: {line}"
        blocks[name].append({column: cell or None for column, cell in zip(columns, cells, strict=True)})
    return blocks


def _typed(name: str, rows: list[dict[str, str | None]]) -> pl.DataFrame:
    table = TABLES[name]
    facts = table.facts
    complete = [{"retracted": "false", **row} for row in rows]
    columns = {column: [_value(facts[column], row[column]) for row in complete] for column in table.columns}
    return pl.DataFrame(columns, schema=dict(table.dtypes))


def _value(fact: Column, cell: str | None) -> str | int | float | bool | date | None:
    if cell is None:
        return None
    match fact.type:
        case Type.ID:
            return full_id(cell)
        case Type.YUAN:
            fen = Decimal(cell) * 100
            assert fen == int(fen), cell
            return int(fen)
        case Type.INT:
            return int(cell)
        case Type.DATE | Type.MONTH:
            return date.fromisoformat(cell)
        case Type.NUM:
            return float(cell)
        case Type.BOOL:
            return {"true": True, "false": False}[cell]
        case _:
            return cell


def write_deliveries(out: Path) -> None:
    """The example as deliveries: a folder per day, a file per batch and table, without the days that are derived.

    Ids are canonical; `known_at` is left out: the folder says it, or, for the history load, the contract's delays.
    """
    for name, rows in load().items():
        for (batch_id,), part in rows.group_by("batch_id", maintain_order=True):
            mode, day = str(batch_id)[0], date.fromisoformat(str(batch_id)[1:9])
            folder = out / f"{day}"
            folder.mkdir(parents=True, exist_ok=True)
            note = f'ids = "canonical"\ncounty = "990101"\nmode = "{mode}"\n'
            (folder / "delivery.toml").write_text(note, encoding="utf-8")
            facts = TABLES[name].facts
            whole = part.unique(TABLES[name].key, keep="last", maintain_order=True) if mode == "h" else part
            cells = [_cell(whole[column], facts[column]) for column in TABLES[name].payload]
            text = whole.select(cells, source="source")
            text.write_csv(folder / f"{name}-{str(batch_id)[-4:]}.csv")


def _cell(values: pl.Series, fact: Column) -> pl.Series:
    if fact.type is Type.YUAN:
        return pl.Series(values.name, [None if v is None else str(Decimal(v) / 100) for v in values], dtype=pl.String)
    return values.cast(pl.String)
