from __future__ import annotations

import polars as pl
import pytest

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.table import TAIL, Kind, Subject
from worked_example import load


@pytest.mark.parametrize("name", TABLES)
def test_stored_order_is_the_order_of_the_contract_with_the_tail_last(name: str) -> None:
    table = TABLES[name]
    assert table.columns[-4:] == TAIL
    # The worked example lists the columns of the contract in its order, without retracted.
    assert table.columns == tuple(load()[name].columns)
    assert tuple(table.dtypes) == table.columns


@pytest.mark.parametrize("name", TABLES)
def test_key_and_event_are_columns_that_must_be_present(name: str) -> None:
    table = TABLES[name]
    assert set(table.key) | {table.event} <= set(table.required)
    assert table.facts[table.event].type in (Type.DATE, Type.MONTH)


@pytest.mark.parametrize("name", TABLES)
def test_the_payload_is_all_that_a_delivery_says_about_the_key(name: str) -> None:
    table = TABLES[name]
    assert set(table.key) <= set(table.payload)
    assert not set(table.payload) & set(TAIL)


def test_the_number_of_an_episode_is_no_payload_because_the_view_derives_it() -> None:
    assert "episode_no" not in TABLES["monitoring_episodes"].payload
    assert "episode_no" not in TABLES["monitoring_episodes"].headers


def test_types_are_stored_as_the_contract_says() -> None:
    stored = {fact.type: table.dtypes[name] for table in TABLES.values() for name, fact in table.facts.items()}
    assert stored == {
        Type.ID: pl.String,
        Type.TEXT: pl.String,
        Type.CODE: pl.String,
        Type.AREA12: pl.String,
        Type.DATE: pl.Date,
        Type.MONTH: pl.Date,
        Type.YUAN: pl.Int64,
        Type.INT: pl.Int32,
        Type.NUM: pl.Float64,
        Type.BOOL: pl.Boolean,
    }


def test_every_subject_but_a_village_belongs_to_a_household() -> None:
    assert [table.name for table in TABLES.values() if not table.has_household] == ["villages"]
    persons = {table.name for table in TABLES.values() if table.subject is Subject.PERSON}
    assert persons == {"members", "employment", "medical_settlements", "enrolments"}


def test_only_plans_terms_villages_and_annual_surveys_may_be_known_early() -> None:
    early = {table.name for table in TABLES.values() if table.early_ok}
    assert early == {"villages", "enrolments", "measures", "income_surveys"}
    assert {name for name, table in TABLES.items() if "D09" not in table.rules} == early - {"income_surveys"}


@pytest.mark.parametrize(
    ("table", "header", "columns"),
    [
        ("medical_settlements", "医疗总费用", ("total_cost",)),
        ("medical_settlements", "身份证号", ("person_id",)),
        ("loan_statements", "户编号", ("household_id",)),
        ("households", "村代码", ("village_code",)),
        ("villages", "县(市、区)", ("county_name",)),
        ("members", "健康状况", ("chronic_illness", "major_illness")),
        ("monitoring_episodes", "返贫风险5", ("cause_5",)),
        ("shocks", "是否作废", ("retracted",)),
        ("shocks", "known_at", ("known_at",)),
    ],
)
def test_headers_of_the_offices_find_their_columns(table: str, header: str, columns: tuple[str, ...]) -> None:
    assert TABLES[table].headers[header] == columns


@pytest.mark.parametrize("name", TABLES)
def test_every_column_that_files_carry_has_a_chinese_header(name: str) -> None:
    bare = {column for column, fact in TABLES[name].facts.items() if not fact.headers}
    assert bare <= {"known_at", "source", "batch_id", "episode_no"}


def test_health_disability_money_and_loans_are_sensitive() -> None:
    assert TABLES["loan_statements"].sensitive == TABLES["loan_statements"].columns[3:13]
    assert TABLES["members"].sensitive == (
        "ethnicity",
        "chronic_illness",
        "major_illness",
        "disability_type",
        "disability_grade",
        "labour",
    )
    assert TABLES["shocks"].sensitive == ("loss", "deaths", "injured", "claim_paid")
    assert TABLES["villages"].sensitive == ()


def test_answers_to_the_question_for_a_problem_are_inverted() -> None:
    inverted = {name for table in TABLES.values() for name, fact in table.facts.items() if fact.inverted}
    assert inverted == {"house_ok", "school_ok", "water_ok", "insured_ok"}


def test_missing_columns_with_a_stated_value_say_so() -> None:
    bill = TABLES["medical_settlements"].facts
    assert [name for name, fact in bill.items() if fact.default == 0 and fact.type is Type.YUAN] == [
        "major_paid",
        "supplement_paid",
        "aid_paid",
        "other_paid",
    ]
    assert TABLES["loan_statements"].facts["renewed"].default is False


def test_kinds_are_those_of_the_contract() -> None:
    by_kind = {kind: {table.name for table in TABLES.values() if table.kind is kind} for kind in Kind}
    assert by_kind[Kind.STATE] == {"villages", "households", "members"}
    assert by_kind[Kind.EPISODE] == {"measures", "monitoring_episodes"}
    assert by_kind[Kind.EVENT] == {"medical_settlements", "dwellings", "shocks", "guarantee_checks", "visits"}
