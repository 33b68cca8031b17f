"""A request counts once, however often it comes: its answer is kept under the key that came with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import UsageError
from riskmodel.review.keys import stamp
from riskmodel.review.schema import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from riskmodel.review.store import Store


Transaction = Connection
"""An open transaction of the database, as it is handed to what writes in it."""


class KeyUsedBefore(UsageError):
    """The same key came with something else before."""


@dataclass(frozen=True)
class Letter:
    """What tells a request from others: the asker's id, the key that it was given, and a hash of what it says."""

    sender: str
    key: str
    digest: bytes = field(repr=False)


def answered(store: Store, letter: Letter) -> bytes | None:
    """The answer that a request got before; None for a new one. Raises KeyUsedBefore, see there."""
    with store.reading() as connection:
        return _answered(connection, letter)


def once(
    store: Store, letter: Letter, write: Callable[[Transaction], bytes], now: datetime, forget_before: datetime
) -> bytes:
    """Write in one transaction what a request asks for, with its answer; the answer given before where it came before.

    Answers older than `forget_before` are given up. Raises KeyUsedBefore for a key that came with something else.
    """
    attempt = partial(_attempt, store, letter, write, now, forget_before)
    try:
        return attempt()
    except IntegrityError:  # the same request came twice at once, and the other one was first
        return attempt()


def _attempt(
    store: Store, letter: Letter, write: Callable[[Transaction], bytes], now: datetime, forget_before: datetime
) -> bytes:
    with store.writing() as connection:
        connection.execute(delete(ANSWERS).where(ANSWERS.c.answered_at < stamp(forget_before)))
        before = _answered(connection, letter)
        if before is not None:
            return before
        answer = write(connection)
        told = {"key_id": letter.sender, "idempotency_key": letter.key, "digest": letter.digest, "answer": answer}
        connection.execute(insert(ANSWERS).values(**told, answered_at=stamp(now)))
    return answer


def _answered(connection: Connection, letter: Letter) -> bytes | None:
    mine = (ANSWERS.c.key_id == letter.sender) & (ANSWERS.c.idempotency_key == letter.key)
    found = connection.execute(select(ANSWERS.c.digest, ANSWERS.c.answer).where(mine)).first()
    if found is None:
        return None
    if bytes(found.digest) != letter.digest:
        raise KeyUsedBefore(
            "this key came with something else before. Give every request its own. / "
            "同一编号此前已用于其他内容，请重新打开页面再提交。"
        )
    return bytes(found.answer)
