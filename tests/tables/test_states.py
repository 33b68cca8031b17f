"""State tables hold changes: what repeats the state before it is not written."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from lake_rows import day, many, state
from riskmodel.tables import View, table
from riskmodel.tables.bitemporal import newest_states
from riskmodel.tables.generation import Ids, empty, encode, merge
from riskmodel.tables.states import news_of_states
from worked_example import full_id, row

HOUSEHOLDS = table("households")


def kept(*batches: pl.DataFrame) -> list[tuple[int, int]]:
    """(day of valid_from, size) of the rows written after these batches, by household, date and version."""
    ids, stored = Ids(), empty(HOUSEHOLDS)
    for rows in batches:
        stored, _ = merge(stored, encode(rows, HOUSEHOLDS, ids), HOUSEHOLDS)
    return [((start - day(0)).days, size) for start, size in stored.select("valid_from", "size").iter_rows()]


def test_a_monthly_full_export_adds_only_changes() -> None:
    sizes = {0: (3, 3, 3, 4, 4, 3), 1: (2, 2, 2, 2, 2, 2)}
    exports = [
        pl.concat([state(h, day(30 * n), sizes[h][n], day(30 * n + 5), batch_id=f"r2025010{n}-0001") for h in sizes])
        for n in range(6)
    ]
    changes = [(0, 3), (90, 4), (150, 3), (0, 2)]
    assert kept(*exports) == changes
    assert kept(pl.concat(exports)) == changes
    assert kept(*exports, *exports) == changes


def test_a_row_that_corrects_a_key_is_written_even_if_it_equals_the_state_before() -> None:
    rows = [state(1, day(0), 3, day(1)), state(1, day(9), 4, day(10)), state(1, day(9), 3, day(20))]
    assert kept(*rows) == [(0, 3), (9, 4), (9, 3)]


def test_after_a_retracted_state_the_same_state_is_written_again() -> None:
    rows = [state(1, day(0), 3, day(1)), state(1, day(0), 3, day(5), retracted=True), state(1, day(9), 3, day(10))]
    assert kept(*rows) == [(0, 3), (0, 3), (9, 3)]


def test_a_retraction_is_always_written() -> None:
    assert kept(state(1, day(0), 3, day(1)), state(1, day(9), 3, day(10), retracted=True)) == [(0, 3), (9, 3)]


def test_the_first_state_of_another_household_repeats_nothing() -> None:
    assert kept(state(1, day(0), 3, day(1)), state(2, day(9), 3, day(10))) == [(0, 3), (9, 3)]


def test_a_state_between_two_stored_ones_is_compared_with_the_one_before_it() -> None:
    stored = [state(1, day(0), 3, day(1)), state(1, day(9), 4, day(10))]
    assert kept(*stored, state(1, day(5), 3, day(20))) == [(0, 3), (9, 4)]
    assert kept(*stored, state(1, day(5), 4, day(20))) == [(0, 3), (5, 4), (9, 4)]


def test_a_state_known_earlier_than_the_one_before_it_is_written() -> None:
    """In a history load: without the row nobody would see the household in the days before the other was known."""
    assert kept(state(1, day(0), 3, day(50)), state(1, day(9), 3, day(10))) == [(0, 3), (9, 3)]


def test_in_a_run_of_equal_states_the_one_written_decides_about_the_next() -> None:
    """The second of three is left out; that it was known later than the third must not matter."""
    run = [state(1, day(0), 3, day(10)), state(1, day(1), 3, day(12)), state(1, day(2), 3, day(11))]
    assert kept(*run) == kept(pl.concat(run)) == [(0, 3)]


def test_an_earlier_version_of_a_stored_key_is_written() -> None:
    stored = [state(1, day(0), 3, day(1)), state(1, day(9), 4, day(20))]
    assert kept(*stored, state(1, day(9), 3, day(10))) == [(0, 3), (9, 3), (9, 4)]


def test_a_person_who_changes_household_and_comes_back_has_three_states() -> None:
    """The unchanged export between them is left out, although rows of one person lie apart in the table."""
    homes_by_day = ["H1", "H2", "H2", "H1"]
    ids, members = Ids(), table("members")
    stored = empty(members)
    for n, household in enumerate(homes_by_day):
        person = row("members", household_id=full_id(household), valid_from=day(n), known_at=day(n + 1))
        stored, _ = merge(stored, encode(person, members, ids), members)
    homes = stored.sort("valid_from").select("valid_from", "household_id").iter_rows()
    assert [(start, ids.of("H")[code]) for start, code in homes] == [
        (day(0), full_id("H1")), (day(1), full_id("H2")), (day(3), full_id("H1")),
    ]  # fmt: skip


# --- whatever arrives -------------------------------------------------------------------------------------------------

History = list[tuple[int, int, int, int, bool]]
"""Household, day of valid_from, day known, size, retracted; one row per household, valid_from and day known."""

histories = st.lists(
    st.tuples(st.integers(1, 2), st.integers(0, 4), st.integers(0, 5), st.integers(1, 2), st.booleans()),
    max_size=14,
    unique_by=lambda r: r[:3],
)


def frame(history: History) -> pl.DataFrame:
    columns: dict[str, list[object]] = {
        "household_id": [full_id(f"H{h}") for h, *_ in history],
        "valid_from": [day(v) for _, v, *_ in history],
        "known_at": [day(k) for _, _, k, *_ in history],
        "size": [size for *_, size, _ in history],
        "retracted": [gone for *_, gone in history],
        "batch_id": [f"r2025010{k + 1}-0001" for _, _, k, *_ in history],
    }
    return many("households", columns)


def oracle(history: History, known_by: int, on: int) -> dict[str, int]:
    """Size by household, looked up row by row."""
    newest = {(h, v): (size, gone) for h, v, k, size, gone in sorted(history, key=lambda r: r[2]) if k <= known_by}
    found = {}
    for (h, v), (size, gone) in sorted(newest.items()):
        if v <= on and not gone:
            found[full_id(f"H{h}")] = size
    return found


@settings(max_examples=40)
@given(histories, st.integers(0, 5))
def test_what_is_left_out_is_never_missed(history: History, known_by: int) -> None:
    view = View.of({"households": frame(history)}, day(known_by))
    seen = view.canonical("households")
    for on in range(5):
        rows = newest_states(seen, "household_id", day(on))
        assert dict(rows.select("household_id", "size").iter_rows()) == oracle(history, known_by, on)


@settings(max_examples=40)
@given(histories, st.integers(0, 99))
def test_order_does_not_matter_and_a_replay_of_what_was_written_gives_the_same(history: History, seed: int) -> None:
    ids = Ids()
    rows = encode(frame(history), HOUSEHOLDS, ids)
    merged, written = merge(empty(HOUSEHOLDS), rows, HOUSEHOLDS)
    again, _ = merge(empty(HOUSEHOLDS), rows.sample(fraction=1.0, shuffle=True, seed=seed), HOUSEHOLDS)
    replayed, all_of_it = merge(empty(HOUSEHOLDS), written, HOUSEHOLDS)
    assert merged.equals(again)
    assert merged.equals(replayed)
    assert all_of_it.height == written.height


@settings(max_examples=25)
@given(st.lists(st.integers(1, 3), min_size=1, max_size=8))
def test_as_many_rows_are_written_as_there_were_changes(sizes: list[int]) -> None:
    exports = frame([(1, n, n, size, False) for n, size in enumerate(sizes)])
    assert len(kept(exports)) == 1 + sum(before != after for before, after in pairwise(sizes))


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.integers(0, 6), st.integers(2, 3), st.integers(0, 6), st.booleans(), st.integers(0, 2)
        ),
        min_size=1,
        max_size=14,
    )
)
def test_the_short_cut_for_full_exports_changes_nothing(drawn: list[tuple[int, int, int, int, bool, int]]) -> None:
    """Rows that `news_of_states` leaves out would have been left out by `without_repeats`."""
    batches: dict[int, dict[tuple[int, int, int], pl.DataFrame]] = {}
    for house, start, size, later, retracted, batch in drawn:
        known = day(start + later)
        batches.setdefault(batch, {})[house, start, start + later] = state(
            house, day(start), size, known, batch_id=f"r2025010{batch + 1}-0001", retracted=retracted
        )
    ids, stored, content = Ids(), empty(HOUSEHOLDS), [c for c in HOUSEHOLDS.payload if c not in HOUSEHOLDS.key]
    for rows in batches.values():
        new = encode(pl.concat(rows.values()), HOUSEHOLDS, ids)
        judged = news_of_states(stored, new, "household_id", content)
        merged, written = merge(stored, new, HOUSEHOLDS)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("riskmodel.tables.generation.news_of_states", lambda *given: given[1])
            assert_frame_equal(merge(stored, new, HOUSEHOLDS)[0], merged)
        assert written.height <= judged.height
        stored = merged
