"""A second county for a workspace: the same rows under other ids and area codes, as fast as files are copied."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.generation import Ids
from riskmodel.tables.generation_files import Published, in_force
from riskmodel.tables.generation_files import replace as put_in_force

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

FIRST: Final = "990301"
SECOND: Final = "990302"
APRIL: Final = date(2024, 4, 1)
"""A month that both can be run for."""
_MOVED: Final = (int(SECOND) - int(FIRST)) * 10**6


def add_second_county(workspace: Workspace) -> None:
    """Copy records and generation of the first county; its batches are not copied, so it cannot be rebuilt."""
    lake = workspace.lake.folder
    records = lake / "manifests" / f"county={SECOND}"
    records.mkdir()
    for path in (lake / "manifests" / f"county={FIRST}").glob("*.json"):
        record = json.loads(path.read_text("utf-8")) | {"county": SECOND}
        (records / path.name).write_text(json.dumps(record), "utf-8")
    old = in_force(lake / "generations" / f"county={FIRST}")
    new = Published(lake / "generations" / f"county={SECOND}")
    ids = Ids({kind: ids.str.slice(0, 1) + ids.str.slice(1).str.reverse() for kind, ids in old.ids().values.items()})
    tables = {name: old.read(name).with_columns(_moved(name)) for name in TABLES if f"{name}.parquet" in old.files}
    put_in_force(new, tables, ids, old.batches)


def _moved(name: str) -> list[pl.Expr]:
    return [pl.col(column) + _MOVED for column, fact in TABLES[name].facts.items() if fact.type == Type.AREA12]
