"""Deliveries: a folder per day of receipt, with files named after tables, read one file at a time.

    2025-03-10/
      delivery.toml       optional: county = "990301", and per file what its name does not say
      households.xlsx     as the department exports it
      incomes-2.csv       a second file of the same table

Which keys `delivery.toml` may have stands in `_KEYS` and `_FILE_KEYS`.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.policy import Source
from riskmodel.sources.cells import read_cells
from riskmodel.sources.identifiers import hash_rows
from riskmodel.sources.personal import PERSONAL
from riskmodel.sources.source import Received
from riskmodel.sources.tabular_file import read_file
from riskmodel.tables import TABLES, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from riskmodel.sources.identifiers import Hasher

NOTE: Final = "delivery.toml"
_KEYS: Final = ("ids", "county", "mode", "files")
_FILE_KEYS: Final = ("table", "source", "period_from", "period_to", "full_list", "reference_date", "sheet")
_SUFFIXES: Final = (".csv", ".xlsx", ".parquet")


def deliveries(path: Path) -> Iterator[Path]:
    """The delivery folders at `path` in order of their days: `path` itself, or the folders in it.

    Raises UsageError where there is none, and for anything else in the folder: a mistyped day would be lost in silence.
    """
    if _day(path.resolve().name):  # also where the path is only a dot
        yield path
        return
    entries = [p for p in path.iterdir() if not p.name.startswith(".")] if path.is_dir() else []
    strange = sorted(p.name for p in entries if not (p.is_dir() and _day(p.name)))
    if strange or not entries:
        found = f"holds {', '.join(strange[:3])}" if strange else "holds no such folder"
        raise UsageError(
            f"{path} {found}. Give one delivery, a folder named after the day it was received such as 2025-03-10, or a "
            "folder that holds nothing but deliveries. / "
            f"{path} 中没有报送，或混有其他内容。请给一次报送（以收到日期命名的文件夹，如 2025-03-10），"
            "或只存放报送的文件夹。"
        )
    yield from sorted(entries, key=lambda p: p.name)


def unless_empty(deliveries: Path | None) -> Path | None:
    """The folder, or None where nothing lies in it: in some offices only case systems deliver."""
    if deliveries is None or not deliveries.is_dir():
        return deliveries
    return deliveries if any(not path.name.startswith(".") for path in deliveries.iterdir()) else None


@dataclass(frozen=True)
class DeliveredFile:
    """A file of a delivery, not read yet."""

    path: Path
    table: str
    source: str
    received_on: date
    mode: str
    canonical: bool
    """Its ids are hashes already."""
    county: str | None
    period_from: date | None
    period_to: date | None
    full_list: bool
    reference_date: date | None
    sheet: str | None
    problem: str | None = None
    """Why the file is not even opened: it belongs to no table, or is of a kind that nobody reads."""

    @property
    def name(self) -> str:
        """Folder and name, such as `2025-03-10/incomes.csv`."""
        return f"{self.received_on}/{self.path.name}"

    @cached_property
    def sha256(self) -> str:
        """Hash of the file's bytes. Raises RejectedFile for what is not opened."""
        if self.problem:
            raise RejectedFile(self.problem)
        with self.path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def read(self, hasher: Hasher | None) -> Received:
        """The file's rows under canonical names, ready for `check`.

        Raises RejectedFile for a file that cannot be read at all, UsageError when its ids have to be hashed and the
        installation has no key (`hasher` is None).
        """
        if self.problem:
            raise RejectedFile(self.problem)
        spec = table(self.table)
        content = read_file(self.path, spec, self.sheet)
        cells = read_cells(spec, content.cells, content.scale, content.inverted)
        received = Received(
            file=self.name,
            table=self.table,
            rows=cells.values,
            received_on=self.received_on,
            source=self.source,
            sha256=self.sha256,
            mode=self.mode,
            county=self.county,
            period_from=self.period_from,
            period_to=self.period_to,
            full_list=self.full_list,
            reference_date=self.reference_date,
            unreadable=pl.concat([content.torn, cells.unreadable]),
            odd=cells.warned,
            skipped=content.skipped,
            remarks=content.remarks,
        )
        if self.canonical:
            return replace(received, rows=cells.values.drop(PERSONAL, strict=False))
        if hasher is None:
            raise UsageError(
                f"{self.path} brings identifiers that have to be hashed, and this installation has no key yet. "
                "Make it once with: riskmodel init"
            )
        hashed = hash_rows(spec, cells.values, content.numeric, hasher)
        return replace(
            received,
            rows=hashed.rows.drop(PERSONAL, strict=False),
            unreadable=pl.concat([received.unreadable, hashed.unreadable]),
            odd=pl.concat([received.odd, hashed.warned]),
            identities=hashed.identities,
            aliases=hashed.aliases,
        )


def opened(folder: Path) -> list[DeliveredFile]:
    """The files of one delivery in the order of the tables; their content is not looked at yet.

    Raises UsageError for a wrong folder or `delivery.toml`. A file that belongs to no table is rejected when read.
    """
    day = _day(folder.resolve().name)
    if day is None or not folder.is_dir():
        raise UsageError(
            f"{folder} is no delivery. A delivery is a folder named after its day, such as 2025-03-10. / "
            f"{folder} 不是报送。报送是以收到日期命名的文件夹，如 2025-03-10。"
        )
    note = folder / NOTE
    said = _read_note(note)
    names = sorted(p.name for p in folder.iterdir() if not p.name.startswith((".", "~$")) and p.name != NOTE)
    per_file = said.get("files", {})
    if not isinstance(per_file, dict) or not all(isinstance(keys, dict) for keys in per_file.values()):
        raise UsageError(f'{note}: write what belongs to a file below a heading [files."incomes.csv"].')
    if absent := sorted(set(per_file) - set(names)):
        raise UsageError(f"{note} speaks of {absent[0]}, which is not in the folder. Add it or drop the entry.")
    if not names:
        raise UsageError(
            f"{folder} holds no file of a table. Put files such as incomes.csv there. / "
            f"{folder} 中没有任何表的文件。请放入文件，如 incomes.csv。"
        )
    order = ["", *TABLES]
    files = [_file(folder / name, per_file.get(name, {}), said, day, note) for name in names]
    return sorted(files, key=lambda f: (order.index(f.table), f.path.name))


def _read_note(path: Path) -> dict[str, Any]:
    """What `delivery.toml` says; nothing where there is none."""
    try:
        said = tomllib.loads(path.read_text("utf-8-sig")) if path.exists() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Write it as TOML in UTF-8.") from error
    _known_keys(said, _KEYS, f"{path}")
    ids = _expect(said, "ids", path, str, '"canonical", or leave it out')
    if ids not in (None, "canonical"):
        raise UsageError(f'{path}: ids is {ids!r}. Write "canonical" if ids are hashes already, else leave it out.')
    mode = _expect(said, "mode", path, str, '"r" or "h"') or "r"
    county = _expect(said, "county", path, str, "6 digits in quotes")
    if mode not in ("r", "h"):
        raise UsageError(f'{path}: mode is {mode!r}. Write "r" (received that day) or "h" (history).')
    if county is not None and not re.fullmatch("[0-9]{6}", county, re.ASCII):
        raise UsageError(f'{path}: county is {county!r}. Write the 6 digits of the county, e.g. county = "990301".')
    return said


def _file(path: Path, said: dict[str, Any], of_all: dict[str, Any], day: date, note: Path) -> DeliveredFile:
    where = f'{note}: [files."{path.name}"]'
    _known_keys(said, _FILE_KEYS, where)
    name = _expect(said, "table", where, str, "the name of a table") or _table_of(path.stem)
    problem = _problem(path, name, note)
    usual = "" if problem else table(name).sources[0].value
    source = _expect(said, "source", where, str, "the code of a department") or usual
    if source and source not in Source.codes():
        raise UsageError(f"{where}: source is {source!r}. {_nearest(source, Source.codes())}")
    days = ("period_from", "period_to", "reference_date")
    since, until, reference = (_expect(said, key, where, date, "a date without quotes") for key in days)
    if since and until and since > until:
        raise UsageError(f"{where}: period_from {since} is later than period_to {until}. Correct one of them.")
    if reference and reference > day:
        raise UsageError(f"{where}: reference_date {reference} is later than the day of receipt {day}. Correct it.")
    sheet = _expect(said, "sheet", where, str, "the name of a sheet")
    if sheet is not None and path.suffix.lower() in (".csv", ".parquet"):
        raise UsageError(f"{where}: sheet is {sheet!r}, but only a workbook (.xlsx) has sheets. Leave the key out.")
    return DeliveredFile(
        path=path,
        table="" if problem else name,
        source=source,
        received_on=day,
        mode=of_all.get("mode", "r"),
        canonical=of_all.get("ids") == "canonical",
        county=of_all.get("county"),
        period_from=since,
        period_to=until,
        full_list=bool(_expect(said, "full_list", where, bool, "true or false")),
        reference_date=reference,
        sheet=sheet,
        problem=problem,
    )


def _problem(path: Path, name: str, note: Path) -> str | None:
    """Why a file cannot be taken for one of a table."""
    if path.suffix.lower() not in _SUFFIXES or not path.is_file():
        return (
            f"{path} is neither a .csv nor an .xlsx nor a .parquet file. Save it as one of these, or remove it. / "
            "不是 .csv、.xlsx 或 .parquet 文件。请另存为其中一种，或移走。"
        )
    if name not in TABLES:
        return (
            f"{path}: no table is called {name!r}. {_nearest(name, list(TABLES))} Name the file after its table, "
            f'such as incomes.csv or incomes-2.csv, or write table = "..." in {note.name} below [files."{path.name}"]. '
            f"/ 没有名为“{name}”的表。{_nearest_title(name)}请用表名命名文件，例如 incomes.csv 或 "
            f'incomes-2.csv，也可用中文表名；或在 {note.name} 的 [files."{path.name}"] 下写 table = "..."。'
        )
    return None


def _table_of(stem: str) -> str:
    """`incomes-2`, `Incomes (1)`, `incomes - 副本` -> `incomes`; the Chinese title of a table does as well."""
    name = re.sub(_COPY, "", re.split(r"[-.]", stem)[0]).strip()
    titles = {spec.title: spec.name for spec in TABLES.values()}
    return titles.get(name, name.lower())


_COPY: Final = r"(?:_[0-9]+|\s*\([0-9]+\))\s*$"
"""What is added to the name of a second file: `incomes_2`, `incomes (1)`."""


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


def _nearest_title(word: str) -> str:
    titles = {name: spec.title for name, spec in TABLES.items()} | {spec.title: spec.title for spec in TABLES.values()}
    near = difflib.get_close_matches(word, titles, n=1)
    return f"是不是“{titles[near[0]]}”？" if near else "全部表名见 docs/tables.md。"


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(name) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name, re.ASCII) else None
    except ValueError:
        return None
