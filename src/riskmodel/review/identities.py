"""The identity store: names, household numbers, addresses and telephones behind the ids, encrypted one by one.

It lies outside the lake and is read through `look_up` alone, which writes down who asked before it answers.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

from cryptography.fernet import Fernet, InvalidToken

from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.review.audit import Entry
from riskmodel.tables.files import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    import polars as pl

    from riskmodel.review.audit import AuditLog

LOOK_UP: Final = "look_up"
"""Action named in the audit log."""

_PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes."""
_MARK: Final = 16
_LONG_NUMBER: Final = r"\d{11,}"
_NOTHING: Final = bytes(_MARK)
_TABLES: Final = (
    "create table if not exists identities (id text primary key, kind text not null, token blob not null, "
    "marks blob not null, changed_on text not null) without rowid",
    "create table if not exists made_with (only_row integer primary key, mark blob not null)",
)


@dataclass(frozen=True)
class Identity:
    """What the office knows about the household or person behind an id; None = not known."""

    id: str
    kind: str
    """household or person"""
    number: str | None = None
    """户编号; ID numbers of persons are not stored."""
    name: str | None = None
    head_name: str | None = None
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class Reader:
    """Who asks, and what for."""

    who: str
    purpose: str


_TOLD: Final = tuple(field.name for field in fields(Identity))[2:]


def look_up(store: IdentityStore, ids: Sequence[str], reader: Reader, audit: AuditLog, now: datetime) -> list[Identity]:
    """The identities behind ids, in the order asked; ids that the store does not know are left out.

    The audit entry is on disk before a name is read. Raises UsageError without a reader or a purpose, for a purpose
    that holds a personal number, and for what is no id; DataError for a store made with another key.
    """
    if not reader.who.strip() or not reader.purpose.strip():
        raise UsageError("say who asks and what for: every look at names is written down with its purpose.")
    if re.search(_LONG_NUMBER, reader.who + " " + reader.purpose):
        raise UsageError(
            "the purpose holds a long number. Numbers of persons do not belong into the log; leave it out."
        )
    for place, text in enumerate(ids, start=1):
        if not re.fullmatch("[HP][0-9a-f]{24}", text):
            raise UsageError(f"id {place} is no id of a household or person (H or P and 24 hex digits).")
    audit.append(Entry(now.isoformat(), reader.who, LOOK_UP, reader.purpose, tuple(ids)))
    return store._read(ids)  # the one door


class IdentityStore:
    """One SQLite file that only its owner may read, with one encrypted token per id.

    Beside each token stand keyed digests of its fields, so that what has not changed is neither decrypted nor encrypted
    again.
    """

    def __init__(self, path: Path, fernet_key: bytes) -> None:
        self.path = path
        self._fernet = Fernet(fernet_key)
        self._digest_key = hmac.digest(fernet_key, b"riskmodel identity digests", "sha256")

    def put(self, identities: pl.DataFrame, on: date) -> int:
        """Keep what a file told on the day `on`, in one transaction; returns how many identities are new or changed.

        `identities` has `id`, `kind` and the fields of `Identity`; a missing text leaves the stored one in place.
        Raises DataError for a store made with another key, BusyError while another process writes.
        """
        told = dict(zip(identities["id"], identities.select("kind", *_TOLD).iter_rows(), strict=True))
        marks = {id_: self._marks(id_, texts) for id_, (_, *texts) in told.items()}
        at = int(datetime.combine(on, time(), UTC).timestamp())
        with self._opened() as connection:
            stored = dict(_select(connection, "id, marks", marks))
            changed = {id_: mark for id_, mark in marks.items() if _says_new(mark, stored.get(id_))}
            tokens = dict(_select(connection, "id, token", changed))
            rows = (
                (
                    id_,
                    told[id_][0],
                    self._token(told[id_][1:], tokens.get(id_), at),
                    _joined(mark, stored.get(id_)),
                    on.isoformat(),
                )
                for id_, mark in changed.items()
            )
            connection.executemany("insert or replace into identities values (?, ?, ?, ?, ?)", rows)
        return len(changed)

    def _read(self, ids: Sequence[str]) -> list[Identity]:
        if not self.path.exists():
            return []
        with self._opened() as connection:
            found = {id_: (kind, token) for id_, kind, token in _select(connection, "id, kind, token", ids)}
        return [Identity(id_, found[id_][0], **self._opened_token(found[id_][1])) for id_ in ids if id_ in found]

    def _token(self, texts: Sequence[str | None], token: bytes | None, at: int) -> bytes:
        """The encrypted fields, those that a file does not tell taken from the token before."""
        known = self._opened_token(token) if token else {}
        told = {name: text for name, text in zip(_TOLD, texts, strict=True) if text is not None}
        return self._fernet.encrypt_at_time(json.dumps({**known, **told}, ensure_ascii=False).encode(), at)

    def _opened_token(self, token: bytes) -> dict[str, str]:
        try:
            fields: dict[str, str] = json.loads(self._fernet.decrypt(token))
        except InvalidToken as error:
            raise DataError(
                f"{self.path} is damaged: a token cannot be decrypted. Restore it from a backup."
            ) from error
        return fields

    def _marks(self, id_: str, texts: Sequence[str | None]) -> bytes:
        """Digests of the fields one behind the other, zeros for a missing one; the id makes equal names differ."""
        digests = (
            _digest(self._digest_key, f"{id_}|{name}|{text}") if text is not None else _NOTHING
            for name, text in zip(_TOLD, texts, strict=True)
        )
        return b"".join(digests)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database in one transaction, made on first use."""
        make_folder(self.path.parent)
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite alone would let others read it
        try:
            with closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection, connection:
                connection.execute("pragma temp_store = memory")
                connection.execute("begin immediate")
                for statement in _TABLES:
                    connection.execute(statement)
                self._compare_key(connection)
                yield connection
        except sqlite3.OperationalError as error:
            raise BusyError(f"{self.path} cannot be used now: {error}. Try again later.") from error
        except sqlite3.DatabaseError as error:
            raise DataError(f"{self.path} is damaged: {error}. Restore it from a backup.") from error

    def _compare_key(self, connection: sqlite3.Connection) -> None:
        mark = _digest(self._digest_key, "key")
        connection.execute("insert or ignore into made_with values (1, ?)", (mark,))
        if connection.execute("select mark from made_with").fetchone() != (mark,):
            raise DataError(
                f"{self.path} was made with another key than the one of this installation. Restore the "
                "installation.key that belongs to it from the backup, or move the store away to begin a new one."
            )


def _says_new(marks: bytes, stored: bytes | None) -> bool:
    return stored is None or (marks != stored and _joined(marks, stored) != stored)


def _joined(marks: bytes, stored: bytes | None) -> bytes:
    """Digests of what is known after a file: its own, where it tells nothing the stored ones."""
    if stored is None:
        return marks
    pieces = range(0, len(marks), _MARK)
    return b"".join(stored[i : i + _MARK] if marks[i : i + _MARK] == _NOTHING else marks[i : i + _MARK] for i in pieces)


def _select(connection: sqlite3.Connection, columns: str, ids: Iterable[str]) -> list[tuple[Any, ...]]:
    """Rows of these ids; by way of a table in memory, because a statement takes only so many values."""
    connection.execute("create temp table if not exists asked (id text primary key) without rowid")
    connection.execute("delete from asked")
    connection.executemany("insert or ignore into asked values (?)", ((id_,) for id_ in ids))
    return connection.execute(f"select {columns} from identities join asked using (id)").fetchall()


def _digest(key: bytes, text: str) -> bytes:
    return hashlib.blake2b(text.encode(), key=key, digest_size=_MARK).digest()
