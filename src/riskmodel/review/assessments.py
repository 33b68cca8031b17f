"""Published months in the database: what was said of every household on a date, to be read one by one.

A row is that of the result file as JSON, compressed; everything that is told of a household is made of it when it is
read. A month appears, and is replaced, in one transaction.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select

from riskmodel.review.schema import ASSESSMENTS, METADATA, MONTHS, PLACES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from riskmodel.review.store import Store

LEVEL: Final = 3
"""Of the compression: a row takes a third of its text; more costs more than it saves."""


@dataclass(frozen=True)
class Month:
    """What a published month was made with."""

    as_of: date
    label: str
    model: str
    shorter_model: str | None
    feature_set: str
    policy: str
    households: int
    published_at: str


@dataclass(frozen=True)
class Stored:
    """What was said of a household on a date."""

    as_of: date
    village_code: str
    row: dict[str, Any]
    """As in the result file; dates as text."""


@dataclass(frozen=True)
class Brief:
    """The outcome of one date."""

    as_of: date
    village_code: str
    probability: float
    tier: str
    cause: str


@dataclass(frozen=True)
class Listed:
    """A household of a ranked list."""

    household_id: str
    village_code: str
    category: str | None
    probability: float
    tier: str
    cause: str
    rank_county: int


@dataclass(frozen=True)
class Asked:
    """Which households of a month are listed: those not monitored already and not too new to judge, riskiest first."""

    as_of: date
    area: str = ""
    """Prefix of the village's code."""
    tier: str | None = None
    cause: str | None = None
    """Code of the first cause told."""
    after: tuple[float, str] | None = None
    """Probability and id of the last one of the page before."""
    most: int = 100


def replace_month(
    store: Store,
    published: Month,
    households: Iterable[list[dict[str, Any]]],
    places: Iterable[tuple[str, bytes]],
) -> bool:
    """Publish a month, or publish it again; True where it replaced one. All of it appears at once, or nothing.

    households: portions of rows of the table `assessments`, `as_of` left out; places: code and JSON of what is typical.
    """
    day = {"as_of": published.as_of}
    with store.writing() as connection:
        was = connection.execute(delete(MONTHS).where(MONTHS.c.as_of == published.as_of)).rowcount > 0
        for table in (ASSESSMENTS, PLACES):
            connection.execute(delete(table).where(table.c.as_of == published.as_of))
        for portion in households:
            connection.execute(insert(ASSESSMENTS), [row | day for row in portion])
        rows = [day | {"code": code, "row": packed(text)} for code, text in places]
        if rows:
            connection.execute(insert(PLACES), rows)
        connection.execute(insert(MONTHS).values(**vars(published)))
    return was


def month(store: Store, as_of: date | None = None) -> Month | None:
    """The month published for a date, by default the newest; None where there is none."""
    query = select(MONTHS).order_by(MONTHS.c.as_of.desc()).limit(1)
    if as_of is not None:
        query = query.where(MONTHS.c.as_of == as_of)
    with store.reading() as connection:
        found = connection.execute(query).mappings().first()
    return Month(**found) if found else None


def last_published(store: Store) -> str:
    """When a month was published last; empty without any."""
    with store.reading() as connection:
        return connection.execute(select(func.max(MONTHS.c.published_at))).scalar() or ""


def old_months(store: Store, before: date) -> list[date]:
    """The published dates before a day, oldest first; the newest date is never among them."""
    newest = select(func.max(MONTHS.c.as_of)).scalar_subquery()
    query = select(MONTHS.c.as_of).where(MONTHS.c.as_of < before, MONTHS.c.as_of < newest).order_by(MONTHS.c.as_of)
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def erase_months(store: Store, dates: Sequence[date]) -> None:
    """Erase what the database holds of these dates, all of it or nothing; in SQLite it is overwritten, too."""
    with store.writing() as connection:
        if store.embedded:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        for table in reversed(METADATA.sorted_tables):
            if "as_of" in table.c:
                connection.execute(delete(table).where(table.c.as_of.in_(dates)))
    if store.embedded:  # else it would stay in the write-ahead log until other writes take its place
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def assessment(store: Store, household_id: str, as_of: date | None = None) -> Stored | None:
    """What was said of a household on a date, by default the newest; None where nothing was."""
    with store.reading() as connection:
        if as_of is None:
            found = connection.execute(_NEWEST, {"household": household_id}).first()
        else:
            found = connection.execute(_ON, {"household": household_id, "day": as_of}).first()
    return Stored(found.as_of, found.village_code, unpacked(found.row)) if found else None


def homes(store: Store, households: Collection[str]) -> dict[str, str]:
    """Villages of households by what was said of them last; without those of which nothing was."""
    c = ASSESSMENTS.c
    query = select(c.household_id, c.village_code).where(c.household_id.in_(households)).order_by(c.as_of)
    with store.reading() as connection:
        return {row.household_id: row.village_code for row in connection.execute(query)}


def history(store: Store, household_id: str) -> list[Brief]:
    """What was said of a household on every published date, the newest first."""
    with store.reading() as connection:
        return [Brief(**row) for row in connection.execute(_HISTORY, {"household": household_id}).mappings()]


def ranked(store: Store, asked: Asked) -> list[Listed]:
    """A page of the households asked for; ties by household id."""
    c = ASSESSMENTS.c
    query = select(*(c[name] for name in Listed.__dataclass_fields__)).where(c.as_of == asked.as_of, c.listed)
    if asked.area:
        query = query.where(c.village_code >= asked.area.ljust(12, "0"), c.village_code <= asked.area.ljust(12, "9"))
    if asked.tier:
        query = query.where(c.tier == asked.tier)
    if asked.cause is not None:
        query = query.where(c.cause == asked.cause)
    if asked.after:
        last, household = asked.after
        query = query.where((c.probability < last) | ((c.probability == last) & (c.household_id > household)))
    query = query.order_by(c.probability.desc(), c.household_id).limit(asked.most)
    with store.reading() as connection:
        return [Listed(**row) for row in connection.execute(query).mappings()]


def places(store: Store, as_of: date, codes: tuple[str, ...]) -> Mapping[str, dict[str, Any]]:
    """What is typical of counties and villages on a date, by code."""
    asked = select(PLACES.c.code, PLACES.c.row).where(PLACES.c.as_of == as_of, PLACES.c.code.in_(codes))
    with store.reading() as connection:
        return {code: unpacked(row) for code, row in connection.execute(asked)}


def packed(text: bytes) -> bytes:
    """A JSON text as it is stored."""
    return zlib.compress(text, LEVEL)


def unpacked(row: bytes) -> dict[str, Any]:
    """The object of a stored JSON text."""
    found: dict[str, Any] = json.loads(zlib.decompress(row))
    return found


_ROW: Final = select(ASSESSMENTS.c.as_of, ASSESSMENTS.c.village_code, ASSESSMENTS.c.row).where(
    ASSESSMENTS.c.household_id == bindparam("household")
)
_NEWEST: Final = _ROW.order_by(ASSESSMENTS.c.as_of.desc()).limit(1)
_ON: Final = _ROW.where(ASSESSMENTS.c.as_of == bindparam("day"))
_HISTORY: Final = (
    select(*(ASSESSMENTS.c[name] for name in Brief.__dataclass_fields__))
    .where(ASSESSMENTS.c.household_id == bindparam("household"))
    .order_by(ASSESSMENTS.c.as_of.desc())
)
