"""Intake: the files of a delivery, one after the other, from checked rows into the lake.

Read, place, complete, check by row, check against each other, check against other tables, append. A row ends as loaded,
duplicate, waiting or refused; rules of severity W are looked at when the whole delivery is in.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.sources.account import FileAccount
from riskmodel.sources.completion import completed, dated, missing_columns
from riskmodel.sources.history import with_beginnings
from riskmodel.sources.placing import NOBODY, UNKNOWN_COUNTY, WAITS_FOR, Places, matched, placed
from riskmodel.sources.releasing import release
from riskmodel.sources.renaming import rename_persons
from riskmodel.sources.source import COUNTY, FAILURES, Received, check, named, no_failures
from riskmodel.sources.taken import FILE, OWN_ROW, Taken
from riskmodel.tables import Batch, table, waiting
from riskmodel.tables.batches import UNNAMED_PER_THOUSAND, counties
from riskmodel.tables.checks import ROW
from riskmodel.tables.cross_table import refused
from riskmodel.tables.hints import hints
from riskmodel.tables.id_index import SUBJECTS
from riskmodel.tables.waiting import Waiting

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.sources.source import Checked
    from riskmodel.tables.writer import LakeWriter


@dataclass
class Intake:
    """Takes in the files of one delivery after the other. `writer` puts them in force when its block ends."""

    writer: LakeWriter
    policy: Policy
    told: Taken = field(init=False)
    """What the files have said so far."""
    _news: bool = False
    """Households or members came since waiting rows were last tried: `waiting.expected`, if nobody else tried them."""

    def __post_init__(self) -> None:
        self.told = Taken(self.writer)

    def take(self, received: Received) -> FileAccount:
        """Take in one file. Files of a delivery come in the order of the tables; `finish` ends the delivery.

        Raises RejectedFile when a column is missing that nothing can stand in for, BusyError when another process
        holds one of the counties.
        """
        if received.table in SUBJECTS:
            waiting.expect(self.writer.folder, received.received_on)
            self._news = True
        elif received.table != "villages":
            self._release(received.received_on)
        spec = table(received.table)
        near = self._known_county(received)
        places = Places(self.writer, near, self.told.seen)
        rows = _numbered(received)
        if received.table == "members":
            rename_persons(self.writer, received, places)
        located = placed(spec, dated(spec, rows, received.reference_date or received.received_on), places)
        if near is None:
            received = _in_county_of_rows(received, located)
        whole = self._completed(received, located)
        received = _with_period(received, whole)
        checked = check(replace(received, rows=_standing_in(whole)))
        stays = pl.col(WAITS_FOR).is_null() & (pl.col(COUNTY) != UNKNOWN_COUNTY)
        ready, lost = checked.sound.filter(stays), checked.sound.filter(~stays)
        homeless = lost.filter(pl.col(WAITS_FOR).is_null())
        waits = lost.filter(pl.col(WAITS_FOR).is_not_null())
        faults = [checked.refused, _homeless(homeless)]
        self._keep(received, waits)  # first: once its batch is recorded, a file is not looked at again
        loaded, more = self._append(received, whole, matched(ready), checked, waits)
        reasons = pl.concat([*faults, more])
        self.told.refused.append(named(reasons, received.file, received.table))
        self.told.odd.append(named(checked.odd, received.file, received.table))
        refused_rows, unusable = reasons[ROW].n_unique(), _concerning(whole, pl.concat([reasons[ROW], waits[ROW]]))
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
            skipped=received.skipped,
            remarks=(*checked.remarks, *_voided(received, unusable.len())),
        )

    def skip(self, account: FileAccount) -> None:
        """Pass over a file of the delivery that was taken in before: its counties are near at hand all the same."""
        self.told.see(account.counties)

    def finish(self, received_on: date) -> None:
        """End a delivery: try what waits once more, and look at the rules between tables of severity W."""
        self._release(received_on)
        by_table = sorted(self.told.loaded, key=lambda loaded: (loaded.table, loaded.county))
        for (name, county), group in groupby(by_table, lambda loaded: (loaded.table, loaded.county)):
            self.told.odd.append(self._hints(name, county, [loaded.rows for loaded in group], received_on))
        self.told.loaded.clear()
        self.told.seen.clear()

    def _hints(self, name: str, county: str, parts: list[pl.DataFrame], day: date) -> pl.DataFrame:
        """Hints about rows of any number of files, looked at together."""
        numbered = pl.concat(parts).rename({ROW: OWN_ROW}).with_row_index(ROW)
        caps = self._caps(county, day) if name == "loan_statements" else {}
        found = hints(name, numbered.drop(FILE, OWN_ROW), self.writer.county(county), caps)
        came = numbered.select(pl.col(ROW).cast(pl.Int64), FILE, OWN_ROW)
        lines = found.join(came, on=ROW, how="left", maintain_order="left").with_columns(pl.col(OWN_ROW).alias(ROW))
        return lines.with_columns(table=pl.lit(name)).select(list(FAILURES))

    def _known_county(self, received: Received) -> str | None:
        """The county that the delivery names, if anything is known of it: a slip of the pen opens no county."""
        known = {*self.told.seen, *counties(self.writer.folder)}
        return received.county if received.county in known else None

    def _release(self, day: date) -> None:
        """Try waiting rows again, if households or members have arrived since the last time, by a killed ingest too."""
        news = waiting.expected(self.writer.folder)
        if self._news or (news is not None and news <= day):
            self._news = False
            release(self.told, day)

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
        lying = sorted({*ready[COUNTY].unique(), *([received.county] if received.county else [])})
        for county in lying:
            writer, part = self.writer.county(county), ready.filter(pl.col(COUNTY) == county)
            breaches = refused(received.table, part, writer)
            faults.append(breaches)
            sound = part.filter(~pl.col(ROW).is_in(breaches[ROW].implode()))
            told = with_beginnings(spec, sound, received.received_on) if received.mode == "h" else sound
            unusable = _concerning(whole, pl.concat([checked.refused[ROW], waits[ROW], breaches[ROW]]), county)
            in_doubt = _named_by(whole, unusable, county)
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
                rows_read=sound.height + unusable.len(),
                rows_unusable=unusable.len(),
                rows_unnamed=unusable.len() - in_doubt.len(),
                in_doubt=tuple(in_doubt.unique().sort()),
                rows_unmatched=waits.height,
                file=received.file.rpartition("/")[2],
                unusable=_households_of(
                    whole, pl.concat([checked.refused[ROW], waits[ROW], *(f[ROW] for f in faults)])
                ),
            )
            appended = writer.append(batch) or writer.interrupted(batch)
            if appended:
                self.told.tell(received.file, received.table, appended)
                loaded += self.told.remember(appended, told.select(pl.lit(received.file).alias(FILE), ROW))
        self.told.see(lying)
        return loaded, pl.concat(faults)

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


def _numbered(received: Received) -> pl.DataFrame:
    rows = received.rows if ROW in received.rows.columns else received.rows.with_row_index(ROW, offset=1)
    return rows.with_columns(pl.col(ROW).cast(pl.Int64)).drop(COUNTY, strict=False)


def _in_county_of_rows(received: Received, rows: pl.DataFrame) -> Received:
    """A file of a county that the lake does not know: without that county, unless a row lies in it."""
    if not received.county or (rows[COUNTY] == received.county).any():
        return received
    remark = (
        f"delivery.toml names county {received.county}, of which nothing is known; it was left out of account / "
        f"delivery.toml中的县代码{received.county}尚无任何数据,未予采用"
    )
    return replace(received, county=None, remarks=(*received.remarks, remark))


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


def _households_of(rows: pl.DataFrame, numbers: pl.Series) -> pl.Series | None:
    """Households that rows name; None when one of them names none that can be read."""
    if numbers.is_empty() or "household_id" not in rows.columns:
        return pl.Series("household_id", [], dtype=pl.String)
    named = rows.filter(pl.col(ROW).is_in(numbers.implode()))
    known = named.height == numbers.n_unique() and not named["household_id"].null_count()
    return named["household_id"] if known else None


def _voided(received: Received, unusable: int) -> list[str]:
    """What a full list has to be told of which rows could not be used, see `features/lists.py`."""
    if not received.full_list or not unusable:
        return []
    return [
        f"{unusable} rows of this full list could not be used: the households that they name do not count as absent "
        f"from it, and nobody does where more than {UNNAMED_PER_THOUSAND} rows in 1,000 do not say whom they are "
        f"about; send the whole list again, corrected / "
        f"本全量名单有{unusable}行未能采用:不据此认定行内所列户“不在名单上”;看不出是哪一户的行超过千分之{UNNAMED_PER_THOUSAND}的,不据此认定任何户;请更正后整份重报"
    ]


def _concerning(rows: pl.DataFrame, numbers: pl.Series, county: str | None = None) -> pl.Series:
    """Those of the numbers whose rows may be about a household of the register: of a county, or nobody knows where.

    A row that names a household or a person who is not in it is about them alone: lists of a department hold many.
    """
    elsewhere = pl.lit(value=False) if county is None else pl.col(COUNTY) != county
    if "household_id" in rows.columns:
        homeless = pl.col(WAITS_FOR).eq("household_id") & pl.col("household_id").is_null()
        elsewhere |= pl.col(WAITS_FOR).is_not_null() & ~homeless
    unusable = numbers.unique()
    return unusable.filter(~unusable.is_in(rows.filter(elsewhere)[ROW].implode()))


def _named_by(rows: pl.DataFrame, numbers: pl.Series, county: str) -> pl.Series:
    """Households of the county that the rows with these numbers name, one for each row that does."""
    if "household_id" not in rows.columns:
        return pl.Series("household_id", [], dtype=pl.String)
    here = pl.col(COUNTY) == county
    return rows.filter(pl.col(ROW).is_in(numbers.implode()), here)["household_id"].drop_nulls()


def _homeless(rows: pl.DataFrame) -> pl.DataFrame:
    reason = "the county of the row is not known, so it cannot be stored / 无法确定所属县"
    column = "village_code" if "village_code" in rows.columns else "household_id"
    value = pl.lit("") if column == "household_id" else pl.col(column)
    return rows.select(ROW, column=pl.lit(column), value=value, rule=pl.lit(COUNTY), reason=pl.lit(reason))
