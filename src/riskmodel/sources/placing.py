"""Where a row belongs: its county, its household where the file does not say, and since when that can be known.

A row whose household or person nobody knows yet waits; it is no fault of the row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.sources.source import COUNTY
from riskmodel.tables import batches
from riskmodel.tables.belonging import household_on, known_since
from riskmodel.tables.checks import ROW

if TYPE_CHECKING:
    from riskmodel.tables import Table
    from riskmodel.tables.writer import CountyWriter, LakeWriter

MATCHED: Final = "matched_on"
"""Column: day from which the row's household and person are known; null where the row needs neither."""
WAITS_FOR: Final = "waits_for"
"""Column: name of the column whose subject nobody knows yet, null where the row can be stored."""
UNKNOWN_COUNTY: Final = "000000"
NOBODY: Final = "H" + "0" * 24
"""Stands for the household of a waiting row while the row is checked."""
_STATES: Final = {"household_id": "households", "person_id": "members"}


@dataclass
class Places:
    """Looks up households and persons in the counties of a lake. Counties are opened when they are needed."""

    writer: LakeWriter
    hint: str | None = None
    """County that the delivery names."""
    seen: list[str] = field(default_factory=list)
    """Counties that an earlier file of this delivery belonged to."""

    def found(self, column: str, ids: pl.Series) -> pl.DataFrame:
        """`column`, `county`, `known_since` of those of `ids` that have a state; where it is newest, if in several.

        Counties that the delivery names or that were met first come before those of the index.
        """
        left = ids.drop_nulls().unique().to_frame(column)
        parts = [pl.DataFrame(schema={column: pl.String, **_FOUND})]
        near = list(dict.fromkeys([*([self.hint] if self.hint else []), *self.seen]))
        asked = left
        for county in near:
            parts.append(self._in(county, column, asked))
            left = left.join(parts[-1], on=column, how="anti")
        if left.height:
            others = (county for county in self._elsewhere(column, left[column]) if county not in near)
            parts += [self._in(county, column, asked) for county in others]
        newest = pl.concat(parts).sort("newest", maintain_order=True).unique(column, keep="last", maintain_order=True)
        return newest.select(column, COUNTY, "known_since")

    def _in(self, county: str, column: str, asked: pl.DataFrame) -> pl.DataFrame:
        known = _subjects(self.writer.county(county), column).join(asked, on=column, how="semi")
        return known.select(column, pl.lit(county).alias(COUNTY), "known_since", "newest")

    def _elsewhere(self, column: str, ids: pl.Series) -> list[str]:
        """Counties that the index names for these ids; all that there are, while there is no index."""
        if self.writer.index.missing:
            return batches.counties(self.writer.folder)
        return self.writer.index.find(column[0].upper(), ids)["county"].unique().sort().to_list()


_FOUND: Final = {COUNTY: pl.String, "known_since": pl.Date, "newest": pl.Date}


def placed(spec: Table, rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """Rows with `county`, `household_id` (where the table has it), `matched_on` and `waits_for`.

    Villages lie where their code says, households where their village lies, or where they were if the file names none;
    all others where their household, else their person, is known.
    """
    if spec.name in ("villages", "households") and "village_code" in rows.columns:
        county = pl.col("village_code").cast(pl.String).str.extract("^([0-9]{6})[0-9]{6}$")
        return rows.with_columns(county.alias(COUNTY), **_settled())
    if spec.name == "households":
        return _with_place(rows, "household_id", places)
    if spec.name == "members":
        return _members(rows, places)
    named = rows if "household_id" in rows.columns else rows.with_columns(household_id=pl.lit(None, dtype=pl.String))
    if "person_id" in spec.columns and "person_id" in rows.columns:
        named = _with_households(spec, _with_place(named, "person_id", places), places)
    else:
        named = named.with_columns(**_settled(), **{COUNTY: pl.lit(None, dtype=pl.String)})
    return _by_household(named, places)


def matched(rows: pl.DataFrame) -> pl.DataFrame:
    """A row is known from the day on which its household and person were."""
    later = pl.col(MATCHED) > pl.col("known_at")
    came = pl.col("batch_id").str.slice(1, 8).str.to_date("%Y%m%d")
    after = later & (pl.col(MATCHED) > came)
    return rows.with_columns(known_at=pl.when(after).then(pl.col(MATCHED)).otherwise("known_at"))


def _settled() -> dict[str, pl.Expr]:
    return {MATCHED: pl.lit(None, dtype=pl.Date), WAITS_FOR: pl.lit(None, dtype=pl.String)}


def _with_place(rows: pl.DataFrame, column: str, places: Places) -> pl.DataFrame:
    """County and day of match by one column; a subject that is named and not known makes the row wait."""
    found = places.found(column, rows[column])
    joined = rows.join(found, on=column, how="left", maintain_order="left")
    unknown = pl.col(column).is_not_null() & pl.col("known_since").is_null()
    return joined.with_columns(
        pl.when(unknown).then(pl.lit(column)).otherwise(pl.lit(None, dtype=pl.String)).alias(WAITS_FOR)
    ).rename({"known_since": MATCHED})


def _members(rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """A person lies where the household is; a file without households speaks of persons who are known already."""
    if "household_id" in rows.columns:
        return _with_place(rows, "household_id", places)
    return _with_place(rows, "person_id", places)


def _with_households(spec: Table, rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """`household_id` of the person on the event date, where the row names none. `rows` have the person's county."""
    gaps = rows.filter(pl.col("household_id").is_null() & pl.col(COUNTY).is_not_null())
    if gaps.is_empty():
        return rows
    parts = []
    for (county,), part in gaps.group_by(COUNTY, maintain_order=True):
        writer = places.writer.county(str(county))
        codes = writer.ids.find("P", part["person_id"])
        event = part[spec.event] if spec.event in part.columns else pl.Series([None] * part.height, dtype=pl.Date)
        homes = household_on(writer.known("members"), pl.DataFrame({"person_id": codes, "day": event}))
        parts.append(part.select(ROW).with_columns(home=writer.ids.decode("H", homes)))
    homes_of = pl.concat(parts)
    filled = rows.join(homes_of, on=ROW, how="left", maintain_order="left")
    return filled.with_columns(household_id=pl.coalesce("household_id", "home")).drop("home")


def _by_household(rows: pl.DataFrame, places: Places) -> pl.DataFrame:
    """County of the household, the later of both days of match, and what the row waits for."""
    found = places.found("household_id", rows["household_id"])
    joined = rows.rename({COUNTY: "person_county"}).join(found, on="household_id", how="left", maintain_order="left")
    no_home = pl.col("known_since").is_null()
    waits = pl.coalesce(pl.col(WAITS_FOR), pl.when(no_home & _names_somebody(rows)).then(pl.lit("household_id")))
    return joined.with_columns(waits.alias(WAITS_FOR), pl.max_horizontal(MATCHED, "known_since").alias(MATCHED)).drop(
        "person_county", "known_since"
    )


def _names_somebody(rows: pl.DataFrame) -> pl.Expr:
    """Whether a row names its household or its person; one that names nobody is at fault and does not wait."""
    named = pl.col("household_id").is_not_null()
    return named | pl.col("person_id").is_not_null() if "person_id" in rows.columns else named


def _subjects(writer: CountyWriter, column: str) -> pl.DataFrame:
    """`column` (text), `known_since`, `newest` (valid_from) of all subjects of a county."""
    name = _STATES[column]
    key = (name, "subjects")
    if key not in writer.remembered:
        holding = writer.known(name).group_by(column).agg(newest=pl.col("valid_from").max())
        states = known_since(writer.stored(name), column).join(holding, on=column)
        text = writer.ids.decode(column[0].upper(), states[column])
        writer.remembered[key] = states.with_columns(text)
    return writer.remembered[key]
