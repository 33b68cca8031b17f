from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.scoring.survey_year import less_spent, more_income
from supposed import SURVEY, cells, household

NOTHING = pl.DataFrame(schema={"month": pl.Date, "amount": pl.Int64})
AUGUST, OCTOBER = date(2024, 8, 1), date(2024, 10, 1)


def test_only_months_of_the_survey_s_own_year_count() -> None:
    fen = {date(2023, 9, 1): 1, date(2023, 10, 1): 20, AUGUST: 300, OCTOBER: 4000}
    made = more_income(household(income_surveys=[SURVEY]), fen, "transfer", "transfer_assistance", NOTHING)
    assert cells(made, "income_surveys", "transfer", "transfer_assistance") == [(320, 320)]


@pytest.mark.parametrize(("recorded", "added"), [(0, 400), (100, 500), (600, 1000), (9000, 1000)])
def test_what_the_survey_counts_beyond_the_record_is_taken_for_months_asked_for(recorded: int, added: int) -> None:
    rows = household(income_surveys=[SURVEY | {"transfer": 6, "transfer_assistance": 6}])
    on_record = pl.DataFrame({"month": [AUGUST], "amount": [recorded]}, schema=NOTHING.schema)
    made = more_income(rows, {date(2024, 7, 1): 1000}, "transfer", "transfer_assistance", on_record)
    assert cells(made, "income_surveys", "transfer_assistance") == [(600 + added,)]


def test_no_more_is_relieved_than_was_counted() -> None:
    rows = household(income_surveys=[SURVEY])
    made = less_spent(rows, {AUGUST: 60000, OCTOBER: 1})
    assert cells(made, "income_surveys", "compliant_self_pay", "reference_per_capita") == [(0, 500000)]
    assert less_spent(rows, {OCTOBER: 1}).changes_since(rows) == []


def test_without_a_survey_nothing_changes() -> None:
    rows = household()
    assert more_income(rows, {AUGUST: 1}, "wage", "wage_public_post", NOTHING).changes_since(rows) == []
    assert less_spent(rows, {AUGUST: 1}).changes_since(rows) == []
