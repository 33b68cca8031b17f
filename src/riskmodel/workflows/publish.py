"""Publish a scored month into the service's database."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.review.assessments import Month, packed, replace_month
from riskmodel.review.assessments import month as newest_month
from riskmodel.review.keys import stamp
from riskmodel.review.ledger_homes import follow_homes
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.assessed import COUNTY, MOST_PLACES, dated, prepared
from riskmodel.workflows.database import database
from riskmodel.workflows.delivery_ages import delivery_ages
from riskmodel.workflows.month_list import month_list
from riskmodel.workflows.month_parts import READ, month_parts
from riskmodel.workflows.operators import note_operator
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.score import MANIFEST, TYPICAL, published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "publish"
"""Named in the audit log."""
PORTION: Final = 2000
"""Households that are written at once."""


@dataclass(frozen=True)
class PublishedMonth:
    """What `publish` did."""

    as_of: str
    households: int
    replaced: bool
    """Whether the month was there already."""


def publish(
    workspace: Workspace, clock: Callable[[], datetime], as_of: date | None = None, progress: Progress | None = None
) -> PublishedMonth:
    """Publish the scores of a date (default: the newest). Again is the same; readers see the old month until the end.

    Raises UsageError when nothing was scored, BusyError where somebody else writes for too long.
    """
    folder, show = published(workspace, as_of), progress or Silent()
    paths = sorted(folder.glob("*.parquet"))
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    sizes = {path: pl.scan_parquet(path, glob=False).select(pl.len()).collect().item() for path in paths}
    first = pl.scan_parquet(paths[0], glob=False).select("as_of", "label").head(1).collect()
    day = first["as_of"][0]
    month = Month(
        as_of=day,
        label=first["label"][0],
        model=manifest["model"],
        shorter_model=manifest.get("shorter_model"),
        feature_set=manifest["feature_set"],
        policy=manifest["policy"],
        households=sum(sizes.values()),
        published_at=stamp(clock()),
    )

    def ended() -> str:
        at = clock()  # the entry is there before readers see the month
        note_operator(workspace, ACTION, f"{day}: {month.households:,} households, model {month.model[:16]}", at)
        return stamp(at)

    portions = (part for path in paths for part in pl.read_parquet(path, glob=False).iter_slices(PORTION))
    count = sum(-(-size // PORTION) for size in sizes.values())
    places = dict(_places(folder, [path.stem for path in paths]))
    with closing(database(workspace)) as store:
        newest = newest_month(store)
        typical = _Typical(places) if newest is None or day >= newest.as_of else None
        rows = (_rows(part, typical) for part in show.track(portions, f"publishing {day}", count))
        replaced = replace_month(store, month, rows, places.items(), _parts(workspace, folder, paths), ended)
        if typical is not None:  # the newest date
            follow_homes(store, day)
    return PublishedMonth(day.isoformat(), month.households, replaced)


class _Typical:
    """What is typical of the villages, from the JSON of places; what was read is kept: villages come in any order."""

    def __init__(self, places: Mapping[str, bytes]) -> None:
        self._places = places
        self._of = lru_cache(maxsize=MOST_PLACES)(self._read)

    def of(self, village: str) -> Typical:
        """That of a village."""
        return Typical(self._of(village[:COUNTY]), self._of(village))

    def _read(self, code: str) -> dict[str, Any]:
        return dated(json.loads(self._places.get(code, b"{}")))


def _parts(workspace: Workspace, folder: Path, paths: Sequence[Path]) -> Iterable[tuple[str, bytes]]:
    """What the lists and counts of the pages are made of."""
    scores = pl.concat(pl.read_parquet(path, columns=list(READ), glob=False) for path in paths)
    drawn = month_list(workspace, folder, scores)
    ages = delivery_ages(workspace, [path.stem for path in paths], date.fromisoformat(folder.name))
    return month_parts(scores, drawn, ages)


def _rows(part: pl.DataFrame, typical: _Typical | None) -> list[dict[str, Any]]:
    """Rows of the database of a portion of the scores; with what is typical also their answers."""
    cause = pl.col("reason_1_group").fill_null("").alias("cause")
    listed = (~pl.col("monitored") & ~pl.col("too_new")).alias("listed")
    keys = ("household_id", "village_code", "category", "probability", "tier", "rank_county")
    found = part.select(*keys, cause, listed).to_dicts()
    answers = _answers(part, typical) if typical else [None] * part.height
    return [
        row | {"row": packed(text), "answer": answer}
        for row, text, answer in zip(found, _texts(part), answers, strict=True)
    ]


def _answers(part: pl.DataFrame, typical: _Typical) -> list[bytes]:
    """What is answered most often of each household; of the rows as they are, for to read their JSON takes longer."""
    return [packed(prepared(row, typical.of(row["village_code"]))) for row in part.iter_rows(named=True)]


def _places(folder: Path, counties: list[str]) -> Iterator[tuple[str, bytes]]:
    """What is typical of each county and village; the row of the county has no village code."""
    for county in counties:
        table = pl.read_parquet(folder / TYPICAL / f"{county}.parquet", glob=False)
        codes = table["village_code"].fill_null(county)
        yield from zip(codes, _texts(table), strict=True)


def _texts(frame: pl.DataFrame) -> list[bytes]:
    """Each row as JSON."""
    return frame.write_ndjson().encode().splitlines()
