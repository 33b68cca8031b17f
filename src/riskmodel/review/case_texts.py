"""Erase what people typed about households once its time is over; findings, states, dates and hashes stay."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update

from riskmodel.review.keys import stamp
from riskmodel.review.ledger_schema import ENTRIES, HISTORY, VERDICT_VERSIONS, VERDICTS

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection, Select

    from riskmodel.review.store import Store

_TYPED: Final = {"why": "", "note": "", "wrong_values": []}
"""Of a verdict, what is left of it."""
_TEXTS: Final = ("problem", "evidence")
"""Of an entry of the ledger."""
GONE: Final = "（已按保存期删除）"


def due_texts(store: Store, before: date, before_at: datetime) -> tuple[int, int]:
    """Versions of verdicts on visits before a day, and entries closed before it, that have their text still."""
    with store.reading() as connection:
        return tuple(  # type: ignore[return-value]  # two queries, two numbers
            connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            for query in (_old_versions(before), _old_entries(before_at))
        )


def erase_texts(store: Store, before: date, before_at: datetime) -> None:
    """Erase these texts, all or nothing; in SQLite they are overwritten, too."""
    with store.writing() as connection:
        if store.embedded:
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        for row in connection.execute(_old_versions(before)).all():
            _erase_version(connection, row)
        for number in connection.execute(_old_entries(before_at)).scalars().all():
            _erase_entry(connection, number)
    if store.embedded:  # else it would stay in the write-ahead log until other writes take its place
        with store.reading() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _old_versions(before: date) -> Select[Any]:
    c = VERDICT_VERSIONS.c
    joined = select(c.verdict_id, c.version, c.told).join(VERDICTS, VERDICTS.c.id == c.verdict_id)
    return joined.where(VERDICTS.c.visited_on < before, c.shown.is_not(None))


def _old_entries(before: datetime) -> Select[Any]:
    c = ENTRIES.c
    return select(c.id).where(c.done, c.changed_at < stamp(before), c.problem != GONE)


def _erase_version(connection: Connection, row: Any) -> None:
    told = json.loads(zlib.decompress(row.told)) | _TYPED
    told.pop("salt", None)
    kept = zlib.compress(json.dumps(told, ensure_ascii=False).encode())
    c = VERDICT_VERSIONS.c
    mine = (c.verdict_id == row.verdict_id) & (c.version == row.version)
    connection.execute(update(VERDICT_VERSIONS).where(mine).values(told=kept, shown=None))


def _erase_entry(connection: Connection, number: int) -> None:
    connection.execute(update(ENTRIES).where(ENTRIES.c.id == number).values(problem=GONE, evidence=GONE))
    mine = select(HISTORY.c.version, HISTORY.c.changes).where(HISTORY.c.entry_id == number)
    for version, changes in connection.execute(mine).all():
        left = {name: _left(name, pair) for name, pair in json.loads(changes).items()}
        row = {"changes": json.dumps(left, ensure_ascii=False), "reason": GONE}
        one = (HISTORY.c.entry_id == number) & (HISTORY.c.version == version)
        connection.execute(update(HISTORY).where(one).values(**row))


def _left(name: str, pair: list[str | None]) -> list[str | None]:
    """A change without its text; that there was none before is no text."""
    return [None if text is None else GONE for text in pair] if name in _TEXTS else pair
