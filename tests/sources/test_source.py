from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import RejectedFile
from riskmodel.sources.source import FAILURES, Received, check, no_failures
from riskmodel.tables import TABLES
from worked_example import full_id, load, row

DAY = date(2025, 3, 10)
COUNTY = "990101"


def received(name: str, rows: pl.DataFrame, **changes: object) -> Received:
    """A file received on 10 March 2025 whose rows lie in county 990101 unless they say otherwise."""
    if "county" not in rows.columns:
        rows = rows.with_columns(county=pl.lit(COUNTY))
    facts: dict[str, object] = {"received_on": DAY, "source": "finance", "sha256": "0" * 64, **changes}
    return Received("2025-03-10/file.csv", name, rows, **facts)  # type: ignore[arg-type]  # the tests name the fields


def incomes(*cells: tuple[str, int | None]) -> pl.DataFrame:
    """Income rows of January 2025: household and amount in fen."""
    schema = {"household_id": pl.String, "amount": pl.Int64}
    frame = pl.DataFrame([(full_id(h), amount) for h, amount in cells], schema=schema, orient="row")
    return frame.with_columns(month=pl.lit(date(2025, 1, 1)), component=pl.lit("wage_work"))


def rules(name: str, rows: pl.DataFrame, **changes: object) -> list[tuple[int, str, str]]:
    """(row, column, rule) of everything that is refused."""
    return list(check(received(name, rows, **changes)).quarantined.select("row", "column", "rule").iter_rows())


@pytest.mark.parametrize("name", TABLES)
def test_the_worked_example_is_loaded_as_it_stands(name: str) -> None:
    rows = load()[name].drop("batch_id")
    newest = [*rows["known_at"].to_list(), DAY]
    checked = check(received(name, rows, received_on=max(newest)))
    assert checked.quarantined.is_empty()
    assert pl.concat([b.rows for b in checked.batches]).drop("batch_id").equals(rows)


def test_what_rows_do_not_bring_is_filled_in_from_the_file() -> None:
    (batch,) = check(received("incomes", incomes(("H01", 100)))).batches
    assert batch.rows.select("known_at", "source", "retracted").row(0) == (DAY, "finance", False)


def test_an_empty_day_or_source_is_filled_in_too() -> None:
    rows = incomes(("H01", 100), ("H02", 100)).with_columns(
        known_at=pl.Series([date(2025, 2, 1), None]), source=pl.Series(["village", None])
    )
    (batch,) = check(received("incomes", rows)).batches
    assert batch.rows.select("known_at", "source").rows() == [(date(2025, 2, 1), "village"), (DAY, "finance")]


def test_a_file_becomes_one_batch_per_county_in_order() -> None:
    rows = incomes(("H01", 1), ("H02", 2), ("H03", 3)).with_columns(county=pl.Series(["990102", "990101", "990102"]))
    checked = check(received("incomes", rows, full_list=True, period_from=date(2025, 1, 1)))
    assert [(b.county, b.rows["amount"].to_list(), b.rows_read) for b in checked.batches] == [
        ("990101", [2], 1),
        ("990102", [1, 3], 2),
    ]
    assert {(b.full_list, b.period_from, b.sha256) for b in checked.batches} == {(True, date(2025, 1, 1), "0" * 64)}


@pytest.mark.parametrize("county", [None, "", "9901", "99010x"])
def test_a_row_without_a_county_is_refused_with_a_reason(county: str | None) -> None:
    rows = incomes(("H01", 1), ("H02", 2)).with_columns(county=pl.Series([county, COUNTY]))
    checked = check(received("incomes", rows))
    assert checked.quarantined.select("row", "column", "value", "rule").rows() == [
        (1, "household_id", full_id("H01"), "county")
    ]
    assert "所属县" in checked.quarantined["reason"][0]
    assert checked.rows_loaded == 1


def test_a_file_without_any_county_is_refused_row_by_row() -> None:
    rows = incomes(("H01", 1)).with_columns(county=pl.lit(None))
    assert rules("incomes", rows) == [(1, "household_id", "county")]


def test_a_row_known_after_the_day_of_receipt_is_refused() -> None:
    rows = incomes(("H01", 1), ("H02", 2)).with_columns(known_at=pl.Series([DAY, date(2025, 3, 11)]))
    assert rules("incomes", rows) == [(2, "known_at", "receipt")]


def test_equal_rows_of_one_key_become_one_and_are_counted() -> None:
    checked = check(received("incomes", incomes(("H01", 1), ("H02", 2), ("H01", 1), ("H01", 1))))
    assert (checked.rows_read, checked.rows_loaded, checked.rows_duplicate, checked.rows_refused) == (4, 2, 2, 0)
    assert checked.batches[0].rows["amount"].to_list() == [1, 2]


def test_rows_that_disagree_on_a_key_are_all_refused_even_those_that_agree_with_each_other() -> None:
    checked = check(received("incomes", incomes(("H01", 1), ("H02", 2), ("H01", 1), ("H01", 3))))
    assert checked.quarantined.select("row", "rule").rows() == [(1, "conflict"), (3, "conflict"), (4, "conflict")]
    assert (checked.rows_loaded, checked.rows_duplicate, checked.rows_refused) == (1, 0, 3)


def test_two_versions_of_a_key_known_on_two_days_are_no_conflict() -> None:
    rows = incomes(("H01", 1), ("H01", 3)).with_columns(known_at=pl.Series([date(2025, 2, 1), DAY]))
    assert check(received("incomes", rows)).rows_loaded == 2


def test_unreadable_cells_and_broken_rules_end_in_one_list() -> None:
    unreadable = pl.DataFrame(
        [(2, "amount", "many", "unreadable", "no amount")], schema=no_failures().schema, orient="row"
    )
    checked = check(received("incomes", incomes(("H01", -1), ("H02", None), ("H03", 3)), unreadable=unreadable))
    assert checked.quarantined.columns == list(FAILURES)
    assert checked.quarantined.select("file", "table", "row", "value", "rule").rows() == [
        ("2025-03-10/file.csv", "incomes", 1, "-0.01", "range"),
        ("2025-03-10/file.csv", "incomes", 2, "many", "unreadable"),
    ]
    assert (checked.rows_read, checked.rows_loaded, checked.rows_refused) == (3, 1, 2)


def test_a_row_too_torn_to_be_among_the_rows_counts_as_read_and_refused() -> None:
    unreadable = pl.DataFrame([(9, "amount", "x", "cells", "torn")], schema=no_failures().schema, orient="row")
    checked = check(received("incomes", incomes(("H01", 1)), unreadable=unreadable))
    assert (checked.rows_read, checked.rows_loaded, checked.rows_refused) == (2, 1, 1)


def test_a_missing_column_rejects_the_file_by_name() -> None:
    with pytest.raises(RejectedFile, match=r"2025-03-10/file.csv.*amount"):
        check(received("incomes", incomes(("H01", 1)).drop("amount")))


def test_a_missing_payment_column_counts_as_nothing_paid_and_is_remarked() -> None:
    bill = row("medical_settlements", other_paid=0).drop("other_paid", "batch_id")
    checked = check(received("medical_settlements", bill, remarks=("2 empty lines",)))
    assert checked.batches[0].rows["other_paid"].to_list() == [0]
    assert checked.remarks[0] == "2 empty lines"
    assert "other_paid" in checked.remarks[1]


def test_a_history_load_must_say_when_each_row_was_known() -> None:
    with pytest.raises(RejectedFile, match="known_at"):
        check(received("incomes", incomes(("H01", 1)), mode="h"))
    rows = incomes(("H01", 1), ("H02", 2)).with_columns(known_at=pl.Series([date(2025, 2, 1), None]))
    assert rules("incomes", rows, mode="h") == [(2, "known_at", "required")]


def test_what_is_odd_about_loaded_rows_is_reported_and_kept() -> None:
    survey = row("income_surveys", net_total=1).drop("batch_id")
    checked = check(received("income_surveys", survey))
    assert checked.rows_loaded == 1
    assert "S03" in checked.warned["rule"].to_list()
    assert checked.warned.columns == list(FAILURES)


households = st.sampled_from(["H01", "H02", "H03", "H04"])
cells = st.tuples(households, st.sampled_from([100, 100, 200, -5, None]))
places = st.sampled_from([COUNTY, COUNTY, "990102", None])
days = st.sampled_from([DAY, date(2025, 2, 20), date(2025, 3, 11), date(2024, 12, 1)])


@given(st.lists(st.tuples(cells, places, days), max_size=12), st.sets(st.integers(1, 14), max_size=3))
def test_no_row_is_lost_in_silence(drawn: list[tuple[tuple[str, int | None], str | None, date]], bad: set[int]) -> None:
    rows = incomes(*(cell for cell, _, _ in drawn)).with_columns(
        county=pl.Series([place for _, place, _ in drawn], dtype=pl.String),
        known_at=pl.Series([day for _, _, day in drawn], dtype=pl.Date),
    )
    unreadable = pl.DataFrame([(n, "amount", "?", "unreadable", "no") for n in bad], no_failures().schema, orient="row")
    checked = check(received("incomes", rows, unreadable=unreadable))
    assert checked.rows_read == len({*range(1, len(drawn) + 1), *bad})
    assert checked.rows_read == checked.rows_loaded + checked.rows_duplicate + checked.rows_refused
    assert checked.rows_refused == checked.quarantined["row"].n_unique()
    assert checked.quarantined.null_count().select("row", "column", "rule", "reason").sum_horizontal().item() == 0
    key = ["household_id", "month", "component", "known_at"]
    for batch in checked.batches:
        assert not batch.rows.select(key).is_duplicated().any()


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing_but_row_numbers(order: list[int]) -> None:
    cells = [("H01", 1), ("H01", 1), ("H02", 1), ("H02", 2), ("H03", -1), ("H04", 4)]
    checked = check(received("incomes", incomes(*(cells[i] for i in order))))
    assert sorted(checked.batches[0].rows["household_id"]) == [full_id("H01"), full_id("H04")]
    assert (checked.rows_duplicate, checked.rows_refused) == (1, 3)
