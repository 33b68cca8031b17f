"""Who is signed in: sessions on the server, of which a browser holds a random secret and the database its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, delete, insert, select, update

from riskmodel.review.keys import stamp
from riskmodel.review.schema import SESSIONS, USERS
from riskmodel.review.users import User, user_of

if TYPE_CHECKING:
    from riskmodel.review.store import Store

IDLE: Final = timedelta(minutes=60)
"""After so long without a request one has to sign in again."""
LONGEST: Final = timedelta(hours=12)
"""After so long in any case."""
NOTED_EVERY: Final = timedelta(minutes=1)
"""How often it is written that a session is in use: not with every request."""


@dataclass(frozen=True)
class Session:
    """Somebody who is signed in."""

    user: User
    csrf: str = field(repr=False)
    """Stands in every form of this session; a form of elsewhere cannot know it."""


class Sessions:
    """The sessions of a database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, user: User, now: datetime) -> str:
        """A new session; returns its secret, for the cookie. Those that are over are given up."""
        secret = secrets.token_urlsafe(32)
        row = {"digest": _digest(secret), "user_id": user.id, "csrf": secrets.token_urlsafe(32)}
        with self._store.writing() as connection:
            over = (SESSIONS.c.seen_at < stamp(now - IDLE)) | (SESSIONS.c.created_at < stamp(now - LONGEST))
            connection.execute(delete(SESSIONS).where(over))
            connection.execute(insert(SESSIONS).values(**row, created_at=stamp(now), seen_at=stamp(now)))
        return secret

    def of(self, secret: str, now: datetime) -> Session | None:
        """The session of a secret; None for one that is over, that ended, or that never was."""
        if not secret:
            return None
        with self._store.reading() as connection:
            row = connection.execute(_FOUND, {"digest": _digest(secret)}).mappings().first()
        if row is None or row["seen_at"] < stamp(now - IDLE) or row["session_began"] < stamp(now - LONGEST):
            return None
        if row["disabled_at"] is not None:
            return None
        if row["seen_at"] < stamp(now - NOTED_EVERY):
            self._note(secret, now)
        return Session(user_of(row), row["csrf"])

    def end(self, secret: str) -> None:
        """End a session; one that never was has ended already."""
        with self._store.writing() as connection:
            connection.execute(delete(SESSIONS).where(SESSIONS.c.digest == _digest(secret)))

    def _note(self, secret: str, now: datetime) -> None:
        with self._store.writing() as connection:
            mine = SESSIONS.c.digest == _digest(secret)
            connection.execute(update(SESSIONS).where(mine).values(seen_at=stamp(now)))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


_FOUND: Final = (
    select(USERS, SESSIONS.c.csrf, SESSIONS.c.seen_at, SESSIONS.c.created_at.label("session_began"))
    .join(USERS, USERS.c.id == SESSIONS.c.user_id)
    .where(SESSIONS.c.digest == bindparam("digest"))
)
