"""Rules of severity W between tables, on rows that just break them and on others, in a lake with one family."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import Arrivals, arrives, income, settled
from worked_example import full_id, load, row

if TYPE_CHECKING:
    from pathlib import Path

LATER = date(2025, 4, 10)


@pytest.fixture
def lake(tmp_path: Path) -> Arrivals:
    return settled(tmp_path)


def rules(found: list[tuple[str, int | None, str, str]]) -> set[str]:
    return {rule for *_, rule in found}


def test_k02_the_person_belongs_to_the_household_on_that_day(lake: Arrivals) -> None:
    lake.take(arrives("households", row("households", 2, household_id=full_id("H2"))))
    lake.take(arrives("employment", row("employment", 0)))
    assert lake.warnings() == [("households", 1, "size", "K05")]
    lake.take(arrives("employment", row("employment", 0, household_id=full_id("H2"), month=date(2025, 1, 1)), LATER))
    assert lake.warnings()[1:] == [("employment", 1, "household_id", "K02")]


def test_k05_size_and_head_fit_the_members(lake: Arrivals) -> None:
    lake.take(arrives("households", row("households", 2, size=4, valid_from=date(2025, 3, 1))))
    assert lake.warnings() == [("households", 1, "size", "K05")]
    two_heads = row("members", 1, relation="head", valid_from=date(2025, 3, 1))
    lake.take(
        arrives("households", row("households", 2, valid_from=date(2025, 4, 1)), LATER),
        arrives("members", two_heads, LATER),
    )
    assert lake.warnings()[1:] == [("households", 1, "household_id", "K05")]


@pytest.mark.parametrize(
    ("category", "odd"), [("unstable_ex_poor", False), ("marginal", True), ("sudden_hardship", False)]
)
def test_k07_the_category_of_an_episode_fits_the_household(lake: Arrivals, category: str, odd: bool) -> None:
    lake.take(arrives("monitoring_episodes", row("monitoring_episodes", 0, category=category)))
    assert rules(lake.warnings()) == ({"K07"} if odd else set())


@pytest.mark.parametrize(("second", "odd"), [(date(2022, 5, 1), True), (date(2022, 6, 1), False)])
def test_d05_episodes_do_not_overlap(lake: Arrivals, second: date, odd: bool) -> None:
    """A new one in the month of the elimination is no overlap."""
    again = row("monitoring_episodes", 2, identified_month=second, clue_on=None)
    lake.take(arrives("monitoring_episodes", pl.concat([row("monitoring_episodes", 1), again])))
    assert rules(lake.warnings()) == ({"D05"} if odd else set())


def test_d03_start_and_principal_of_a_loan_never_change(lake: Arrivals) -> None:
    loans = load()["loan_statements"]
    lake.take(arrives("loan_statements", loans[[0]]))
    assert lake.warnings() == []
    changed = loans[[1]].with_columns(principal=pl.lit(60_000_00, dtype=pl.Int64))
    lake.take(arrives("loan_statements", changed, date(2025, 5, 10)))
    assert ("loan_statements", 1, "principal", "D03") in lake.warnings()


def test_s10_a_small_loan_keeps_within_the_policy(lake: Arrivals) -> None:
    big = row("loan_statements", 0, principal=60_000_00, due_on=date(2026, 9, 20))
    lake.take(arrives("loan_statements", big))
    assert [(line[2], line[3]) for line in lake.warnings()] == [("principal", "S10"), ("due_on", "S10")]


@pytest.mark.parametrize(("amount", "odd"), [(4200_00, False), (4201_00, False), (4201_01, True)])
def test_s08_wages_of_persons_and_household_agree_within_a_yuan(lake: Arrivals, amount: int, odd: bool) -> None:
    earned = income("H01", amount, 10, 2024).with_columns(component=pl.lit("wage_work"))
    lake.take(arrives("employment", row("employment", 0)), arrives("incomes", earned))
    assert rules(lake.warnings()) == ({"S08"} if odd else set())


@pytest.mark.parametrize(("amount", "odd"), [(30_000, False), (30_101, True)])
def test_s09_dibao_as_income_and_as_assistance_agree(lake: Arrivals, amount: int, odd: bool) -> None:
    paid = row("incomes", 0, component="tr_dibao", amount=amount, month=date(2025, 1, 1))
    granted = row("social_assistance", 0, scheme="dibao", amount=30_000, month=date(2025, 1, 1))
    lake.take(arrives("incomes", paid), arrives("social_assistance", granted))
    assert rules(lake.warnings()) == ({"S09"} if odd else set())


@pytest.mark.parametrize(("event", "odd"), [(date(2025, 2, 1), False), (date(2025, 2, 2), True)])
def test_d06_nothing_happens_to_a_person_after_death(lake: Arrivals, event: date, odd: bool) -> None:
    died = row("members", 1, leave_reason="died", valid_from=date(2025, 2, 1))
    bill = row("medical_settlements", 0, service_end=event, household_id=full_id("H01"))
    lake.take(arrives("members", died), arrives("medical_settlements", bill))
    assert ("D06" in rules(lake.warnings())) is odd


def test_two_departments_that_disagree_on_one_key_are_reported(lake: Arrivals) -> None:
    lake.take(arrives("incomes", income("H01", 100), source="finance"))
    lake.take(arrives("incomes", income("H01", 200), LATER, source="finance"))
    assert lake.warnings() == [], "a department may correct itself"
    lake.take(arrives("incomes", income("H01", 300), date(2025, 5, 10), source="village"))
    assert lake.warnings() == [("incomes", 1, "source", "sources")]
    assert lake.rows("incomes")["amount"].to_list() == [300]
