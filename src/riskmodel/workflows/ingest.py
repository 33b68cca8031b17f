"""Ingest: received files -> checked rows -> the lake, with an account of every row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import toml_text
from riskmodel.sources import delivery, eph
from riskmodel.sources.source import FAILURES, Checked, check
from riskmodel.tables import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.files import write_bytes, write_parquet
from riskmodel.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.workspace import Workspace

LATEST = date(9999, 12, 30)
"""A day on which every open-ended policy value is in force."""


@dataclass(frozen=True)
class Ingested:
    """What an ingest did. Rows read = loaded + already known + duplicates in their file + refused."""

    path: str
    files: int
    rows_read: int
    rows_loaded: int
    rows_known: int
    rows_duplicate: int
    rows_refused: int
    batches: int
    quarantine: str | None
    """Parquet file with one line per broken rule: file, table, row, column, value, rule, reason."""
    refused_share_exceeded: bool = field(default=False)


def ingest(workspace: Workspace, path: Path, progress: Progress | None = None, today: date | None = None) -> Ingested:
    """Load a delivery folder, a folder of them, or the raw files of the EPH panel into the lake.

    Bad rows are quarantined and reported, the good ones go on. Raises RejectedFile for a file that cannot be used at
    all, UsageError when there is nothing to load or a delivery is dated after `today`, BusyError when another process
    writes.
    """
    show = progress or Silent()
    if not path.is_dir():
        raise UsageError(
            f"{path} is not a folder. Give a delivery YYYY-MM-DD/, a folder of deliveries, or the EPH raw folder."
        )
    is_eph = (path / "hogar").is_dir()
    checked = list(
        show.track(
            _checked_eph(workspace, path) if is_eph else _checked(path, today), f"checking {path.resolve().name}"
        )
    )
    show.say("writing to the lake")
    records = workspace.lake.receive(batch for found in checked for batch in found.batches)
    quarantined = pl.concat([pl.DataFrame(schema=FAILURES), *(found.quarantined for found in checked)])
    read, refused = (sum(getattr(f, name) for f in checked) for name in ("rows_read", "rows_refused"))
    duplicate = sum(f.rows_duplicate for f in checked)
    loaded = sum(r.rows_written for r in records)
    limit = _refused_limit(workspace)
    return Ingested(
        path=str(path),
        files=len(checked),
        rows_read=read,
        rows_loaded=loaded,
        rows_known=read - loaded - duplicate - refused,
        rows_duplicate=duplicate,
        rows_refused=refused,
        batches=len(records),
        quarantine=_write_quarantine(workspace, path, quarantined),
        refused_share_exceeded=any(f.rows_read and f.rows_refused / f.rows_read > limit for f in checked),
    )


def _checked(path: Path, today: date | None) -> Iterator[Checked]:
    for folder in delivery.deliveries(path):
        if today is not None and folder.resolve().name > today.isoformat():
            raise UsageError(
                f"{folder} is dated after today ({today}). A delivery's folder is named after the day it was received; "
                "rename it. Nothing was loaded."
            )
        yield from map(check, delivery.received(folder))


def _checked_eph(workspace: Workspace, raw: Path) -> Iterator[Checked]:
    """The survey's quarters; its lines and conventions become policy of the workspace."""
    quarters = list(eph.quarters(raw))
    write_bytes(workspace.home / "policy" / "eph.toml", toml_text(eph.policy_entries(quarters)).encode())
    for received in eph.deliveries(quarters):
        yield check(received)


def _refused_limit(workspace: Workspace) -> float:
    """Largest share of refused rows of a file. A lake that took nothing in at all is judged by the national value."""
    counties = workspace.lake.counties()
    day = workspace.lake.newest_delivery() if counties else LATEST
    return workspace.policy.value("quarantine_share_max", counties[0] if counties else "", on=day, known=day)


def _write_quarantine(workspace: Workspace, path: Path, quarantined: pl.DataFrame) -> str | None:
    """The report of the last ingest of a path; ids are masked, for a refused one may be a citizen's number."""
    target = workspace.reports / "quarantine" / f"{path.resolve().name}.parquet"
    if quarantined.is_empty():
        target.unlink(missing_ok=True)
        return None
    ids = [f"{name}.{c}" for name, spec in TABLES.items() for c, fact in spec.facts.items() if fact.type == Type.ID]
    is_id = pl.concat_str(["table", "column"], separator=".").is_in(ids)
    masked = pl.format("({} characters)", pl.col("value").str.len_chars())
    write_parquet(
        target, quarantined.with_columns(pl.when(is_id).then(masked).otherwise(pl.col("value")).alias("value"))
    )
    return str(target)
