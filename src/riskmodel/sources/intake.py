"""Intake: the files of a delivery, one after the other, from checked rows into the lake.

Read, place, complete, check by row, check against each other, check against other tables, append. A row ends as loaded,
duplicate, waiting or refused; rules of severity W are looked at when the whole delivery is in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.account import FileAccount
from riskmodel.sources.completion import completed, dated, missing_columns
from riskmodel.sources.history import with_beginnings
from riskmodel.sources.placing import MATCHED, NOBODY, UNKNOWN_COUNTY, WAITS_FOR, Places, opened, placed
from riskmodel.sources.renaming import rename_persons
from riskmodel.sources.source import COUNTY, FAILURES, Received, check, no_failures, of_file
from riskmodel.tables import Batch, table, waiting
from riskmodel.tables.arrivals import MEANINGS
from riskmodel.tables.checks import ROW
from riskmodel.tables.cross_table import refused, remarkable
from riskmodel.tables.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.sources.source import Checked
    from riskmodel.tables.writer import Appended, LakeWriter

RELEASING: Final = ("households", "members")
"""Tables whose arrival lets waiting rows be tried again."""


@dataclass
class Intake:
    """Takes in the files of one delivery after the other. `writer` puts them in force when its block ends."""

    writer: LakeWriter
    policy: Policy
    refused: list[pl.DataFrame] = field(default_factory=list)
    """Reasons of refusal so far, as `FAILURES`."""
    odd: list[pl.DataFrame] = field(default_factory=list)
    """Warnings so far, as `FAILURES`."""
    released: int = 0
    """Rows that waited from an earlier time and were stored."""
    _loaded: list[_Loaded] = field(default_factory=list)
    _news: bool = False
    """Households or members came since waiting rows were last tried: `waiting.expected`, if nobody else tried them."""
    _seen: list[str] = field(default_factory=list)

    def take(self, received: Received) -> FileAccount:
        """Take in one file. Files of a delivery come in the order of the tables; `finish` ends the delivery.

        Raises RejectedFile when a column is missing that nothing can stand in for, BusyError when another process
        holds one of the counties.
        """
        if received.table in RELEASING:
            waiting.expect(self.writer.folder, received.received_on)
            self._news = True
        elif received.table != "villages":
            self.release(received.received_on)
        spec = table(received.table)
        places = Places(self.writer, received.county, self._seen)
        rows = _numbered(received)
        if received.table == "members" and received.aliases is not None:
            rename_persons(self.writer, received, places)
        located = placed(spec, dated(spec, rows, received.reference_date or received.received_on), places)
        whole = self._completed(received, located)
        checked = check(replace(received, rows=_standing_in(whole)))
        stays = pl.col(WAITS_FOR).is_null() & (pl.col(COUNTY) != UNKNOWN_COUNTY)
        ready, lost = checked.sound.filter(stays), checked.sound.filter(~stays)
        homeless = lost.filter(pl.col(WAITS_FOR).is_null())
        waits = lost.filter(pl.col(WAITS_FOR).is_not_null())
        faults = [checked.refused, _homeless(homeless)]
        self._keep(received, waits)  # first: once its batch is recorded, a file is not looked at again
        loaded, more = self._append(received, whole, _matched(ready), checked, waits)
        told = pl.concat([*faults, more])
        self.refused.append(of_file(received, told))
        self.odd.append(of_file(received, checked.odd))
        refused_rows = told[ROW].n_unique()
        return FileAccount(
            file=received.file,
            table=received.table,
            received_on=received.received_on.isoformat(),
            source=received.source,
            counties=tuple(sorted(ready[COUNTY].unique())),
            rows_read=checked.rows_read,
            rows_loaded=loaded,
            rows_duplicate=checked.rows_read - loaded - waits.height - refused_rows,
            rows_waiting=waits.height,
            rows_refused=refused_rows,
            warnings=checked.odd.height,
            skipped=received.skipped,
            remarks=checked.remarks,
        )

    def skip(self, account: FileAccount) -> None:
        """Pass over a file of the delivery that was taken in before: its counties are near at hand all the same."""
        opened(Places(self.writer, None, self._seen), account.counties)

    def finish(self, received_on: date) -> None:
        """End a delivery: try what waits once more, and look at the rules between tables of severity W."""
        self.release(received_on)
        for loaded in self._loaded:
            writer = self.writer.county(loaded.county)
            caps = self._caps(loaded.county, received_on) if loaded.table == "loan_statements" else {}
            found = remarkable(loaded.table, loaded.rows, writer, caps)
            named = found.with_columns(file=pl.lit(loaded.file), table=pl.lit(loaded.table))
            self.odd.append(named.select(list(FAILURES)))
        self._loaded.clear()
        self._seen.clear()

    def release(self, day: date) -> None:
        """Try waiting rows again, if households or members have arrived since the last time, by a killed ingest too."""
        news = waiting.expected(self.writer.folder)
        if not self._news and (news is None or news > day):
            return
        self._news = False
        for group in list(waiting.kept(self.writer.folder)):
            places = Places(self.writer, group.hint or None, self._seen)
            nobody = pl.when(pl.col("household_id") != NOBODY).then("household_id")
            rows = group.rows.drop(WAITS_FOR).with_columns(household_id=nobody)
            tried = placed(table(group.table), rows, places)
            ready = tried.filter(pl.col(WAITS_FOR).is_null() & pl.col(COUNTY).is_not_null())
            if ready.height:
                self._release(group, ready, day)
                left = group.rows.filter(~pl.col(ROW).is_in(ready[ROW].implode()))
                waiting.keep(self.writer.folder, replace(group, rows=left))
        waiting.tried(self.writer.folder)

    def _release(self, group: Waiting, ready: pl.DataFrame, day: date) -> None:
        """Store rows of a file that waited; they keep the id of the batch they came with."""
        for (county,), part in ready.group_by(COUNTY, maintain_order=True):
            writer = self.writer.county(str(county))
            faults = refused(group.table, part, writer)
            sound = _matched(part.filter(~pl.col(ROW).is_in(faults[ROW].implode())))
            batch = Batch(
                county=str(county),
                table=group.table,
                rows=sound.select(table(group.table).columns),
                received_on=day,
                sha256=_digest(group, sound),
                source=group.source,
                rows_read=part.height,
                file=group.file.rpartition("/")[2],
                keeps_batch_ids=True,
            )
            own = next((r.batch_id for r in writer.records if _came_with(r, group)), None)
            given = pl.lit(own, dtype=pl.String)
            appended = writer.append(replace(batch, rows=batch.rows.with_columns(batch_id=given)))
            self.refused.append(_named(faults, group.file, group.table))
            if appended:
                self.released += sound.height
                self._remember(group.file, group.table, appended, sound)

    def _completed(self, received: Received, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of state tables with their missing columns, county by county."""
        spec = table(received.table)
        if not missing_columns(spec, rows):
            return rows
        known = rows.filter(pl.col(COUNTY).is_not_null())
        parts = [
            completed(spec, part, self.writer.county(str(county)))
            for (county,), part in known.group_by(COUNTY, maintain_order=True)
        ]
        rest = rows.filter(pl.col(COUNTY).is_null())
        return pl.concat([*parts, rest], how="diagonal_relaxed").sort(ROW) if parts else rows

    def _append(
        self, received: Received, whole: pl.DataFrame, ready: pl.DataFrame, checked: Checked, waits: pl.DataFrame
    ) -> tuple[int, pl.DataFrame]:
        """Append rows county by county; returns how many said something new, and the breaches between tables."""
        spec, faults, loaded = table(received.table), [no_failures()], 0
        counties = sorted({*ready[COUNTY].unique(), *([received.county] if received.county else [])})
        for county in counties:
            writer, part = self.writer.county(county), ready.filter(pl.col(COUNTY) == county)
            breaches = refused(received.table, part, writer)
            faults.append(breaches)
            sound = part.filter(~pl.col(ROW).is_in(breaches[ROW].implode()))
            told = with_beginnings(spec, sound, received.received_on) if received.mode == "h" else sound
            batch = Batch(
                county=county,
                table=received.table,
                rows=told.select(spec.columns),
                received_on=received.received_on,
                sha256=received.sha256,
                mode=received.mode,
                source=received.source,
                period_from=received.period_from,
                period_to=received.period_to,
                full_list=received.full_list,
                rows_read=part.height,
                rows_unmatched=waits.height,
                file=received.file.rpartition("/")[2],
                unusable=_households_of(
                    whole, pl.concat([checked.refused[ROW], waits[ROW], *(f[ROW] for f in faults)])
                ),
            )
            appended = writer.append(batch)
            if appended:
                loaded += self._remember(received.file, received.table, appended, sound)
        opened(Places(self.writer, None, self._seen), counties)
        return loaded, pl.concat(faults)

    def _remember(self, file: str, name: str, appended: Appended, sound: pl.DataFrame) -> int:
        """Keep the rows that said something new until the delivery ends; returns how many rows of the file they are."""
        key = list(table(name).key)
        new = sound if appended.written.height == sound.height else sound.join(
            appended.written.select(key).unique(), on=key, how="semi", nulls_equal=True, maintain_order="left"
        )  # fmt: skip
        if new.height:
            self._loaded.append(_Loaded(file, name, appended.record.county, new.drop(COUNTY, MATCHED, WAITS_FOR)))
        for rule, rows in appended.consequences.items():
            line = {"row": None, "column": key[0], "value": str(rows.height), "rule": rule, "reason": MEANINGS[rule]}
            self.odd.append(_named(pl.DataFrame([line], schema=no_failures().schema), file, name))
        return new.height

    def _keep(self, received: Received, waits: pl.DataFrame) -> None:
        rows = waits.select(*table(received.table).columns, ROW, WAITS_FOR)
        group = Waiting(
            table=received.table,
            rows=rows,
            file=received.file,
            sha256=received.sha256,
            received_on=received.received_on,
            mode=received.mode,
            source=received.source,
            hint=received.county or "",
        )
        waiting.keep(self.writer.folder, group)

    def _caps(self, county: str, on: date) -> dict[str, float]:
        kinds = ("loan_cap", "loan_term_max")
        found = {kind: self.policy.find(kind, county, on=on, known=on) for kind in kinds}
        return {kind: entry.value for kind, entry in found.items() if entry is not None}


@dataclass(frozen=True)
class _Loaded:
    """Rows of a delivery that said something new, kept until its end."""

    file: str
    table: str
    county: str
    rows: pl.DataFrame = field(repr=False)


def waiting_lines(writer: LakeWriter) -> pl.DataFrame:
    """All rows that wait, as `FAILURES`: the reason says for whom."""
    return pl.concat([pl.DataFrame(schema=FAILURES), *_waiting_lines(writer)])


def _waiting_lines(writer: LakeWriter) -> Iterator[pl.DataFrame]:
    for group in waiting.kept(writer.folder):
        who = pl.col(WAITS_FOR).replace_strict(_WAITED_FOR, return_dtype=pl.String)
        lines = group.rows.select(
            pl.col(ROW).cast(pl.Int64), column=WAITS_FOR, value=pl.lit(""), rule=pl.lit("waits"), reason=who
        )
        yield _named(lines, group.file, group.table)


_WAITED_FOR: Final = {
    "household_id": "the household is not known yet; tried again with each delivery of households or members / "
    "该户尚未建档,待户或成员数据到达后自动重试",
    "person_id": "the person is not known yet; tried again with each delivery of households or members / "
    "该人员尚未建档,待户或成员数据到达后自动重试",
}


def _numbered(received: Received) -> pl.DataFrame:
    rows = received.rows if ROW in received.rows.columns else received.rows.with_row_index(ROW, offset=1)
    return rows.with_columns(pl.col(ROW).cast(pl.Int64)).drop(COUNTY, strict=False)


def _standing_in(rows: pl.DataFrame) -> pl.DataFrame:
    """Placeholders where a row waits or nobody knows its county, so that its other cells can be checked."""
    filled = rows.with_columns(pl.col(COUNTY).fill_null(UNKNOWN_COUNTY))
    if "household_id" not in rows.columns:
        return filled
    waits = pl.col(WAITS_FOR).is_not_null() & pl.col("household_id").is_null()
    return filled.with_columns(household_id=pl.when(waits).then(pl.lit(NOBODY)).otherwise("household_id"))


def _matched(rows: pl.DataFrame) -> pl.DataFrame:
    """A row is known from the day on which its household and person were."""
    later = pl.col(MATCHED) > pl.col("known_at")
    came = pl.col("batch_id").str.slice(1, 8).str.to_date("%Y%m%d")
    after = later & (pl.col(MATCHED) > came)
    return rows.with_columns(known_at=pl.when(after).then(pl.col(MATCHED)).otherwise("known_at"))


def _households_of(rows: pl.DataFrame, numbers: pl.Series) -> pl.Series | None:
    """Households that rows name; None when one of them names none that can be read."""
    if numbers.is_empty() or "household_id" not in rows.columns:
        return pl.Series("household_id", [], dtype=pl.String)
    named = rows.filter(pl.col(ROW).is_in(numbers.implode()))
    known = named.height == numbers.n_unique() and not named["household_id"].null_count()
    return named["household_id"] if known else None


def _homeless(rows: pl.DataFrame) -> pl.DataFrame:
    reason = "the county of the row is not known, so it cannot be stored / 无法确定所属县"
    column = "village_code" if "village_code" in rows.columns else "household_id"
    value = pl.lit("") if column == "household_id" else pl.col(column)
    return rows.select(ROW, column=pl.lit(column), value=value, rule=pl.lit(COUNTY), reason=pl.lit(reason))


def _named(faults: pl.DataFrame, file: str, name: str) -> pl.DataFrame:
    return faults.with_columns(file=pl.lit(file), table=pl.lit(name)).select(list(FAILURES))


def _digest(group: Waiting, rows: pl.DataFrame) -> str:
    """Stands for the file in the record of a release: the file's hash and the rows it is about."""
    numbers = ",".join(str(number) for number in rows[ROW].sort())
    return hashlib.sha256(f"{group.sha256}:{numbers}".encode()).hexdigest()


def _came_with(record: object, group: Waiting) -> bool:
    mine = (group.sha256, group.table, group.received_on.isoformat(), group.mode)
    return mine == tuple(getattr(record, name) for name in ("sha256", "table", "received_on", "mode"))
