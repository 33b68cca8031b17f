from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import UsageError
from riskmodel.features import declared
from riskmodel.features.origins import STATE
from riskmodel.features.windows import PREPARED
from riskmodel.rendering.values import TELL
from riskmodel.tables.catalogue import TABLES
from riskmodel.workflows.about import (
    date_beside,
    known_feature,
    mainly_read,
    of_others,
    prepared_alike,
    stored_table,
    tables_asked,
    tables_needed,
    why_missing,
)

AS_OF, NEWEST = date(2026, 1, 4), date(2025, 8, 12)


@pytest.mark.parametrize(
    ("feature", "table"),
    [
        ("bills_to_income_12m", "bills"),
        ("ex_poor", STATE),
        ("development_lacking", "measures"),  # it asks first who can work
        ("social_security_only", "measures"),
        ("village_income_to_line", "surveys"),
    ],
)
def test_a_feature_is_mainly_about_one_table(feature: str, table: str) -> None:
    assert mainly_read(feature) == table


def test_every_main_table_is_one_that_the_feature_asks_or_the_state_and_is_stored_somewhere() -> None:
    for f in declared():
        main = mainly_read(f.name)
        assert main in tables_asked(f.name) or (main == STATE and not tables_asked(f.name))
        assert main in PREPARED or main == STATE
        assert stored_table(main) in TABLES


def test_the_survey_is_the_surest_of_the_tables_needed() -> None:
    assert tables_needed("assistance_to_income_12m") == ("surveys", "assistance")
    assert tables_needed("top_wage_to_line") == ("surveys", "workers")
    assert tables_needed("stay_to_warning") == ("bills",)  # without an episode it is not monitored
    for f in declared():
        assert set(tables_needed(f.name)) <= set(tables_asked(f.name))


def test_parts_of_one_table_have_words_of_their_own() -> None:
    assert prepared_alike("water") == ("housing",)
    assert prepared_alike("surveys") == ()
    for prepared in PREPARED:
        assert (f"part.{prepared}" in TELL) == bool(prepared_alike(prepared))


def test_only_features_of_the_village_are_of_others() -> None:
    assert {f.name for f in declared() if of_others(f.name)} == {
        f.name for f in declared() if f.name.startswith("village_")
    }


def test_a_date_is_told_with_what_it_is_and_as_fine_as_it_is_known() -> None:
    assert date_beside("house_grade", 1.0, NEWEST, AS_OF) == (NEWEST, "day", "row")
    assert date_beside("students", 1.0, NEWEST, AS_OF) == (NEWEST, "term", "newest")
    assert date_beside("head_age", 60.0, NEWEST, AS_OF) == (AS_OF, "day", "as_of")
    assert date_beside("head_age", 60.0, None, AS_OF) == (AS_OF, "day", "as_of")
    assert date_beside("income_age_days", 4.0, NEWEST, AS_OF) == (date(2025, 12, 1), "month", "event")
    assert date_beside("months_since_exit", 12.0, NEWEST, AS_OF) == (date(2024, 1, 1), "year", "event")
    assert date_beside("post_months_left", 2.0, NEWEST, AS_OF) == (date(2026, 3, 1), "month", "ahead")
    assert date_beside("days_since_visit", None, NEWEST, AS_OF) == (None, "day", "event")


def test_why_a_value_is_missing_is_read_from_its_row() -> None:
    row = {"as_of": AS_OF, "value_loans_to_line": 0.0, "newest_loans": NEWEST, "value_loans_non_production_share": None}
    assert why_missing("loans_non_production_share", row) == "not_applicable"
    assert why_missing("loans_non_production_share", {**row, "value_loans_to_line": None}) == "either"
    assert why_missing("loans_overdue", {**row, "newest_loans": None}) == "no_record"
    assert why_missing("house_grade", {**row, "newest_housing": NEWEST}) == "not_known"
    assert why_missing("village_overdue_share", row) == "either"


def test_a_feature_of_another_version_asks_to_score_again() -> None:
    with pytest.raises(UsageError, match="harvest_12m, which this version does not declare"):
        known_feature("harvest_12m")
