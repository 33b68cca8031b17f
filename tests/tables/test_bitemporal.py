"""Versions and the view: what was known at the end of a day."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from lake_rows import day
from riskmodel.tables.bitemporal import (
    STILL_KNOWN,
    close_versions,
    contradicts_row_before,
    known,
    newest_states,
    repeats_version_before,
    same_as,
)


def versions(*rows: tuple[str | None, int, str, int, bool]) -> pl.DataFrame:
    """Rows of (key, day known, batch, value, retracted)."""
    schema = {"key": pl.String, "known_at": pl.Date, "batch_id": pl.String, "value": pl.Int64, "retracted": pl.Boolean}
    return pl.DataFrame([(k, day(d), b, v, r) for k, d, b, v, r in rows], schema=schema, orient="row")


def seen(rows: pl.DataFrame, on: date) -> dict[str | None, int]:
    return dict(known(close_versions(rows, ["key"]), on).select("key", "value").iter_rows())


def test_a_row_is_seen_from_the_day_it_is_known_until_a_newer_version_is() -> None:
    rows = versions(("a", 5, "r2", 20, False), ("a", 1, "r1", 10, False))
    assert [seen(rows, day(n)) for n in (0, 1, 4, 5, 99)] == [{}, {"a": 10}, {"a": 10}, {"a": 20}, {"a": 20}]


def test_of_two_batches_of_one_day_the_later_one_counts_by_its_text() -> None:
    rows = versions(("a", 1, "r20250102-0001", 2, False), ("a", 1, "h20250102-0002", 1, False))
    assert seen(rows, day(1)) == {"a": 2}


def test_a_retracted_key_vanishes_and_can_come_back() -> None:
    rows = versions(("a", 1, "r1", 10, False), ("a", 2, "r2", 10, True), ("a", 4, "r3", 10, False))
    assert [seen(rows, day(n)) for n in (1, 2, 3, 4)] == [{"a": 10}, {}, {}, {"a": 10}]


def test_keys_with_an_empty_part_are_keys_too() -> None:
    rows = versions((None, 1, "r1", 1, False), (None, 3, "r2", 2, False), ("a", 2, "r1", 5, False))
    assert [seen(rows, day(n)) for n in (2, 3)] == [{None: 1, "a": 5}, {None: 2, "a": 5}]


def test_the_newest_version_has_no_end() -> None:
    closed = close_versions(versions(("a", 1, "r1", 1, False), ("b", 2, "r1", 1, False)), ["key"])
    assert closed["known_until"].to_list() == [STILL_KNOWN, STILL_KNOWN]


def test_only_a_version_that_says_the_same_repeats() -> None:
    rows = versions(
        ("a", 1, "r1", 1, False), ("a", 2, "r2", 1, False), ("a", 3, "r3", 1, True), ("a", 4, "r4", 1, True),
        ("a", 5, "r5", 2, True), ("b", 6, "r6", 2, True),
    )  # fmt: skip
    marked = close_versions(rows, ["key"]).select(repeats_version_before(["key"], ["value"])).to_series()
    assert marked.to_list() == [False, True, False, True, False, False]


def test_a_contradiction_is_one_version_with_two_contents() -> None:
    rows = versions(("a", 1, "r1", 1, False), ("a", 1, "r1", 2, False), ("a", 1, "r2", 3, False))
    marked = close_versions(rows, ["key"]).select(contradicts_row_before(["key"], ["value"])).to_series()
    assert marked.to_list() == [False, True, False]


@pytest.mark.parametrize(("shift", "expected"), [(1, [False, True, False]), (-1, [True, False, False])])
def test_nothing_stands_before_the_first_row_or_after_the_last(shift: int, expected: list[bool]) -> None:
    frame = pl.DataFrame({"key": [None, None, "a"]}, schema={"key": pl.String})
    assert frame.select(same_as(["key"], shift)).to_series().to_list() == expected


@pytest.mark.parametrize("lazy", [False, True])
def test_a_state_planned_for_later_does_not_hide_the_state_of_today(lazy: bool) -> None:
    rows = pl.DataFrame({"who": ["a", "a", "b"], "valid_from": [day(1), day(9), day(9)], "size": [3, 4, 5]})
    at = [
        newest_states(rows.lazy(), "who", day(n)).collect() if lazy else newest_states(rows, "who", day(n))
        for n in (5, 9)
    ]
    assert [frame["size"].to_list() for frame in at] == [[3], [4, 5]]
