from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import DataError, NothingInForce, UsageError
from riskmodel.features import assemble_view, declared
from riskmodel.policy import Parameter, Policy
from riskmodel.tables import View
from scenario import COUNTY, VILLAGE, features_of, policy_of, rows_of
from worked_example import full_id, load

Tables = Mapping[str, Sequence[Mapping[str, Any]]]

AS_OF = date(2025, 3, 5)
OLD_CODE = "990101001007"
SURVEY = {"period_end": date(2024, 9, 30), "net_per_capita": 8000}


def table(
    tables: Tables, as_of: date = AS_OF, policy: Policy | None = None, only: list[str] | None = None
) -> pl.DataFrame:
    view = View.of({name: rows_of(name, *rows) for name, rows in tables.items()}, as_of, COUNTY)
    return assemble_view(view, policy or policy_of(), only).rows


def test_the_table_has_keys_then_one_float_per_feature_sorted_by_household() -> None:
    rows = table({"households": [{"household_id": h} for h in ("H3", "H1", "H2")]})
    assert rows["household_id"].to_list() == [full_id(h) for h in ("H1", "H2", "H3")]
    assert rows.columns == ["household_id", "village_code", "category", "size", *(f.name for f in declared())]
    assert rows.schema["village_code"] == rows.schema["category"] == pl.String
    assert {rows.schema[f.name] for f in declared()} == {pl.Float64()}


def test_the_matrix_has_nan_where_a_value_is_missing() -> None:
    view = View.of({"households": rows_of("households", {"household_id": "H1", "size": 3})}, AS_OF)
    made = assemble_view(view, policy_of())
    names = [f.name for f in made.features]
    assert made.values.dtype == np.float64
    assert made.values.flags.c_contiguous
    assert made.values[0, names.index("household_size")] == 3
    assert np.isnan(made.values[0, names.index("children")])
    assert made.keys.row(0) == (full_id("H1"), VILLAGE, "ordinary", 3)


def test_only_active_households_are_in_the_table() -> None:
    ended: dict[str, Any] = {"household_id": "H1", "valid_from": date(2025, 3, 1), "status": "merged"}
    both: list[dict[str, Any]] = [{"household_id": "H1"}, ended, {"household_id": "H2"}]
    assert table({"households": both})["household_id"].to_list() == [full_id("H2")]
    assert table({"households": both}, date(2025, 2, 28)).height == 2


def test_no_household_makes_an_empty_table() -> None:
    assert table({"households": []}).height == 0
    assert table({"households": [{"household_id": "H1"}]}, only=[]).height == 0


def test_a_household_that_is_not_active_is_an_error_that_says_what_to_check() -> None:
    with pytest.raises(UsageError, match=rf"1 household\(s\) not active in county {COUNTY} on 2025-03-05"):
        table({"households": [{"household_id": "H1"}]}, only=[full_id("H2")])


def test_the_line_is_that_of_the_survey_as_published_by_the_as_of_date() -> None:
    def line(value: float, published: date, since: date) -> Parameter:
        return Parameter("monitoring_line", "99", value, "yuan/person/year", published, since, None, "x", True, "f")

    ages = [entry for entry in policy_of().entries if entry.kind != "monitoring_line"]
    lines = [line(8000, date(2024, 1, 1), date(2024, 1, 1)), line(10000, date(2025, 3, 6), date(2024, 7, 1))]
    policy = Policy([[*ages, *lines]])
    tables: Tables = {"households": [{"household_id": "H1"}], "income_surveys": [SURVEY]}
    assert table(tables, AS_OF, policy)["income_to_line"].to_list() == [1.0]
    assert table(tables, date(2025, 3, 6), policy)["income_to_line"].to_list() == [0.8]


def test_no_line_in_force_is_an_error_never_a_number() -> None:
    policy = Policy([[entry for entry in policy_of().entries if entry.kind != "monitoring_line"]])
    with pytest.raises(NothingInForce, match="monitoring_line"):
        table({"households": [{"household_id": "H1"}], "income_surveys": [SURVEY]}, AS_OF, policy)


def test_households_under_the_old_and_the_new_code_of_a_village_are_neighbours() -> None:
    replaced = {"village_code": OLD_CODE, "valid_to": date(2025, 1, 1), "successor_code": VILLAGE}
    tables: Tables = {
        "villages": [replaced],
        "households": [{"household_id": "H1", "village_code": OLD_CODE}, {"household_id": "H2"}],
        "income_surveys": [SURVEY | {"household_id": "H2"}],
    }
    rows = table(tables)
    assert rows["village_code"].to_list() == [VILLAGE, VILLAGE]
    assert rows["village_income_to_line"].to_list() == [1.0, None]
    assert table(tables, date(2024, 12, 31))["village_code"].to_list() == [OLD_CODE, VILLAGE]


def test_a_code_replaced_twice_becomes_the_last_one() -> None:
    third = "990101001003"
    first = {"village_code": OLD_CODE, "valid_to": date(2024, 1, 1), "successor_code": third}
    second = {"village_code": third, "valid_to": date(2025, 1, 1), "successor_code": VILLAGE}
    rows = table({"villages": [second, first], "households": [{"household_id": "H1", "village_code": OLD_CODE}]})
    assert rows["village_code"].to_list() == [VILLAGE]


def test_codes_that_replace_each_other_in_a_circle_stop_the_county() -> None:
    first = {"village_code": OLD_CODE, "valid_to": date(2024, 1, 1), "successor_code": VILLAGE}
    second = {"village_code": VILLAGE, "valid_to": date(2025, 1, 1), "successor_code": OLD_CODE}
    with pytest.raises(DataError, match=f"in a circle on 2025-03-05: {VILLAGE}, {OLD_CODE}"):
        table({"villages": [second, first], "households": [{"household_id": "H1"}]})


def test_a_village_where_all_have_one_line_gives_the_same_bits_as_the_county() -> None:
    # 900 fen over 800000: the nearest float is not 900 * (1 / 800000)
    survey = SURVEY | {"net_per_capita": 9}
    elsewhere = {"household_id": "H3", "village_code": "990101001002"}
    households = [{"household_id": "H1"}, {"household_id": "H2"}, elsewhere]
    surveys = [survey | {"household_id": h} for h in ("H1", "H2")]
    county = table({"households": households, "income_surveys": surveys})
    alone = table({"households": households, "income_surveys": surveys}, only=[full_id("H1")])
    assert county["income_to_line"].to_list() == [900 / 800000, 900 / 800000, None]
    assert alone["income_to_line"].to_list() == [900 / 800000]


def test_members_of_no_active_household_are_left_out() -> None:
    elsewhere = [{"person_id": "P1", "household_id": "H9"}]
    assert features_of(AS_OF, members=elsewhere)["mean_age"] is None


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (
            date(2025, 3, 5),  # known: the annual survey of 2024, P01 without work, the pupil enrolled
            {"income_to_line": 14110 / 8000, "reference_income_to_line": 14035 / 8000, "survey_age_days": 156}
            | {"workers_employed": 0, "work_months_share_12m": 0.5, "students": 1, "past_episodes": 1}
            | {"received_to_line_3m": 0.45, "income_months_6m": 2, "major_ill_members": 1, "household_size": 3},
        ),
        (
            date(2025, 6, 5),  # known: the survey of the identification, the suspension, episode 2
            {"income_to_line": 11346.67 / 8000, "reference_income_to_line": 4980 / 8000, "survey_age_days": 36}
            | {"workers_employed": 0, "work_months_share_12m": 1 / 3, "students": 0, "past_episodes": 2}
            | {"received_to_line_3m": None, "income_months_6m": 1, "self_pay_share": 20600 / 34040},
        ),
    ],
)
def test_the_worked_example_of_the_contract(as_of: date, expected: dict[str, float | None]) -> None:
    made = assemble_view(View.of(load(), as_of, COUNTY), policy_of()).rows.row(0, named=True)
    assert {name: made[name] for name in expected} == expected
