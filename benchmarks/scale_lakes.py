"""Large lakes at the price of copied files: one simulated county, again and again, under other codes and ids."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from features import copied
from riskmodel.settings import Settings
from riskmodel.tables import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.files import fingerprint
from riskmodel.tables.generation_files import POINTER, Published, in_force
from riskmodel.workflows.workspace import Workspace


def region(small: Path, home: Path, households: int, in_county: int) -> Workspace:
    """A workspace of counties of `in_county` households each: the small one's rows, models and policy.

    A county differs from the next in its codes and ids; what holds neither is the same file under two names.
    """
    place = Workspace(Settings(home))
    if not home.exists():
        copied(small, home, in_county)
        (first,) = place.counties()
        for number in range(1, -(-households // in_county)):
            add_county(place, first, f"{int(first) + number:06d}")
    return place


def add_county(place: Workspace, first: str, code: str) -> None:
    """One more county, like the first."""
    lake = place.lake.folder
    records = lake / "manifests" / f"county={code}"
    records.mkdir()
    for path in (lake / "manifests" / f"county={first}").glob("*.json"):
        (records / path.name).write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"county": code}), "utf-8")
    old = in_force(lake / "generations" / f"county={first}")
    new = Published(lake / "generations" / f"county={code}", old.number)
    new.path.mkdir(parents=True)
    changed = Moved(old, (int(code) - int(first)) * 10**6)
    for file in old.files:
        os.link(old.path / file, new.path / file)
    for name, rows in changed.items():
        (new.path / name).unlink()
        rows.write_parquet(new.path / name, compression="zstd", statistics=True, row_group_size=250_000)
    pointer = json.loads((old.folder / POINTER).read_text("utf-8"))
    pointer["files"] = {file: (new.path / file).stat().st_size for file in old.files}
    pointer["hashes"] = {file: fingerprint(new.path / file) for file in old.files}
    (new.folder / POINTER).write_text(json.dumps(pointer), "utf-8")


class Moved(Mapping[str, pl.DataFrame]):
    """The files of a generation that name places or ids, moved to another county; made when asked for."""

    def __init__(self, old: Published, distance: int) -> None:
        self._old, self._distance = old, distance

    def __getitem__(self, file: str) -> pl.DataFrame:
        if file.startswith("ids_"):
            ids = pl.read_parquet(self._old.path / file)
            mark = f"{self._distance // 10**6:04x}"
            return ids.with_columns(pl.col("id").str.slice(0, 1) + mark + pl.col("id").str.slice(5))
        rows, facts = self._old.read(Path(file).stem), TABLES[Path(file).stem].facts
        return rows.with_columns(pl.col(name) + self._distance for name in rows.columns if _is_place(facts, name))

    def __iter__(self) -> Iterator[str]:
        for file in self._old.files:
            facts = {} if file.startswith("ids_") else TABLES[Path(file).stem].facts
            if not facts or any(_is_place(facts, name) for name in facts):
                yield file

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _is_place(facts: Mapping[str, object], name: str) -> bool:
    return getattr(facts.get(name), "type", None) == Type.AREA12
