from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.errors import NothingInForce
from riskmodel.features.line import SURVEYED, line, with_line
from riskmodel.policy import Policy
from riskmodel.tables import View
from scenario import COUNTY, policy_of

AS_OF = date(2025, 3, 5)
VILLAGE = 990101001001


def test_a_household_without_a_survey_has_no_line() -> None:
    assert line(policy_of(), VILLAGE, None, AS_OF) is None


def test_the_line_is_in_fen_and_that_of_the_day_of_the_survey() -> None:
    assert line(policy_of(8000), VILLAGE, date(2024, 9, 30), AS_OF) == 800_000


def test_a_line_that_nobody_entered_is_an_error_and_not_a_missing_one() -> None:
    with pytest.raises(NothingInForce):
        line(Policy([]), VILLAGE, date(2024, 9, 30), AS_OF)


def test_each_household_gets_its_own_line_in_its_own_row() -> None:
    days = pl.Series(SURVEYED, [date(2024, 9, 30), None, date(2024, 9, 30)])
    table = pl.DataFrame([pl.Series("village_code", [VILLAGE] * 3), days])
    assert with_line(table, policy_of(8000), View.of({}, AS_OF, COUNTY))["line"].to_list() == [800_000, None, 800_000]


def test_where_no_survey_is_asked_about_there_is_no_line() -> None:
    table = pl.DataFrame({"village_code": [VILLAGE]})
    assert with_line(table, policy_of(), View.of({}, AS_OF, COUNTY)).equals(table)
