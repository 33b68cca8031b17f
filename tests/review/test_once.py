from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from riskmodel.review.ledger_schema import STEPS
from riskmodel.review.once import KeyUsedBefore, Letter, answered, once

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from riskmodel.review.store import Store

NOW = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
LETTER = Letter("a", "token-of-a-form", b"x" * 32)


def written(connection: Connection) -> bytes:
    row = {"household_id": "H", "clue_on": NOW.date(), "step": "clue", "by_id": "a", "by_name": "a", "at": "x"}
    connection.execute(STEPS.insert().values(**row))
    return b"done"


def test_what_came_twice_is_written_once_and_answered_alike(store: Store) -> None:
    long_ago = NOW - timedelta(days=30)
    assert answered(store, LETTER) is None
    assert once(store, LETTER, written, NOW, long_ago) == once(store, LETTER, written, NOW, long_ago) == b"done"
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(STEPS)).scalar() == 1
    with pytest.raises(KeyUsedBefore):
        once(store, Letter("a", LETTER.key, b"y" * 32), written, NOW, long_ago)
    assert answered(store, LETTER) == b"done"
