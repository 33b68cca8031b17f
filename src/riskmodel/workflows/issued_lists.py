"""Work lists as they were issued: a folder each, never changed; a later one of the same month stands beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from itertools import count, takewhile
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import DataError, UsageError
from riskmodel.tables.files import fingerprint
from riskmodel.tables.publish import restore_interrupted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

MANIFEST: Final = "_manifest.json"
LIST: Final = "worklist.parquet"
EVERYWHERE: Final = "all"
"""Name of the folder of a list for all areas."""


@dataclass(frozen=True)
class Issued:
    """A list that was issued."""

    folder: Path
    manifest: dict[str, Any] = field(repr=False)

    def rows(self) -> pl.DataFrame:
        """All households of the area as listed. Raises DataError when the file is not the one that was issued."""
        path = self.folder / LIST
        if not path.exists() or fingerprint(path) != self.manifest["list"]:
            raise DataError(
                f"{path} is not the list that was issued: it is gone or was changed. Restore it. / "
                f"{path} 不是当时生成的名单：文件不见了或被改动过。请恢复原文件。"
            )
        return pl.read_parquet(path, glob=False)


def folder_of(workspace: Workspace, as_of: date, area: str) -> Path:
    """Where the first list of a date and area lies; later ones have -2, -3 ... behind the name."""
    return workspace.home / "worklists" / as_of.isoformat() / (area or EVERYWHERE)


def issues(folder: Path) -> list[Issued]:
    """The lists of a date and area, oldest first."""
    if folder.parent.is_dir():
        restore_interrupted(folder.parent)
    written = takewhile(lambda path: (path / MANIFEST).exists(), _names(folder))
    return [Issued(path, json.loads((path / MANIFEST).read_text("utf-8"))) for path in written]


def without_list(workspace: Workspace, as_of: date, scores: Path) -> list[str]:
    """Counties among the scores of a date for which no list was issued: neither for all areas nor one of their own."""
    everywhere = [issued.manifest["scores"]["inputs"] for issued in issues(folder_of(workspace, as_of, ""))]
    listed = {county for inputs in everywhere for county in inputs}
    counties = sorted(path.stem for path in scores.glob("*.parquet"))
    return [c for c in counties if c not in listed and not issues(folder_of(workspace, as_of, c))]


def next_folder(folder: Path) -> Path:
    """Where the next list of a date and area goes."""
    return next(path for path in _names(folder) if not (path / MANIFEST).exists())


def newest_list(workspace: Workspace, area: str, as_of: date | None = None) -> Issued:
    """The last issue of the newest list of an area, or of that of a date. Raises UsageError where there is none."""
    found = newest_lists(workspace, area, as_of, as_of)
    if not found:
        raise UsageError(
            f"no work list{f' of {as_of}' if as_of else ''} for area {area or '(everywhere)'} in {workspace.home}. "
            f"Make it with: riskmodel worklist / {workspace.home} 中没有{f' {as_of} ' if as_of else ''}"
            f"{f'地区 {area} 的' if area else '全部地区的'}走访名单。请先生成：riskmodel worklist"
        )
    return found[-1]


def newest_lists(workspace: Workspace, area: str, first: date | None, last: date | None) -> list[Issued]:
    """The last issues of the lists of an area from one date to another, in order of their dates."""
    days = sorted(path.name for path in (workspace.home / "worklists").glob("????-??-??"))
    chosen = (date.fromisoformat(day) for day in days)
    issued = (issues(folder_of(workspace, d, area)) for d in chosen if (first or d) <= d <= (last or d))
    return [found[-1] for found in issued if found]


def _names(folder: Path) -> Iterator[Path]:
    return (folder if number == 1 else folder.with_name(f"{folder.name}-{number}") for number in count(1))
