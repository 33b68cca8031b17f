from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from riskmodel.review.assessments import (
    Month,
    assessment,
    erase_months,
    history,
    last_published,
    month,
    old_months,
    packed,
    places,
    replace_month,
    unpacked,
)
from riskmodel.review.schema import METADATA
from riskmodel.review.store import Store, open_store

DAY, LATER = date(2026, 1, 4), date(2026, 2, 4)


def facts_of(day: date, at: str = "2026-01-05T00:00:00Z") -> Month:
    return Month(day, "new_entry_12m", "m" * 64, None, "f" * 12, "p", 2, at)


def rows(*households: str, probability: float = 0.2) -> list[dict[str, Any]]:
    return [
        {"household_id": home, "village_code": "990301001001", "category": "ordinary", "probability": probability}
        | {"tier": "high", "cause": "ILL", "rank_county": 1, "listed": True}
        | {"row": packed(json.dumps({"household_id": home, "probability": probability}).encode())}
        for home in households
    ]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path / 'riskmodel.sqlite'}", migrate=True)


def test_a_month_is_read_household_by_household(store: Store) -> None:
    assert month(store) is None
    assert last_published(store) == ""
    assert not replace_month(store, facts_of(DAY), [rows("H1"), rows("H2")], [("990301", b'{"a": 1}')])
    assert not replace_month(store, facts_of(LATER), [rows("H1", probability=0.3)], [])
    assert month(store) == facts_of(LATER)
    assert month(store, DAY) == facts_of(DAY)
    newest = assessment(store, "H1")
    assert newest is not None
    assert (newest.as_of, newest.row) == (LATER, {"household_id": "H1", "probability": 0.3})
    first = assessment(store, "H1", DAY)
    assert first is not None
    assert first.row["probability"] == 0.2
    assert [(brief.as_of, brief.probability) for brief in history(store, "H1")] == [(LATER, 0.3), (DAY, 0.2)]
    assert assessment(store, "H9") is None
    assert history(store, "H9") == []
    assert places(store, DAY, ("990301", "990301001001")) == {"990301": {"a": 1}}


def test_a_month_that_is_published_again_takes_the_place_of_the_first(store: Store) -> None:
    replace_month(store, facts_of(DAY), [rows("H1", "H2")], [("990301", b"{}")])
    assert replace_month(
        store, facts_of(DAY, "2026-01-06T00:00:00Z"), [rows("H1", probability=0.4)], [("990301", b"{}")]
    )
    assert assessment(store, "H2") is None
    again = assessment(store, "H1")
    assert again is not None
    assert again.row["probability"] == 0.4
    assert last_published(store) == "2026-01-06T00:00:00Z"


def test_a_month_that_breaks_off_leaves_the_old_one(store: Store) -> None:
    replace_month(store, facts_of(DAY), [rows("H1")], [])

    def broken() -> Any:
        yield rows("H2")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        replace_month(store, facts_of(DAY), broken(), [])
    assert assessment(store, "H1") is not None
    assert assessment(store, "H2") is None


def test_a_row_is_stored_without_loss() -> None:
    row = {"a": 0.1 + 0.2, "b": None, "c": "因病"}
    assert unpacked(packed(json.dumps(row).encode())) == row


def test_old_months_are_those_before_a_day_but_never_the_newest(store: Store) -> None:
    for day in (DAY, LATER):
        replace_month(store, facts_of(day), [rows("H1")], [("990301", b"{}")])
    assert old_months(store, date(2026, 1, 5)) == [DAY]
    assert old_months(store, date(2030, 1, 1)) == [DAY]
    assert old_months(store, DAY) == []


def test_an_erased_month_is_gone_from_the_file_and_the_others_stay(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'riskmodel.sqlite'}", migrate=True)
    for day, household in ((DAY, "H-only-then"), (LATER, "H1")):
        replace_month(store, facts_of(day), [rows(household)], [("990301", b"{}")])
    erase_months(store, [DAY])
    assert (assessment(store, "H-only-then"), month(store, DAY)) == (None, None)
    assert assessment(store, "H1") is not None
    newest = month(store)
    assert newest is not None
    assert newest.as_of == LATER
    with store.reading() as connection:
        for table in METADATA.sorted_tables:
            if "as_of" in table.c:
                assert set(connection.execute(select(table.c.as_of)).scalars()) <= {LATER}
    for path in tmp_path.iterdir():
        assert b"H-only-then" not in path.read_bytes(), path
    assert b"H1" in (tmp_path / "riskmodel.sqlite").read_bytes()
    store.close()
