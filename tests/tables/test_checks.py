from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import RejectedFile
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import FAILURE_SCHEMA, all_good, check_rows, warn_rows
from worked_example import faults, load, row


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_the_worked_example_is_good(name: str) -> None:
    good, failures = check_rows(TABLES[name], load()[name])
    assert failures.is_empty()
    assert dict(failures.schema) == FAILURE_SCHEMA
    assert good.equals(load()[name])


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_odd_about_the_worked_example(name: str) -> None:
    assert warn_rows(TABLES[name], load()[name]).is_empty()


@pytest.mark.parametrize("name", TABLES)
def test_rows_asked_for_together_are_good_where_the_schema_says_so(name: str) -> None:
    table, rows = TABLES[name], load()[name]
    odd = {pl.String: "?", pl.Date: date(1, 1, 2), pl.Int64: -1, pl.Int32: -1, pl.Float64: float("inf")}
    spoilt = [
        rows.with_columns(pl.when(pl.int_range(pl.len()) > 0).then(column).otherwise(pl.lit(value, kind)).alias(column))
        for column, kind in table.dtypes.items()
        for value in (None, odd.get(type(kind)))
    ]
    told = all_good([(table, frame) for frame in [rows, *spoilt]])
    assert told == [table.schema.is_valid(frame) for frame in [rows, *spoilt]]
    assert told[0]
    assert not all(told)


@pytest.mark.parametrize("name", TABLES)
def test_an_empty_delivery_gives_an_empty_typed_table(name: str) -> None:
    good, failures = check_rows(TABLES[name], TABLES[name].empty())
    assert good.schema == load()[name].schema
    assert failures.is_empty()


def test_a_missing_optional_column_is_null_and_a_missing_retracted_is_false() -> None:
    good, failures = check_rows(TABLES["shocks"], row("shocks").drop("loss", "retracted"))
    assert failures.is_empty()
    assert good.select("loss", "retracted").row(0) == (None, False)


def test_an_empty_cell_in_retracted_is_false() -> None:
    good, _ = check_rows(TABLES["shocks"], row("shocks", retracted=None))
    assert good["retracted"].to_list() == [False]


def test_a_missing_required_column_rejects_the_file_by_its_chinese_name() -> None:
    with pytest.raises(RejectedFile, match=r"medical_settlements.*self_pay.*个人自付 / 个人负担.*\. / .*“个人自付”"):
        check_rows(TABLES["medical_settlements"], row("medical_settlements").drop("self_pay"))


def test_the_number_of_an_episode_may_be_missing_because_the_view_derives_it() -> None:
    good, failures = check_rows(TABLES["monitoring_episodes"], row("monitoring_episodes").drop("episode_no"))
    assert failures.is_empty()
    assert good["episode_no"].to_list() == [None]


def test_the_row_number_of_the_office_is_reported_and_kept() -> None:
    rows = load()["incomes"].with_columns(row=pl.Series([7, 9, 12]), amount=pl.Series([64000, -1, 90000]))
    good, failures = check_rows(TABLES["incomes"], rows)
    assert good["row"].to_list() == [7, 12]
    assert failures["row"].to_list() == [9]


def test_rows_are_numbered_from_one_without_a_row_column() -> None:
    good, failures = check_rows(TABLES["incomes"], load()["incomes"].with_columns(component=pl.lit("bonus")))
    assert "row" not in good.columns
    assert failures["row"].to_list() == [1, 2, 3]


def test_each_broken_rule_has_its_own_line_with_amounts_in_yuan() -> None:
    rows = row("medical_settlements", disease_group="flu", compliant_self_pay=34050)
    _, failures = check_rows(TABLES["medical_settlements"], rows)
    lines = {line["rule"]: line for line in failures.iter_rows(named=True)}
    assert set(lines) == {"S02", "code"}
    assert lines["S02"]["value"] == "340.50"
    assert lines["code"]["value"] == "flu"
    assert "self_pay" in lines["S02"]["reason"]
    assert "合规自付" in lines["S02"]["reason"]


@given(st.integers(min_value=-(10**12), max_value=-1))
def test_a_negative_amount_is_shown_in_yuan_to_the_fen(fen: int) -> None:
    _, failures = check_rows(TABLES["incomes"], row("incomes", amount=fen))
    assert Decimal(failures["value"].item()) * 100 == fen


def test_columns_outside_the_table_are_ignored() -> None:
    good, failures = check_rows(TABLES["shocks"], row("shocks").with_columns(remark=pl.lit("x")))
    assert failures.is_empty()
    assert "remark" not in good.columns


@pytest.mark.parametrize(
    ("name", "column", "values"),
    [
        ("incomes", "amount", [640.5, 1.0, float("nan")]),
        ("households", "size", [2.5, 3.0, float("inf")]),
        ("households", "size", ["two", "3", ""]),
        ("households", "size", [2**40, 3, -(2**40)]),
        ("households", "relocated", ["是", "true", "yes"]),
        ("households", "relocated", [2, 1, -1]),
        ("incomes", "month", ["2024-13-01", "2024-07-01", "7月"]),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_alone(name: str, column: str, values: list[object]) -> None:
    rows = pl.concat([row(name)] * 3).with_columns(pl.Series(column, values))
    good, failures = check_rows(TABLES[name], rows)
    assert good.height == 1
    assert failures.select("row", "column", "rule").rows() == [(1, column, "type"), (3, column, "type")]
    assert good.schema == load()[name].schema


@pytest.mark.parametrize("values", [[45000], [True], [[1]]])
def test_a_day_is_never_made_from_a_number(values: list[object]) -> None:
    rows = row("incomes").with_columns(pl.Series("month", values))
    assert faults("incomes", rows) == [("month", "type")]


def test_a_moment_is_read_as_its_day() -> None:
    rows = row("incomes").with_columns(month=pl.lit(datetime(2024, 7, 1, 0, 0)))
    good, _ = check_rows(TABLES["incomes"], rows)
    assert good["month"].to_list() == [date(2024, 7, 1)]


def test_a_wrong_type_hides_the_other_faults_of_its_row_only() -> None:
    rows = pl.concat([row("incomes", component="bonus")] * 2).with_columns(amount=pl.Series(["x", "1"]))
    assert faults("incomes", rows) == [("amount", "type"), ("component", "code")]


@pytest.mark.parametrize(
    ("name", "changes", "fault"),
    [
        ("households", {"household_id": "P" + "0" * 24}, ("household_id", "form")),
        ("households", {"household_id": "H" + "A" * 24}, ("household_id", "form")),
        ("households", {"village_code": "99010100100"}, ("village_code", "form")),
        ("households", {"village_code": None}, ("village_code", "required")),
        ("households", {"responsible_id": "  "}, ("responsible_id", "staff_code")),
        ("households", {"responsible_id": "张三 13800000000"}, ("responsible_id", "staff_code")),
        ("visits", {"visitor_id": "138-0000-0000"}, ("visitor_id", "staff_code")),
        ("households", {"batch_id": "x20240101-0001"}, ("batch_id", "form")),
        ("households", {"source": "nobody"}, ("source", "code")),
        ("households", {"size": 31}, ("size", "range")),
        ("households", {"exit_year": 2013}, ("exit_year", "range")),
        ("incomes", {"month": date(2024, 7, 2)}, ("month", "month")),
        ("incomes", {"amount": -1}, ("amount", "range")),
        ("dwellings", {"house_area": 2000.5}, ("house_area", "range")),
        ("dwellings", {"house_area": float("nan")}, ("house_area", "type")),
        ("enrolments", {"term": date(2024, 10, 1)}, ("term", "term")),
        ("loan_statements", {"principal": 0, "balance": 0, "status": "settled"}, ("principal", "range")),
        ("villages", {"village_code": "990101001000"}, ("village_code", "form")),
    ],
)
def test_a_value_outside_its_form_list_or_range_is_named(
    name: str, changes: dict[str, object], fault: tuple[str, str]
) -> None:
    assert faults(name, row(name, **changes)) == [fault]


@pytest.mark.parametrize(
    ("name", "changes", "odd"),
    [
        ("income_surveys", {"net_total": 5130101, "reference_per_capita": None}, {"S03"}),
        ("income_surveys", {"net_per_capita": 1282601}, {"S04"}),
        ("income_surveys", {"net_per_capita": 1282600}, set()),
        ("income_surveys", {"reference_per_capita": 1282500}, {"S05"}),
        ("income_surveys", {"reference_per_capita": 1282500, "claims": None, "compliant_self_pay": None}, set()),
        ("income_surveys", {"reference_per_capita": None}, set()),
        ("loan_statements", {"started_on": date(2025, 9, 20)}, {"D03"}),
        ("loan_statements", {"started_on": None}, set()),
    ],
)
def test_an_odd_row_is_kept_and_reported(name: str, changes: dict[str, object], odd: set[str]) -> None:
    rows = row(name, **changes)
    good, failures = check_rows(TABLES[name], rows)
    assert failures.is_empty()
    warnings = warn_rows(TABLES[name], good)
    assert set(warnings["rule"]) == odd
    assert dict(warnings.schema) == FAILURE_SCHEMA


@given(st.permutations(range(4)), st.lists(st.booleans(), min_size=4, max_size=4))
def test_whether_a_row_is_good_never_depends_on_the_others(order: list[int], spoilt: list[bool]) -> None:
    rows = load()["medical_settlements"].head(4).with_columns(row=pl.int_range(4, dtype=pl.Int64))
    mixed = rows.with_columns(total_cost=pl.col("total_cost") + pl.Series(spoilt).cast(pl.Int64) * 500)[order]
    good, failures = check_rows(TABLES["medical_settlements"], mixed)
    assert good["row"].to_list() == [number for number in order if not spoilt[number]]
    assert failures["row"].to_list() == [number for number in range(4) if spoilt[number]]
