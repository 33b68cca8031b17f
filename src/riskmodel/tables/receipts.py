"""Receipts: which files were taken in, so that a file sent twice is not even read again.

<lake>/receipts/<day>/<table>-<mode>-<hash>.json       the account of its rows
<lake>/receipts/<day>/<table>-<mode>-<hash>.parquet    why rows were refused; only where some were
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import LakeError
from riskmodel.tables.files import sweep, write_json, write_parquet

if TYPE_CHECKING:
    from pathlib import Path


def receipt_path(lake: Path, received_on: date, table: str, mode: str, sha256: str) -> Path:
    """Where the receipt of a file lies."""
    return lake / "receipts" / f"{received_on}" / f"{table}-{mode}-{sha256[:32]}.json"


def receipt(path: Path) -> dict[str, Any] | None:
    """What was written when the file was taken in; None if it never was. Raises LakeError when it is damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LakeError(f"{path} is damaged ({error}). Restore it from the backup.") from error
    return found


def receipts_between(lake: Path, after: date, until: date) -> list[dict[str, Any]]:
    """The receipts of the files received after a day until another one, in order of the days."""
    days = [date.fromisoformat(folder.name) for folder in sorted(lake.glob("receipts/????-??-??"))]
    chosen = (lake / "receipts" / f"{day}" for day in days if after < day <= until)
    read = (receipt(path) for folder in chosen for path in sorted(folder.glob("*.json")))
    return [content for content in read if content is not None]


def write_receipt(path: Path, content: dict[str, Any]) -> None:
    """Write a receipt; only after all batches of the file are in the lake."""
    write_json(path, content)


def keep_refused(path: Path, lines: pl.DataFrame) -> None:
    """Keep the reasons of refusal beside a receipt that is going to be written: a report may have to be made again.

    Without the values: a cell in the wrong column may hold a name or a telephone number, and those never lie here.
    """
    if lines.height:
        write_parquet(path.with_suffix(".parquet"), lines.with_columns(value=pl.lit(None, dtype=pl.String)))


def refused_before(path: Path) -> pl.DataFrame | None:
    """The reasons kept beside a receipt; None where no row was refused. Raises LakeError when the file is damaged."""
    kept = path.with_suffix(".parquet")
    try:
        return pl.read_parquet(kept, glob=False) if kept.exists() else None
    except (pl.exceptions.PolarsError, OSError) as error:
        raise LakeError(f"{kept} is damaged ({error}). Restore it from the backup.") from error


def sweep_receipts(lake: Path) -> None:
    """Remove what a killed process left half-written."""
    for day in lake.glob("receipts/*"):
        sweep(day)
