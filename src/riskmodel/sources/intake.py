"""Intake: the files of a delivery, one after the other, from checked rows into the lake.

Read, place, complete, check by row, check against each other, check against other tables, append. A row ends as loaded,
duplicate, waiting or refused; rules of severity W are looked at when the whole delivery is in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from itertools import groupby
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
    from riskmodel.tables import BatchRecord
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
        received = _with_period(received, whole)
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
        kept = list(waiting.kept(self.writer.folder))
        for name, groups in groupby(kept, lambda group: group.table):
            self._try(name, list(groups), day)
        waiting.tried(self.writer.folder)

    def _try(self, name: str, groups: list[Waiting], day: date) -> None:
        """Try the waiting rows of one table, of all files together: a look-up per file would cost more every month."""
        by_hint = sorted(range(len(groups)), key=lambda index: groups[index].hint)
        for hint, indices in groupby(by_hint, lambda index: groups[index].hint):
            rows = _numbered_anew(groups, list(indices))
            tried = placed(table(name), rows, Places(self.writer, hint or None, self._seen))
            ready = tried.filter(pl.col(WAITS_FOR).is_null() & pl.col(COUNTY).is_not_null())
            for (county,), part in ready.group_by(COUNTY, maintain_order=True):
                self._release(name, groups, str(county), part, day)
            for (index,), part in ready.group_by(_GROUP):
                group = groups[int(str(index))]
                left = group.rows.filter(~pl.col(ROW).is_in(part[_OWN_ROW].implode()))
                waiting.keep(self.writer.folder, replace(group, rows=left))

    def _release(self, name: str, groups: list[Waiting], county: str, ready: pl.DataFrame, day: date) -> None:
        """Store rows of one county that waited; they keep the ids of the batches they came with.

        A file of which nothing was stored so far has no batch: its rows become one of their own, in order of arrival,
        so that two versions of a key that waited both stay apart.
        """
        writer = self.writer.county(county)
        faults = refused(name, ready, writer)
        sound = _matched(ready.filter(~pl.col(ROW).is_in(faults[ROW].implode())))
        came_with = {_came_as(record): record.batch_id for record in writer.records}
        own = {index: came_with.get(_came(groups[index])) for index in ready[_GROUP].unique().sort()}
        together = [index for index, batch_id in own.items() if batch_id]
        for indices in filter(None, [together, *([index] for index, batch_id in own.items() if not batch_id)]):
            rows = sound.filter(pl.col(_GROUP).is_in(indices))
            ids = rows[_GROUP].replace_strict(own, return_dtype=pl.String)
            batch = Batch(
                county=county,
                table=name,
                rows=rows.with_columns(ids.alias("batch_id")).select(table(name).columns),
                received_on=day,
                sha256=_digest(groups, rows),
                source=groups[indices[0]].source,
                rows_read=rows.height,
                keeps_batch_ids=True,
            )
            appended = writer.append(batch)
            if appended is None:
                continue
            self.released += rows.height
            for index in indices:
                part = rows.filter(pl.col(_GROUP) == index).with_columns(pl.col(_OWN_ROW).alias(ROW))
                quiet = replace(appended, consequences={})
                self._remember(groups[index].file, name, quiet, part.drop(_GROUP, _OWN_ROW))
        for index in own:
            lines = faults.join(ready.filter(pl.col(_GROUP) == index).select(ROW, _OWN_ROW), on=ROW)
            told_of = lines.with_columns(row=_OWN_ROW).drop(_OWN_ROW)
            self.refused.append(_named(told_of, groups[index].file, name))

    def _completed(self, received: Received, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows of state tables with their missing columns, county by county."""
        spec = table(received.table)
        if not missing_columns(spec, rows):
            return rows
        known = rows.filter(pl.col(COUNTY).is_not_null())
        parts = [
            completed(spec, part, self.writer.county(str(county)), received.received_on)
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
            appended = writer.append(batch) or writer.interrupted(batch)
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


def _with_period(received: Received, rows: pl.DataFrame) -> Received:
    """A full list that does not say for which time is one for the time of its rows, and for no other."""
    event = table(received.table).event
    if not received.full_list or received.period_from or rows.schema.get(event) != pl.Date:
        return received
    first, last = rows.select(first=pl.col(event).min(), last=pl.col(event).max()).row(0)
    return replace(received, period_from=first, period_to=last)


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


_GROUP: Final = "group"
"""Column: place of a waiting row's file in the list of them."""
_OWN_ROW: Final = "own_row"
"""Column: number of the row in its file, while rows of several files are numbered through."""


def _numbered_anew(groups: list[Waiting], indices: list[int]) -> pl.DataFrame:
    """Rows of several files as they came, without stand-ins, numbered through."""
    parts = [groups[index].rows.with_columns(pl.lit(index, dtype=pl.Int64).alias(_GROUP)) for index in indices]
    rows = pl.concat(parts).rename({ROW: _OWN_ROW}).drop(WAITS_FOR)
    nobody = pl.when(pl.col("household_id") != NOBODY).then("household_id")
    return rows.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int64), household_id=nobody)


def _digest(groups: list[Waiting], rows: pl.DataFrame) -> str:
    """Stands for the file in the record of a release: the hashes of the files and the rows it is about."""
    numbers = rows.select(_GROUP, _OWN_ROW).sort(_GROUP, _OWN_ROW)
    told = ",".join(f"{groups[group].sha256}:{row}" for group, row in numbers.iter_rows())
    return hashlib.sha256(told.encode()).hexdigest()


def _came(group: Waiting) -> tuple[str, ...]:
    return (group.sha256, group.table, group.received_on.isoformat(), group.mode)


def _came_as(record: BatchRecord) -> tuple[str, ...]:
    return (record.sha256, record.table, record.received_on, record.mode)
