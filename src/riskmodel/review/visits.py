"""Findings of visits in the database, from the request that brings them to the batch of the lake that has them.

Rows are put into batches of their day before anything is written into the lake, and a batch is marked when the lake has
it; so whatever is broken off in between is done again with the same rows, which the lake knows by their hash.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, update

from riskmodel.review.once import once
from riskmodel.review.schema import VISIT_BATCHES, VISITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from riskmodel.review.once import Letter
    from riskmodel.review.store import Store

_KEY: Final = ("household_id", "visited_on", "visitor_id")
ROW: Final = (*_KEY, "reason", "finding", "cause_1", "cause_2", "retracted")
"""Columns of a finding, as in the table of the lake; `known_at` is that of the batch."""


@dataclass(frozen=True)
class VisitBatch:
    """Findings of one day, in the order in which they are stored; of several about one visit the last."""

    id: int
    known_at: date
    rows: list[dict[str, Any]] = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hash of what the batch says: the same however often it is read."""
        told = [[self.id, self.known_at.isoformat()], *([str(row[name]) for name in ROW] for row in self.rows)]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def keep(
    store: Store,
    letter: Letter,
    rows: Sequence[Mapping[str, Any]],
    answer: bytes,
    now: datetime,
    forget_before: datetime,
    noted: Callable[[], None],
) -> bytes:
    """Keep findings and the answer to them in one transaction; returns the answer, or the one that was given before.

    rows: as for `add`. `noted` writes that they were sent; it is called before the transaction ends, so that nothing is
    kept of which the audit log does not know. See `once` for the rest.
    """

    def write(connection: Connection) -> bytes:
        add(connection, rows, letter.sender)
        noted()
        return answer

    return once(store, letter, write, now, forget_before)


def add(connection: Connection, rows: Sequence[Mapping[str, Any]], sender: str) -> None:
    """Add findings to those that the next ingest takes along; rows: columns `ROW` and `known_at`."""
    names = (*ROW, "known_at")
    connection.execute(insert(VISITS), [{name: row[name] for name in names} | {"key_id": sender} for row in rows])


def open_batches(store: Store) -> list[VisitBatch]:
    """Put what is of no batch yet into one for its day; all batches that the lake need not have yet, oldest first."""
    with store.writing() as connection:
        free = VISITS.c.batch_id.is_(None)
        days = connection.execute(select(VISITS.c.known_at).where(free).distinct().order_by(VISITS.c.known_at))
        for day in days.scalars().all():
            made = insert(VISIT_BATCHES).values(known_at=day, carried=False).returning(VISIT_BATCHES.c.id)
            batch = connection.execute(made).scalar_one()
            connection.execute(update(VISITS).where(free & (VISITS.c.known_at == day)).values(batch_id=batch))
        waiting = select(VISIT_BATCHES).where(~VISIT_BATCHES.c.carried)
        batches = connection.execute(waiting.order_by(VISIT_BATCHES.c.known_at, VISIT_BATCHES.c.id)).all()
        return [VisitBatch(b.id, b.known_at, _rows_of(connection, b.id)) for b in batches]


def mark_carried(store: Store, batches: Sequence[VisitBatch]) -> None:
    """The lake has these batches now."""
    with store.writing() as connection:
        ids = [batch.id for batch in batches]
        connection.execute(update(VISIT_BATCHES).where(VISIT_BATCHES.c.id.in_(ids)).values(carried=True))


def old_visits(store: Store, before: date) -> int:
    """How many findings were sent before a day and are in the lake."""
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(VISITS).where(_old(before))).scalar_one()


def erase_visits(store: Store, before: date) -> None:
    """Erase the findings that were sent before a day and are in the lake, and their batches."""
    with store.erasing() as connection:
        connection.execute(delete(VISITS).where(_old(before)))
        batches = VISIT_BATCHES.c
        connection.execute(delete(VISIT_BATCHES).where(batches.carried & (batches.known_at < before)))


def _old(before: date) -> ColumnElement[bool]:
    carried = select(VISIT_BATCHES.c.id).where(VISIT_BATCHES.c.carried & (VISIT_BATCHES.c.known_at < before))
    return VISITS.c.batch_id.in_(carried)


def _rows_of(connection: Connection, batch: int) -> list[dict[str, Any]]:
    query = select(*(VISITS.c[name] for name in ROW)).where(VISITS.c.batch_id == batch).order_by(VISITS.c.id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return list({tuple(row[name] for name in _KEY): row for row in rows}.values())
