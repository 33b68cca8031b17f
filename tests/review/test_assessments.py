from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from riskmodel.review.assessments import (
    Month,
    MonthReplaced,
    assessment,
    erase_months,
    history,
    homes_beginning,
    in_month,
    last_published,
    month,
    old_months,
    packed,
    place,
    published_dates,
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
        | {"answer": None, "row": packed(json.dumps({"household_id": home, "probability": probability}).encode())}
        for home in households
    ]


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
    assert place(store, DAY, "990301", first.published_at) == {"a": 1}
    assert place(store, DAY, "990301001001", first.published_at) == {}


def test_the_dates_of_an_area_are_those_published_of_its_county(store: Store) -> None:
    replace_month(store, facts_of(DAY), [rows("H1")], [("990301", b"{}"), ("990301001001", b"{}")])
    replace_month(store, facts_of(LATER), [rows("H1")], [("990301", b"{}"), ("990302", b"{}")])
    for area in ("", "99", "9903", "990301", "990301001", "990301001001"):
        assert published_dates(store, area) == [LATER, DAY], area
    assert published_dates(store, "990302") == [LATER]
    assert published_dates(store, "98") == published_dates(store, "990303001") == []
    assert in_month(DAY, "2026-01")
    assert not in_month(LATER, "2026-01")


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


@pytest.mark.parametrize("at", ["2026-01-05T00:00:59Z", "2026-01-01T00:00:00Z"])
def test_each_publication_has_a_time_of_its_own_also_in_the_same_second_or_when_the_clock_went_back(
    store: Store, at: str
) -> None:
    replace_month(store, facts_of(DAY, "2026-01-05T00:00:59Z"), [rows("H1")], [("990301", b"{}")])
    replace_month(store, facts_of(DAY, at), [rows("H1")], [("990301", b'{"a": 2}')])
    found = month(store, DAY)
    assert found is not None
    assert found.published_at == "2026-01-05T00:01:00Z"
    assert place(store, DAY, "990301", found.published_at) == {"a": 2}
    with pytest.raises(MonthReplaced):
        place(store, DAY, "990301", "2026-01-05T00:00:59Z")


def test_a_month_that_breaks_off_leaves_the_old_one(store: Store) -> None:
    replace_month(store, facts_of(DAY), [rows("H1")], [])

    def broken() -> Any:
        yield rows("H2")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        replace_month(store, facts_of(DAY), broken(), [])
    assert assessment(store, "H1") is not None
    assert assessment(store, "H2") is None


def test_the_answer_of_the_newest_month_alone_is_kept_ready(store: Store) -> None:
    def published(day: date, text: bytes) -> None:
        replace_month(store, facts_of(day), [[row | {"answer": packed(text)} for row in rows("H1")]], [])

    def ready(day: date) -> bytes | None:
        found = assessment(store, "H1", day)
        assert found is not None
        return found.answer

    published(DAY, b"first")
    assert ready(DAY) == b"first"
    published(LATER, b"second")
    assert (ready(DAY), ready(LATER)) == (None, b"second")
    published(DAY, b"an old month again")
    assert (ready(DAY), ready(LATER)) == (None, b"second")
    published(LATER, b"third")
    assert ready(LATER) == b"third"


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


def test_households_are_found_by_the_beginning_of_their_id_with_where_they_lived_last(store: Store) -> None:
    replace_month(store, facts_of(DAY), [rows("Ha1", "Ha2", "Hb1")], [])
    moved = [row | {"village_code": "990301001002"} for row in rows("Ha1")]
    replace_month(store, facts_of(LATER), [moved], [])
    assert homes_beginning(store, "Ha", 9) == [("Ha1", "990301001002"), ("Ha2", "990301001001")]
    assert homes_beginning(store, "Hf", 9) == []
    assert len(homes_beginning(store, "H", 2)) == 2
