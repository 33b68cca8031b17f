from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import RejectedFile
from riskmodel.sources.source import FAILURES, Checked, Received, check, named, no_failures
from riskmodel.tables import TABLES
from worked_example import full_id, load, row

DAY = date(2025, 3, 10)


def received(name: str, rows: pl.DataFrame, **changes: object) -> Received:
    """A file received on 10 March 2025."""
    facts: dict[str, object] = {"received_on": DAY, "source": "finance", "sha256": "0" * 64, **changes}
    return Received("2025-03-10/file.csv", name, rows, **facts)  # type: ignore[arg-type]  # the tests name the fields


def incomes(*cells: tuple[str, int | None]) -> pl.DataFrame:
    """Income rows of January 2025: household and amount in fen."""
    schema = {"household_id": pl.String, "amount": pl.Int64}
    frame = pl.DataFrame([(full_id(h), amount) for h, amount in cells], schema=schema, orient="row")
    return frame.with_columns(month=pl.lit(date(2025, 1, 1)), component=pl.lit("wage_work"))


def faults(*lines: tuple[int, str, str, str, str]) -> pl.DataFrame:
    return pl.DataFrame(list(lines), schema=no_failures().schema, orient="row")


def rules(checked: Checked) -> list[tuple[int, str, str]]:
    """(row, column, rule) of everything that is refused."""
    return list(checked.refused.select("row", "column", "rule").iter_rows())


def counted(checked: Checked) -> tuple[int, int, int, int]:
    """Rows read, sound, repeated and refused."""
    return checked.rows_read, checked.sound.height, checked.rows_duplicate, checked.refused["row"].n_unique()


@pytest.mark.parametrize("name", TABLES)
def test_the_rows_of_the_worked_example_are_sound_as_they_stand(name: str) -> None:
    rows = load()[name].drop("batch_id")
    newest = [*rows["known_at"].to_list(), DAY]
    checked = check(received(name, rows, received_on=max(newest)))
    assert checked.refused.is_empty()
    assert checked.sound.select(rows.columns).equals(rows)


def test_what_rows_do_not_bring_is_filled_in_from_the_file() -> None:
    sound = check(received("incomes", incomes(("H01", 100)))).sound
    assert sound.columns == [*TABLES["incomes"].columns, "row"]
    assert sound.select("known_at", "source", "retracted", "row").row(0) == (DAY, "finance", False, 1)


def test_an_empty_day_or_source_is_filled_in_too() -> None:
    rows = incomes(("H01", 100), ("H02", 100)).with_columns(
        known_at=pl.Series([date(2025, 2, 1), None]), source=pl.Series(["village", None])
    )
    sound = check(received("incomes", rows)).sound
    assert sound.select("known_at", "source").rows() == [(date(2025, 2, 1), "village"), (DAY, "finance")]


def test_rows_keep_the_numbers_under_which_the_office_sees_them() -> None:
    rows = incomes(("H01", 1), ("H02", -1), ("H03", 3)).with_columns(row=pl.Series([4, 5, 9]))
    checked = check(received("incomes", rows))
    assert checked.sound["row"].to_list() == [4, 9]
    assert rules(checked) == [(5, "amount", "range")]


def test_where_a_row_belongs_passes_through_the_checks_and_anything_else_is_left_out() -> None:
    rows = incomes(("H01", 1), ("H02", -1), ("H03", 3)).with_columns(
        county=pl.Series(["990101", "990102", None]),
        matched_on=pl.Series([date(2025, 1, 1), None, None]),
        waits_for=pl.Series([None, None, "household_id"]),
        remark=pl.lit("x"),
    )
    sound = check(received("incomes", rows)).sound
    assert sound.columns == [*TABLES["incomes"].columns, "row", "county", "matched_on", "waits_for"]
    assert sound.select("county", "matched_on", "waits_for").rows() == [
        ("990101", date(2025, 1, 1), None),
        (None, None, "household_id"),
    ]


def test_a_row_known_after_the_day_of_receipt_is_refused() -> None:
    rows = incomes(("H01", 1), ("H02", 2)).with_columns(known_at=pl.Series([DAY, date(2025, 3, 11)]))
    assert rules(check(received("incomes", rows))) == [(2, "known_at", "receipt")]


def test_equal_rows_of_one_key_become_one_and_are_counted() -> None:
    checked = check(received("incomes", incomes(("H01", 1), ("H02", 2), ("H01", 1), ("H01", 1))))
    assert counted(checked) == (4, 2, 2, 0)
    assert checked.sound.select("row", "amount").rows() == [(1, 1), (2, 2)]


def test_rows_that_disagree_on_a_key_are_all_refused_even_those_that_agree_with_each_other() -> None:
    checked = check(received("incomes", incomes(("H01", 1), ("H02", 2), ("H01", 1), ("H01", 3))))
    assert checked.refused.select("row", "rule").rows() == [(1, "conflict"), (3, "conflict"), (4, "conflict")]
    assert counted(checked) == (4, 1, 0, 3)


def test_the_key_of_a_conflict_is_shown_whole() -> None:
    checked = check(received("incomes", incomes(("H01", 1), ("H01", 2))))
    assert set(checked.refused["value"]) == {f"{full_id('H01')}|2025-01-01|wage_work"}


def test_two_versions_of_a_key_known_on_two_days_are_no_conflict() -> None:
    rows = incomes(("H01", 1), ("H01", 3)).with_columns(known_at=pl.Series([date(2025, 2, 1), DAY]))
    assert counted(check(received("incomes", rows))) == (2, 2, 0, 0)


def test_unreadable_cells_and_broken_rules_end_in_one_list() -> None:
    unreadable = faults((2, "amount", "many", "unreadable", "no amount"))
    checked = check(received("incomes", incomes(("H01", -1), ("H02", None), ("H03", 3)), unreadable=unreadable))
    assert checked.refused.schema == no_failures().schema
    assert checked.refused.select("row", "value", "rule").rows() == [(1, "-0.01", "range"), (2, "many", "unreadable")]
    assert counted(checked) == (3, 1, 0, 2)


def test_a_row_too_torn_to_be_among_the_rows_counts_as_read_and_refused() -> None:
    checked = check(received("incomes", incomes(("H01", 1)), unreadable=faults((9, "amount", "x", "cells", "torn"))))
    assert counted(checked) == (2, 1, 0, 1)


def test_a_fault_names_its_file_and_its_table() -> None:
    file = received("incomes", incomes(("H01", -1)))
    lines = named(check(file).refused, file.file, file.table)
    assert lines.schema == FAILURES
    assert lines.select("file", "table", "row").rows() == [("2025-03-10/file.csv", "incomes", 1)]


def test_a_missing_column_rejects_the_file_by_name() -> None:
    with pytest.raises(RejectedFile, match=r"2025-03-10/file.csv.*amount"):
        check(received("incomes", incomes(("H01", 1)).drop("amount")))


def test_a_missing_payment_column_counts_as_nothing_paid_and_is_remarked() -> None:
    bill = row("medical_settlements", other_paid=0).drop("other_paid", "batch_id")
    checked = check(received("medical_settlements", bill, remarks=("2 empty lines",)))
    assert checked.sound["other_paid"].to_list() == [0]
    assert checked.remarks[0] == "2 empty lines"
    header = TABLES["medical_settlements"].facts["other_paid"].headers[0]
    assert checked.remarks[1] == (
        f"column other_paid is missing, its default was taken / 缺少列“{header}”,按默认值处理"
    )


def test_a_history_load_says_by_the_contracts_delay_when_each_row_was_known() -> None:
    """Incomes: 40 days after the end of the month, but never after the day of the load; a day that is given stays."""
    rows = incomes(("H01", 1), ("H02", 2), ("H03", 3)).with_columns(
        month=pl.Series([date(2024, 1, 1), date(2025, 2, 1), date(2024, 1, 1)]),
        known_at=pl.Series([None, None, date(2024, 2, 3)], dtype=pl.Date),
    )
    sound = check(received("incomes", rows, mode="h")).sound
    assert sound["known_at"].to_list() == [date(2024, 3, 11), DAY, date(2024, 2, 3)]
    assert check(received("incomes", rows.drop("known_at"), mode="h")).sound["known_at"].to_list() == [
        *(date(2024, 3, 11), DAY, date(2024, 3, 11)),
    ]


def test_a_history_row_without_its_month_is_refused_and_no_day_is_guessed() -> None:
    rows = incomes(("H01", 1), ("H02", 2)).with_columns(month=pl.Series([None, date(2024, 1, 1)]))
    checked = check(received("incomes", rows, mode="h"))
    assert {(n, rule) for n, _, rule in rules(checked)} == {(1, "required")}
    assert checked.sound["row"].to_list() == [2]


def test_what_is_odd_about_sound_rows_is_told_and_they_are_kept() -> None:
    survey = row("income_surveys", net_total=1).drop("batch_id")
    checked = check(received("income_surveys", survey))
    assert checked.sound.height == 1
    assert "S03" in checked.odd["rule"].to_list()
    assert checked.odd.schema == no_failures().schema


def test_what_the_reader_found_odd_is_told_of_sound_rows_only() -> None:
    odd = faults(*((n, "household_id", "", "number_form", "odd") for n in (1, 2, 3)))
    checked = check(received("incomes", incomes(("H01", -1), ("H02", 2), ("H02", 2)), odd=odd))
    assert checked.odd["row"].to_list() == [2], "row 1 is refused, row 3 repeats row 2"


households = st.sampled_from(["H01", "H02", "H03", "H04"])
cells = st.tuples(households, st.sampled_from([100, 100, 200, -5, None]))
days = st.sampled_from([DAY, date(2025, 2, 20), date(2025, 3, 11), date(2024, 12, 1)])


@given(st.lists(st.tuples(cells, days), max_size=12), st.sets(st.integers(1, 14), max_size=3), st.sampled_from("rh"))
def test_no_row_is_lost_in_silence(drawn: list[tuple[tuple[str, int | None], date]], bad: set[int], mode: str) -> None:
    rows = incomes(*(cell for cell, _ in drawn)).with_columns(
        known_at=pl.Series([day for _, day in drawn], dtype=pl.Date),
    )
    unreadable = faults(*((n, "amount", "?", "unreadable", "no") for n in bad))
    checked = check(received("incomes", rows, unreadable=unreadable, mode=mode))
    assert checked.rows_read == len({*range(1, len(drawn) + 1), *bad})
    assert checked.rows_read == sum(counted(checked)[1:])
    assert not set(checked.sound["row"]) & set(checked.refused["row"])
    assert checked.refused.null_count().select("row", "column", "rule", "reason").sum_horizontal().item() == 0
    assert not checked.sound.select("household_id", "month", "component", "known_at").is_duplicated().any()


@given(st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing_but_row_numbers(order: list[int]) -> None:
    cells = [("H01", 1), ("H01", 1), ("H02", 1), ("H02", 2), ("H03", -1), ("H04", 4)]
    checked = check(received("incomes", incomes(*(cells[i] for i in order))))
    assert sorted(checked.sound["household_id"]) == [full_id("H01"), full_id("H04")]
    assert counted(checked) == (6, 2, 1, 3)
