"""The identity store: names, household numbers, addresses and telephones behind the ids, encrypted one by one.

It lies outside the lake and is read through `look_up` alone, which writes down who asked before it answers.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import os
import re
import secrets
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any, Final

import polars as pl
from cryptography.fernet import Fernet, InvalidToken

from riskmodel.errors import DataError, UsageError
from riskmodel.review.audit import Entry
from riskmodel.tables.files import make_folder
from riskmodel.tables.storage import naming, naming_database

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from riskmodel.review.audit import AuditLog

LOOK_UP: Final = "look_up"
"""Action named in the audit log."""

_PATIENCE: Final = 30.0
"""Seconds to wait for another process that writes."""
_MARK: Final = 8
"""Bytes of a digest, as many as an integer of the database has."""
_MANY: Final = 8
"""It is cheaper to look through so many digests than to ask for one."""
LONG_NUMBER: Final = r"\d{11,}"
"""What a purpose must not hold: it may be the number of a person, or a telephone."""
_ACTOR: Final = "(key|user) [0-9a-f]{12}"
"""Who asks with a key of a case system, or as a user of the pages; an id may happen to have no letter."""
_TABLES: Final = (
    "create table if not exists identities (id text primary key, kind text not null, token blob not null, "
    "changed_on text not null) without rowid",
    "create table if not exists told (fields integer, id text, mark integer not null, primary key (fields, id)) "
    "without rowid",
    "create table if not exists made_with (only_row integer primary key, mark integer not null)",
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
_ALL_FIELDS: Final = ", ".join(map(str, range(2 ** len(_TOLD))))
"""All sets of fields, by name: the database finds an id in each at once, but not in all together."""


def look_up(store: IdentityStore, ids: Sequence[str], reader: Reader, audit: AuditLog, now: datetime) -> list[Identity]:
    """The identities behind ids, in the order asked; ids that the store does not know are left out.

    The audit entry is on disk before a name is read. Raises UsageError without a reader or a purpose, for a purpose
    that holds a personal number, and for what is no id; DataError for a store made with another key.
    """
    if not reader.who.strip() or not reader.purpose.strip():
        raise UsageError("say who asks and what for: every look at names is written down with its purpose.")
    named = "" if re.fullmatch(_ACTOR, reader.who) else reader.who
    if re.search(LONG_NUMBER, f"{named} {reader.purpose}"):
        raise UsageError(
            "the purpose holds a long number. Numbers of persons do not belong into the log; leave it out."
        )
    require_ids(ids)
    audit.append(Entry(now.isoformat(), reader.who, LOOK_UP, reader.purpose, tuple(ids)))
    return store._read(ids)  # the one door


def require_ids(texts: Iterable[str]) -> None:
    """Raises UsageError for a text that is no id of a household or person; it says which one without showing it."""
    for place, text in enumerate(texts, start=1):
        if not re.fullmatch("[HP][0-9a-f]{24}", text):
            raise UsageError(
                f"id {place} is no id of a household or person (H or P and 24 hex digits). / "
                f"第 {place} 个编号不是户或人的编号（H 或 P 加 24 位十六进制数字）。"
            )


class IdentityStore:
    """One SQLite file that only its owner may read, with one encrypted token per id.

    Beside the tokens stand keyed digests of what was told of an id, one per set of fields that a file may tell, so that
    what has not changed is neither decrypted nor encrypted again.
    """

    def __init__(self, path: Path, fernet_key: bytes) -> None:
        self.path = path
        self._fernet = Fernet(fernet_key)
        self._digest_key = hmac.digest(fernet_key, b"riskmodel identity digests", "sha256")
        self._seed = secrets.randbits(63)
        self._recent = pl.DataFrame(schema={"id": pl.String, "said": pl.UInt64})
        self._left = (0, 0)

    def put(self, identities: pl.DataFrame, on: date) -> int:
        """Keep what a file told on the day `on`, in one transaction; returns how many identities are new or changed.

        `identities` has `id` (each once), `kind` and the fields of `Identity`; a missing text leaves the stored one in
        place. Raises DataError for a store made with another key, BusyError while another process writes.
        """
        said = identities.select("id", *_TOLD).hash_rows(self._seed).alias("said")
        again = self._heard(said)
        fields = pl.sum_horizontal(pl.col(name).is_not_null().cast(pl.Int64) * 2**i for i, name in enumerate(_TOLD))
        told = identities.select("id", "kind", *_TOLD, fields=fields).filter(~again)
        changed: list[str] = []
        with self._opened() as connection:
            for (set_of_fields,), part in told.group_by("fields", maintain_order=True):
                changed += self._put_alike(connection, part, int(str(set_of_fields)), on)
        self._hear(told.select("id", said.filter(~again)), changed)
        return len(changed)

    def _heard(self, said: pl.Series) -> pl.Series:
        """Which texts this process put here before, while nobody else wrote into the store and no other text came."""
        if self._state() != self._left:
            self._recent = self._recent.clear()
        met = self._recent["said"]
        if len(said) < len(met):  # the table that is made to look things up in is made of the shorter one
            met = met.filter(met.is_in(said.implode()))
        return said.is_in(met.implode())

    def _hear(self, told: pl.DataFrame, changed: list[str]) -> None:
        """Remember what was put; what was told of changed identities before is no longer what is known."""
        gone = pl.DataFrame({"id": changed}, schema={"id": pl.String})
        self._recent = pl.concat([self._recent.join(gone, on="id", how="anti") if changed else self._recent, told])
        self._left = self._state()

    def _state(self) -> tuple[int, int]:
        """Time and size of the file."""
        facts = self.path.stat() if self.path.exists() else None
        return (facts.st_mtime_ns, facts.st_size) if facts else (0, 0)

    def _put_alike(self, connection: sqlite3.Connection, told: pl.DataFrame, fields: int, on: date) -> list[str]:
        """Keep rows that all tell the same fields; returns the ids that are new or changed."""
        names = [name for i, name in enumerate(_TOLD) if fields & 2**i]
        marked = told.select("id", "kind", *names, mark=self._marks(told, names))
        before = _marks_of(connection, fields, marked["id"])
        news = marked.join(before, on=["id", "mark"], how="anti", maintain_order="left")
        if news.is_empty():
            return []
        tokens = dict(_select(connection, "select id, token from identities join asked using (id)", news["id"]))
        at = int(datetime.combine(on, time(), UTC).timestamp())
        rows = []
        for id_, kind, *texts in news.select("id", "kind", *names).iter_rows():
            known = self._opened_token(tokens[id_]) if id_ in tokens else {}
            now = {**known, **dict(zip(names, texts, strict=True))}
            if now != known or not known:
                token = self._fernet.encrypt_at_time(json.dumps(now, ensure_ascii=False).encode(), at)
                rows.append((id_, kind, token, on.isoformat()))
        # what other files told of a changed identity may be old now: it counts as news when it is told again
        if tokens:
            changed = ((id_,) for id_, *_ in rows if id_ in tokens)
            connection.executemany(f"delete from told where id = ? and fields in ({_ALL_FIELDS})", changed)
        connection.executemany("insert or replace into identities values (?, ?, ?, ?)", rows)
        marks = zip(itertools.repeat(fields), news["id"], news["mark"])
        connection.executemany("insert or replace into told values (?, ?, ?)", marks)
        return [id_ for id_, *_ in rows]

    def _read(self, ids: Sequence[str]) -> list[Identity]:
        if not self.path.exists():
            return []
        with self._opened() as connection:
            asked = pl.Series("id", ids, dtype=pl.String)
            rows = _select(connection, "select id, kind, token from identities join asked using (id)", asked)
            found = {id_: (kind, token) for id_, kind, token in rows}
        return [Identity(id_, found[id_][0], **self._opened_token(found[id_][1])) for id_ in ids if id_ in found]

    def _opened_token(self, token: bytes) -> dict[str, str]:
        try:
            fields: dict[str, str] = json.loads(self._fernet.decrypt(token))
        except InvalidToken as error:
            raise DataError(
                f"{self.path} is damaged: a token cannot be decrypted. Restore it from a backup."
            ) from error
        return fields

    def _marks(self, told: pl.DataFrame, names: Sequence[str]) -> pl.Series:
        """Keyed digests of what is told, the id among it: equal names do not look equal."""
        texts = told.select(pl.concat_str("id", *names, separator="\x1f")).to_series().to_list()
        start = hashlib.blake2b(key=self._digest_key, digest_size=_MARK)
        return pl.Series("mark", [_digest(start, text) for text in texts], dtype=pl.Int64)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The database in one transaction, made on first use."""
        make_folder(self.path.parent)
        with naming(self.path):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # SQLite alone would let others read it
        with (
            naming_database(self.path),
            closing(sqlite3.connect(self.path, timeout=_PATIENCE)) as connection,
            connection,
        ):
            connection.execute("pragma temp_store = memory")
            connection.execute("begin immediate")
            for statement in _TABLES:
                connection.execute(statement)
            self._compare_key(connection)
            yield connection

    def _compare_key(self, connection: sqlite3.Connection) -> None:
        mark = _digest(hashlib.blake2b(key=self._digest_key, digest_size=_MARK), "key")
        connection.execute("insert or ignore into made_with values (1, ?)", (mark,))
        if connection.execute("select mark from made_with").fetchone() != (mark,):
            raise DataError(
                f"{self.path} was made with another key than the one of this installation. Restore the "
                "installation.key that belongs to it from the backup, or move the store away to begin a new one."
            )


def _marks_of(connection: sqlite3.Connection, fields: int, ids: pl.Series) -> pl.DataFrame:
    """Digests of what was told before in the same fields; of all ids, where many of them are asked for."""
    count = connection.execute("select count(*) from told where fields = ?", (fields,)).fetchone()[0]
    if count <= _MANY * len(ids):
        rows = connection.execute("select id, mark from told where fields = ?", (fields,)).fetchall()
    else:
        rows = _select(connection, f"select id, mark from asked join told using (id) where fields = {fields}", ids)
    columns = list(zip(*rows, strict=True)) or [(), ()]
    return pl.DataFrame({"id": pl.Series(columns[0], dtype=pl.String), "mark": pl.Series(columns[1], dtype=pl.Int64)})


def _select(connection: sqlite3.Connection, statement: str, ids: pl.Series) -> list[tuple[Any, ...]]:
    """What a statement finds for these ids, in the table `asked`; a statement itself takes only so many values."""
    connection.execute("create temp table if not exists asked (id text primary key) without rowid")
    connection.execute("delete from asked")
    connection.executemany("insert or ignore into asked values (?)", ((id_,) for id_ in ids))
    return connection.execute(statement).fetchall()


def _digest(start: hashlib.blake2b, text: str) -> int:
    digest = start.copy()
    digest.update(text.encode())
    return int.from_bytes(digest.digest(), "little", signed=True)
