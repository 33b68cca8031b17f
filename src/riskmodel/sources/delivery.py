"""Deliveries: a folder per day of receipt, with files named after tables, read one file at a time.

    2025-03-10/
      delivery.toml       ids = "canonical", county = "990301"
      incomes.csv         header = column names of the table
      incomes-2.parquet   a second file of the same table

Which keys `delivery.toml` may have stands in `_KEYS` and `_FILE_KEYS`.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.policy import Source
from riskmodel.sources.cells import read_cells
from riskmodel.sources.source import COUNTY, Received
from riskmodel.sources.tabular_file import NEXT_RELEASE, read_file
from riskmodel.tables import TABLES, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from riskmodel.tables import Table

NOTE: Final = "delivery.toml"
_KEYS: Final = ("ids", "county", "mode", "files")
_FILE_KEYS: Final = ("table", "source", "period_from", "period_to", "full_list")


def deliveries(path: Path) -> Iterator[Path]:
    """The delivery folders at `path` in order of their days: `path` itself, or the folders in it.

    Raises UsageError where there is none, and for anything else in the folder: a mistyped day would be lost in silence.
    """
    if _day(path.name):
        yield path
        return
    entries = [p for p in path.iterdir() if not p.name.startswith(".")] if path.is_dir() else []
    strange = sorted(p.name for p in entries if not (p.is_dir() and _day(p.name)))
    if strange or not entries:
        found = f"holds {', '.join(strange[:3])}" if strange else "holds no such folder"
        raise UsageError(
            f"{path} {found}. Give one delivery, a folder named after the day it was received such as 2025-03-10, or a "
            "folder that holds nothing but deliveries."
        )
    yield from sorted(entries, key=lambda p: p.name)


def received(folder: Path) -> Iterator[Received]:
    """The files of one delivery in the order of the tables, ready for `check`; each is read when it is asked for.

    Names and `delivery.toml` are checked before the first file is read. Cells that cannot be read stand in
    `Received.unreadable`. A row's county is that of its village, for tables without one that of its household in the
    same delivery, else the `county` of `delivery.toml`. Raises UsageError for a wrong folder or `delivery.toml`,
    RejectedFile for a file that cannot be read at all.
    """
    note = _read_note(folder)
    homes = pl.DataFrame(schema={"household_id": pl.String, COUNTY: pl.String})
    for file in note.files:
        spec = table(file.table)
        content = read_file(file.path, spec)
        rows, unreadable = read_cells(spec, content.cells)
        rows = _with_county(rows, spec, homes, note.county)
        if file.table == "households" and "household_id" in rows.columns:
            homes = pl.concat([homes, rows.select(homes.columns).drop_nulls()]).unique(
                "household_id", keep="last", maintain_order=True
            )
        yield Received(
            file=f"{folder.name}/{file.path.name}",
            table=file.table,
            rows=rows,
            received_on=note.day,
            source=file.source,
            sha256=_sha256(file.path),
            mode=note.mode,
            period_from=file.period_from,
            period_to=file.period_to,
            full_list=file.full_list,
            unreadable=pl.concat([content.torn, unreadable]),
            remarks=content.remarks,
        )


@dataclass(frozen=True)
class _File:
    path: Path
    table: str
    source: str
    period_from: date | None
    period_to: date | None
    full_list: bool


@dataclass(frozen=True)
class _Note:
    """What the folder and its `delivery.toml` say."""

    day: date
    county: str | None
    mode: str
    files: list[_File]


def _read_note(folder: Path) -> _Note:
    day = _day(folder.name)
    if day is None or not folder.is_dir():
        raise UsageError(f"{folder} is no delivery. A delivery is a folder named after its day, such as 2025-03-10.")
    path = folder / NOTE
    try:
        said = tomllib.loads(path.read_text("utf-8-sig")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Write it as TOML in UTF-8.") from error
    _known_keys(said, _KEYS, f"{path}")
    if said.get("ids") != "canonical":
        raise UsageError(
            f'{path}: ids is not "canonical". Ids have to be hashed before they are delivered, then write '
            f'ids = "canonical" here; hashing of raw numbers {NEXT_RELEASE}.'
        )
    mode = _expect(said, "mode", path, str, '"r" or "h"') or "r"
    county = _expect(said, "county", path, str, "6 digits in quotes")
    if mode not in ("r", "h"):
        raise UsageError(f'{path}: mode is {mode!r}. Write "r" (received that day) or "h" (history).')
    if county is not None and not re.fullmatch("[0-9]{6}", county):
        raise UsageError(f'{path}: county is {county!r}. Write the 6 digits of the county, e.g. county = "990301".')
    note = _Note(day, county, mode, _files(folder, said.get("files", {})))
    _demand_county(note, path)
    return note


def _files(folder: Path, said: Any) -> list[_File]:
    """The files of the folder in the order of the tables."""
    names = sorted(p.name for p in folder.iterdir() if not p.name.startswith(".") and p.name != NOTE)
    if not isinstance(said, dict) or not all(isinstance(keys, dict) for keys in said.values()):
        raise UsageError(f'{folder / NOTE}: write what belongs to a file below a heading [files."incomes.csv"].')
    absent = sorted(set(said) - set(names))
    if absent:
        missing = f"speaks of {absent[0]}, which is not in the folder"
        raise UsageError(f"{folder / NOTE} {missing}. Add it or drop the entry.")
    order = list(TABLES)
    files = [_file(folder / name, said.get(name, {}), folder / NOTE) for name in names]
    if not files:
        raise UsageError(f"{folder} holds no file of a table. Put files such as incomes.csv there.")
    return sorted(files, key=lambda f: (order.index(f.table), f.path.name))


def _file(path: Path, said: dict[str, Any], note: Path) -> _File:
    where = f'{note}: [files."{path.name}"]'
    _known_keys(said, _FILE_KEYS, where)
    if path.suffix not in (".csv", ".parquet") or not path.is_file():
        kind = f"Reading {path.suffix} {NEXT_RELEASE}. " if path.suffix in (".xlsx", ".xls") else ""
        raise RejectedFile(f"{path} is neither a .csv nor a .parquet file. {kind}Save it as CSV (UTF-8) or remove it.")
    name = _expect(said, "table", where, str, "the name of a table") or re.split(r"[-.]", path.name)[0]
    if name not in TABLES:
        raise RejectedFile(
            f"{path}: no table is called {name!r}. {_nearest(name, list(TABLES))} Name the file after its table, "
            f'such as incomes.csv or incomes-2.csv, or write table = "..." in {note.name} below [files."{path.name}"].'
        )
    source = _expect(said, "source", where, str, "the code of a department") or table(name).sources[0].value
    if source not in Source.codes():
        raise UsageError(f"{where}: source is {source!r}. {_nearest(source, Source.codes())}")
    since, until = (_expect(said, key, where, date, "a date without quotes") for key in ("period_from", "period_to"))
    if since and until and since > until:
        raise UsageError(f"{where}: period_from {since} is later than period_to {until}. Correct one of them.")
    full_list = _expect(said, "full_list", where, bool, "true or false")
    return _File(path, name, source, since, until, bool(full_list))


def _demand_county(note: _Note, path: Path) -> None:
    tables = {file.table for file in note.files}
    lost = sorted(tables - {"villages", "households"})
    if lost and note.county is None and "households" not in tables:
        raise UsageError(
            f"{path}: county is missing. The rows of {', '.join(lost)} name no village and the delivery brings no "
            'households, so write e.g. county = "990301".'
        )


def _known_keys(said: dict[str, Any], known: Sequence[str], where: str) -> None:
    for key in said:
        if key not in known:
            raise UsageError(f"{where}: the key {key} is not known. {_nearest(key, known)}")


def _expect(said: dict[str, Any], key: str, where: object, type_: type, what: str) -> Any:
    """The value of an optional key; a value of another type is an error."""
    value = said.get(key)
    if value is not None and (not isinstance(value, type_) or isinstance(value, datetime)):
        raise UsageError(f"{where}: {key} is {value!r}. Write {what}.")
    return value


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name, re.ASCII) else None
    except ValueError:
        return None


def _with_county(rows: pl.DataFrame, spec: Table, homes: pl.DataFrame, county: str | None) -> pl.DataFrame:
    """`county` from the village, else from the household, else what the note says; null where nothing tells."""
    if "village_code" in spec.columns:
        code = pl.col("village_code") if "village_code" in rows.columns else pl.lit(None, dtype=pl.String)
        return rows.with_columns(code.str.extract("^([0-9]{6})[0-9]{6}$").alias(COUNTY))
    if "household_id" not in rows.columns:
        return rows.with_columns(pl.lit(county, dtype=pl.String).alias(COUNTY))
    located = rows.join(homes, on="household_id", how="left", maintain_order="left")
    return located.with_columns(pl.col(COUNTY).fill_null(pl.lit(county, dtype=pl.String)))


def _sha256(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
