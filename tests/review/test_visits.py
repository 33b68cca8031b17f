from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from riskmodel.review.once import KeyUsedBefore, Letter, answered
from riskmodel.review.schema import VISITS
from riskmodel.review.store import Store, open_store
from riskmodel.review.visits import keep, mark_carried, open_batches

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
DAY = date(2026, 1, 5)
FOUND: dict[str, Any] = {"household_id": "H" + "0" * 24, "visited_on": DAY, "visitor_id": "K017", "reason": "routine"}
FOUND |= {"finding": "no_risk", "cause_1": None, "cause_2": None, "retracted": False, "known_at": DAY}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'riskmodel.sqlite'}", migrate=True)


def kept(store: Store, key: str, *rows: dict[str, Any], says: bytes = b"x", later: int = 0, **also: Any) -> bytes:
    now = NOW + timedelta(days=later)
    letter = Letter(also.get("sender", "a"), key, says.ljust(32))
    noted = also.get("noted", lambda: None)
    return keep(store, letter, rows or [FOUND], b"answer to " + says, now, now - timedelta(days=30), noted)


def count(store: Store) -> int:
    with store.reading() as connection:
        return connection.execute(select(func.count()).select_from(VISITS)).scalar_one()


def test_the_same_request_counts_once_and_gets_its_answer_again(store: Store) -> None:
    assert kept(store, "one") == kept(store, "one") == b"answer to x"
    assert answered(store, Letter("a", "one", b"x".ljust(32))) == b"answer to x"
    assert answered(store, Letter("a", "two", b"x".ljust(32))) is None
    assert count(store) == 1


def test_a_key_with_other_findings_is_refused_and_another_asker_has_keys_of_its_own(store: Store) -> None:
    kept(store, "one")
    with pytest.raises(KeyUsedBefore):
        kept(store, "one", says=b"y")
    assert count(store) == 1
    kept(store, "one", says=b"y", sender="b")
    assert count(store) == 2


def test_answers_are_given_up_after_their_time(store: Store) -> None:
    kept(store, "one")
    kept(store, "two", later=30)
    assert kept(store, "one", says=b"y", later=31) == b"answer to y"


def test_what_the_audit_log_does_not_know_is_not_kept(store: Store) -> None:
    def broken() -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - what it says is the business of the log
        kept(store, "one", noted=broken)
    assert count(store) == 0
    assert kept(store, "one") == b"answer to x"


def test_the_same_request_many_times_at_once_counts_once(store: Store) -> None:
    told: list[bytes] = []
    threads = [threading.Thread(target=lambda: told.append(kept(store, "one"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (told, count(store)) == ([b"answer to x"] * 8, 1)


def test_a_batch_is_the_same_until_the_lake_has_it_and_what_comes_later_is_of_another(store: Store) -> None:
    kept(store, "one")
    (first,) = open_batches(store)
    kept(store, "two", FOUND | {"visitor_id": "K018"}, FOUND | {"visitor_id": "K019", "known_at": date(2026, 1, 4)})
    batches = open_batches(store)
    assert [batch.known_at for batch in batches] == [date(2026, 1, 4), DAY, DAY]
    assert first in batches
    assert len({batch.sha256 for batch in batches}) == 3
    mark_carried(store, batches)
    assert open_batches(store) == []


def test_of_several_findings_of_a_visit_on_a_day_the_last_counts(store: Store) -> None:
    kept(store, "one")
    kept(store, "two", FOUND | {"finding": "not_home"})
    (batch,) = open_batches(store)
    assert [row["finding"] for row in batch.rows] == ["not_home"]
