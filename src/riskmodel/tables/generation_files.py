"""The generation of a county on disk: which one is in force, opening it, and putting a new one in its place.

<lake>/generations/county=<code>/<number>/<table>.parquet       sorted and coded, see `generation.py`
<lake>/generations/county=<code>/<number>/ids_<kind>.parquet    dictionaries of ids
<lake>/generations/county=<code>/CURRENT                        number, batches and files in force
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables import generation
from riskmodel.tables.catalogue import TABLES, table
from riskmodel.tables.files import (
    fingerprint,
    make_folder,
    remove_folder,
    sweep,
    sync_folder,
    write_json,
    write_parquet,
)
from riskmodel.tables.generation import Ids

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

POINTER = "CURRENT"


@dataclass(frozen=True)
class Published:
    """The generation in force. Without any, `number` is 0 and nothing is in it."""

    folder: Path
    """Of the county's generations."""
    number: int = 0
    batches: frozenset[str] = frozenset()
    """Ids of the batches merged in it."""
    files: Mapping[str, int] = field(default_factory=dict)
    """Size of each file in bytes."""
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    """SHA-256 of each file; of files that an earlier version wrote there is none."""

    @property
    def path(self) -> Path:
        """Folder of the files."""
        return self.folder / f"{self.number:06d}"

    def read(self, name: str) -> pl.DataFrame:
        """Stored rows of a table, verified: what is written next is made of them, and would hide a damage.

        Empty where nothing arrived. Raises LakeError when the file is missing or damaged.
        """
        file = f"{name}.parquet"
        if file not in self.files:
            return generation.empty(table(name))
        self._verify(file)
        return self._rows(file)

    def scan(self) -> dict[str, pl.LazyFrame]:
        """Stored rows by table, read when they are needed. Raises LakeError when a file is missing or damaged."""
        return {name: self._lazy(f"{name}.parquet") for name in TABLES if f"{name}.parquet" in self.files}

    def ids(self) -> Ids:
        """The dictionaries of ids. Raises LakeError when a file is missing or damaged."""
        kinds = {file[4:-8]: file for file in self.files if file.startswith("ids_")}
        return Ids({kind: self._rows(file)["id"] for kind, file in kinds.items()})

    def checked(self, file: str) -> Path:
        """Path of a file. Raises LakeError when it is missing or its size has changed."""
        path = self.path / file
        if not path.exists():
            raise LakeError(f"{path} is missing. {remedy(self.folder)}")
        size = path.stat().st_size
        if size != self.files[file]:
            raise LakeError(f"{path} is damaged: {size} bytes instead of {self.files[file]}. {remedy(self.folder)}")
        return path

    def require_sound(self) -> None:
        """Read every file once. Raises LakeError that names the first whose content is not what was written.

        The size tells of a file that was cut off; of a bit that turned over on a disk, nothing else does.
        """
        for file in self.files:
            self._verify(file)

    def _verify(self, file: str) -> None:
        path = self.checked(file)
        if file in self.hashes and fingerprint(path) != self.hashes[file]:
            raise LakeError(f"{path} is damaged: its content is not what was written. {remedy(self.folder)}")

    def _rows(self, file: str) -> pl.DataFrame:
        path = self.checked(file)
        try:
            return pl.read_parquet(path, glob=False)
        except pl.exceptions.PolarsError as error:
            raise LakeError(f"{path} is damaged ({error}). {remedy(self.folder)}") from error

    def _lazy(self, file: str) -> pl.LazyFrame:
        path = self.checked(file)
        rows = pl.scan_parquet(path, glob=False)
        try:
            rows.collect_schema()
        except pl.exceptions.PolarsError as error:
            raise LakeError(f"{path} is damaged ({error}). {remedy(self.folder)}") from error
        return rows


def in_force(folder: Path) -> Published:
    """The generation in force. One of another layout counts as none: it is derived again from the batches.

    Raises LakeError when the pointer is damaged.
    """
    pointer = folder / POINTER
    try:
        state: dict[str, Any] = json.loads(pointer.read_text("utf-8"))
        if state["layout"] != generation.layout():
            return Published(folder)
        files = {str(name): int(size) for name, size in state["files"].items()}
        hashes = {str(name): str(found) for name, found in state.get("hashes", {}).items()}
        return Published(folder, int(state["generation"]), frozenset(state["batches"]), files, hashes)
    except FileNotFoundError:
        return Published(folder)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise LakeError(f"{pointer} is damaged ({error!r}). {remedy(folder)}") from error


def remedy(folder: Path) -> str:
    """What to do about a damaged file of a county's generations, which lie in `folder`."""
    command = f"riskmodel rebuild-county {folder.name.removeprefix('county=')}"
    return (
        f"It is derived from the batches: rebuild the county with {command}, then run the command again. / "
        f"该文件损坏或缺失，可由已入库的批次重新生成：请运行 {command}，然后重新运行该命令。"
    )


def replace(old: Published, tables: Mapping[str, pl.DataFrame], ids: Ids, batches: Collection[str]) -> None:
    """Put a new generation in force: `tables` are those that changed, the others stay as they are in `old`.

    Where nothing changed, only the pointer is written, with the new list of batches. The generation just replaced
    stays for frames that were taken from it, older ones go unless they are `Held`.
    """
    number, files, hashes = old.number, dict(old.files), dict(old.hashes)
    if tables or not number:
        number = max([old.number, *_numbers(old.folder)]) + 1
        files, hashes = _write(old, old.folder / f"{number:06d}", tables, ids)
    state = {"generation": number, "layout": generation.layout(), "batches": sorted(batches)}
    state |= {"files": files, "hashes": hashes}
    write_json(old.folder / POINTER, state)
    sweep(old.folder)
    for other in _numbers(old.folder) - {number, old.number}:
        remove_folder(old.folder / f"{other:06d}")


def _write(
    old: Published, target: Path, tables: Mapping[str, pl.DataFrame], ids: Ids
) -> tuple[dict[str, int], dict[str, str]]:
    """Fill a new folder; returns the size and the hash of each file."""
    make_folder(target)
    for name, rows in tables.items():
        write_parquet(target / f"{name}.parquet", rows)
    for kind, values in ids.values.items():
        write_parquet(target / f"ids_{kind}.parquet", values.to_frame())
    hashes = {path.name: fingerprint(path) for path in target.glob("*.parquet")}
    for file in old.files:
        if not (target / file).exists():
            (target / file).hardlink_to(old.checked(file))
            hashes |= {file: old.hashes[file]} if file in old.hashes else {}
    sync_folder(target)
    return {path.name: path.stat().st_size for path in target.glob("*.parquet")}, hashes


def _numbers(folder: Path) -> set[int]:
    return {int(path.name) for path in folder.glob("[0-9]*") if path.name.isdecimal()}
