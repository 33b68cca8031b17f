"""Published months in the database: what was said of every household on a date, to be read one by one.

A row is that of the result file as JSON, compressed; what is told of a household is made of it, most of it when it is
asked for, the answer that is asked for most often when the newest month is published. A month appears, and is replaced,
in one transaction.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, exists, func, insert, select

from riskmodel.review.schema import ASSESSMENTS, METADATA, MONTHS, PARTS, PLACES, PREPARED

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from riskmodel.review.store import Store

COUNTY: Final = 6
"""Digits of the code of a county."""
LEVEL: Final = 3
"""Of the compression: a row takes a third of its text; more costs more than it saves."""


class MonthReplaced(Exception):
    """The month was published again between two looks: look again."""


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
    published_at: str
    """Of the month; another one each time that it is published."""
    packed: bytes = field(repr=False)
    packed_answer: bytes | None = field(repr=False)

    @property
    def answer(self) -> bytes | None:
        """What is answered most often; None where it was not made when the month was published."""
        return None if self.packed_answer is None else zlib.decompress(self.packed_answer)

    @property
    def row(self) -> dict[str, Any]:
        """As in the result file; dates as text."""
        return unpacked(self.packed)


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
    parts: Iterable[tuple[str, bytes]] = (),
    ended: Callable[[], str] | None = None,
) -> bool:
    """Publish a month, or publish it again; True where it replaced one. All of it appears at once, or nothing.

    households: portions of rows of the table `assessments`, `as_of` left out, with `answer`, packed, or None; answers
    are kept of the newest month alone, for they take as much room as the rows. places: code and JSON of what is
    typical. parts: name and content of what lists and counts are made of, see `month_parts`. ended: the time at the
    end, which becomes `published_at`.
    `published_at` names the state of a month: where the month was published in this second already, or the clock went
    back, it is set a second after the one before.
    """
    day = {"as_of": published.as_of}
    with store.writing() as connection:
        before = connection.execute(select(MONTHS.c.published_at).where(MONTHS.c.as_of == published.as_of)).scalar()
        connection.execute(delete(MONTHS).where(MONTHS.c.as_of == published.as_of))
        for table in (ASSESSMENTS, PLACES, PARTS):
            connection.execute(delete(table).where(table.c.as_of == published.as_of))
        newest = connection.execute(select(func.max(MONTHS.c.as_of))).scalar()
        is_newest = newest is None or published.as_of >= newest
        if is_newest:
            connection.execute(delete(PREPARED))
        for portion in households:
            answers = [
                day | {"household_id": row["household_id"], "text": row["answer"]} for row in portion if row["answer"]
            ]
            connection.execute(insert(ASSESSMENTS), [_without_answer(row) | day for row in portion])
            if answers and is_newest:
                connection.execute(insert(PREPARED), answers)
        rows = [day | {"code": code, "row": packed(text)} for code, text in places]
        if rows:
            connection.execute(insert(PLACES), rows)
        for name, content in parts:
            connection.execute(insert(PARTS).values(**day, name=name, content=content))
        if ended:
            published = replace(published, published_at=ended())
        if before is not None and published.published_at <= before:
            published = replace(published, published_at=_second_after(before))
        connection.execute(insert(MONTHS).values(**vars(published)))
    return before is not None


def month(store: Store, as_of: date | None = None) -> Month | None:
    """The month published for a date, by default the newest; None where there is none."""
    query = select(MONTHS).order_by(MONTHS.c.as_of.desc()).limit(1)
    if as_of is not None:
        query = query.where(MONTHS.c.as_of == as_of)
    with store.reading() as connection:
        found = connection.execute(query).mappings().first()
    return Month(**found) if found else None


def published_dates(store: Store, area: str) -> list[date]:
    """The dates published of an area, or of the county that it lies in, the newest first."""
    query = select(MONTHS.c.as_of).order_by(MONTHS.c.as_of.desc())
    if area:
        code, county = PLACES.c.code, area[:COUNTY].ljust(COUNTY, "9")
        query = query.where(exists().where(PLACES.c.as_of == MONTHS.c.as_of, code >= area[:COUNTY], code <= county))
    with store.reading() as connection:
        return list(connection.execute(query).scalars())


def in_month(day: date, month: str) -> bool:
    """Whether a day lies in a month YYYY-MM."""
    return day.isoformat().startswith(f"{month}-")


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
    """Erase what the database holds of these dates, all of it or nothing."""
    with store.erasing() as connection:
        for table in reversed(METADATA.sorted_tables):
            if "as_of" in table.c:
                connection.execute(delete(table).where(table.c.as_of.in_(dates)))


def assessment(store: Store, household_id: str, as_of: date | None = None) -> Stored | None:
    """What was said of a household on a date, by default the newest; None where nothing was."""
    with store.reading() as connection:
        if as_of is None:
            found = connection.execute(_NEWEST, {"household": household_id}).first()
        else:
            found = connection.execute(_ON, {"household": household_id, "day": as_of}).first()
    if found is None:
        return None
    answer = None if found.answer is None else bytes(found.answer)
    return Stored(found.as_of, found.village_code, found.published_at, bytes(found.row), answer)


def homes(store: Store, households: Collection[str]) -> dict[str, str]:
    """Villages of households by what was said of them last; without those of which nothing was."""
    c = ASSESSMENTS.c
    query = select(c.household_id, c.village_code).where(c.household_id.in_(households)).order_by(c.as_of)
    with store.reading() as connection:
        return {row.household_id: row.village_code for row in connection.execute(query)}


def homes_beginning(store: Store, start: str, most: int) -> list[tuple[str, str]]:
    """Households whose id begins so, with the village by what was said of them last; at most so many."""
    c = ASSESSMENTS.c
    ids = select(c.household_id).distinct().where(c.household_id.between(start, start + "g")).limit(most)
    with store.reading() as connection:
        found = list(connection.execute(ids).scalars())
    return sorted(homes(store, found).items())


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


def place(store: Store, as_of: date, code: str, published_at: str) -> Mapping[str, Any]:
    """What is typical of a county or village on a date; empty where nothing is known of it.

    Raises MonthReplaced where the month is no longer the one that was published then.
    """
    with store.reading() as connection:
        found = connection.execute(_PLACE, {"day": as_of, "code": code, "at": published_at}).first()
    if found is None:
        raise MonthReplaced
    return {} if found.row is None else unpacked(found.row)


def packed(text: bytes) -> bytes:
    """A JSON text as it is stored."""
    return zlib.compress(text, LEVEL)


def _without_answer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "answer"}


def _second_after(stamp: str) -> str:
    return (datetime.fromisoformat(stamp) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def unpacked(row: bytes) -> dict[str, Any]:
    """The object of a stored JSON text."""
    found: dict[str, Any] = json.loads(zlib.decompress(row))
    return found


_ROW: Final = (
    select(
        *(ASSESSMENTS.c[name] for name in ("as_of", "village_code", "row")),
        MONTHS.c.published_at,
        PREPARED.c.text.label("answer"),
    )
    .join(MONTHS, MONTHS.c.as_of == ASSESSMENTS.c.as_of)
    .outerjoin(
        PREPARED, (PREPARED.c.household_id == ASSESSMENTS.c.household_id) & (PREPARED.c.as_of == ASSESSMENTS.c.as_of)
    )
    .where(ASSESSMENTS.c.household_id == bindparam("household"))
)
_NEWEST: Final = _ROW.order_by(ASSESSMENTS.c.as_of.desc()).limit(1)
_ON: Final = _ROW.where(ASSESSMENTS.c.as_of == bindparam("day"))
_PLACE: Final = (
    select(PLACES.c.row)
    .select_from(MONTHS)
    .outerjoin(PLACES, (PLACES.c.as_of == MONTHS.c.as_of) & (PLACES.c.code == bindparam("code")))
    .where(MONTHS.c.as_of == bindparam("day"), MONTHS.c.published_at == bindparam("at"))
)
_HISTORY: Final = (
    select(*(ASSESSMENTS.c[name] for name in Brief.__dataclass_fields__))
    .where(ASSESSMENTS.c.household_id == bindparam("household"))
    .order_by(ASSESSMENTS.c.as_of.desc())
)
