from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from riskmodel.features import REGISTRY, Feature, assemble_view, declared
from riskmodel.features.dating import DECIDED, OF_YEAR, ONE_ROW, Dating, dating, event, year_meant
from riskmodel.features.origins import NEWEST, origins
from riskmodel.features.reading import most_read, windows_in_words
from riskmodel.features.windows import PREPARED, Moment, Seen
from riskmodel.tables import View
from scenario import COUNTY, features_of, rows_of

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

DAYS = (date(2025, 3, 5), date(2025, 3, 20), date(2025, 4, 5), date(2025, 5, 5))
"""Days on which the same is known: nothing happens, and time goes by."""
WINDOWS = ("近", "前4至6个月", "年度", "最近一次致贫")
"""A label that names its window says itself that time moves the value."""


def lived() -> dict[str, Any]:
    """A household with rows in every table, of which much is about to change by time alone."""
    april = {"birth_month": date(2009, 4, 1)}  # of working age, and an adult, from April on
    members = [
        {"person_id": "P1", "relation": "head", "birth_month": date(1965, 5, 1), "labour": "ordinary"},
        {"person_id": "P2", "labour": "ordinary", "major_illness": False, **april, "education": "senior"},
        {"person_id": "P3", "birth_month": date(2019, 4, 1)},
    ]
    known = {"basic_insured": True, "chronic_illness": False, "pension_status": "paying", "disability_type": None}
    ill = {**members[1], "major_illness": True, "valid_from": date(2025, 2, 10)}
    month, post = date(2025, 2, 1), {"public_post": True, "public_post_until": date(2025, 9, 10)}
    loan = {"loan_id": "L1", "month": month, "balance": 5000, "purpose": "other_production", "product": "small_loan"}
    return {
        "households": [{"household_id": "H1", "category": "ex_poor_policy", "size": 3, "exit_year": 2019}],
        "members": [
            *({**known, "major_illness": False, "education": "primary"} | m for m in members),
            {**known, **ill},
        ],
        "income_surveys": [
            {"period_end": date(2024, 9, 30), "persons": 3, "wage": 9000, "net_total": 30000}
            | {"net_per_capita": 10000, "reference_per_capita": 9000, "business": 100, "compliant_self_pay": 10}
            | {"transfer_pension": 5, "transfer_assistance": 6, "wage_public_post": 7, "property": 8}
        ],
        "incomes": [
            {"month": month, "amount": 100, "component": kind}
            for kind in ("wage_work", "op_crop", "tr_dibao", "tr_support", "tr_relief")
            for month in (*(date(2024, m, 1) for m in range(1, 13)), date(2025, 1, 1), date(2025, 2, 1))
        ],
        "employment": [{"person_id": "P1", "month": month, "wage": 2000, "place": "outside", **post}],
        "enrolments": [
            {"person_id": "P2", "term": date(2025, 3, 1), "stage": "senior", "self_pay": 100}
            | {"boarding": True, "student_loan": 0}
        ],
        "dwellings": [
            {"house_grade": "C", "occupied": True, "inspected_on": date(2024, 5, 3), "rebuilt_on": date(2023, 1, 9)},
            {"water_safe": True, "water_source": "well", "inspected_on": date(2024, 6, 3), "outage_days": 3},
        ],
        "medical_settlements": [
            {"settlement_id": "S1", "service_end": date(2025, 2, 9), "self_pay": 50}
            | {"compliant_self_pay": 20, "in_county": True}
        ],
        "loan_statements": [{**loan, "due_on": date(2025, 9, 10)}],
        "shocks": [
            {"happened_on": date(2025, 1, 3), "kind": "flood", "loss": 900, "injured": 1},
            {"happened_on": date(2025, 1, 4), "kind": "fire", "loss": 800},
        ],
        "social_assistance": [{"month": month, "amount": 30}],
        "measures": [
            {"measure_id": "M1", "started_on": date(2024, 3, 3), "ended_on": date(2025, 3, 25)},
            {"measure_id": "M2", "measure": "finance", "started_on": date(2024, 4, 3), "ended_on": date(2025, 3, 26)},
            {"measure_id": "M3", "measure": "social_security", "started_on": date(2024, 4, 4)},
            {"measure_id": "M4", "measure": "health", "started_on": date(2024, 4, 4), "ended_on": date(2025, 3, 25)},
            {"measure_id": "M5", "started_on": date(2024, 4, 4), "ended_on": date(2025, 3, 25), "delivered": False},
        ],
        "guarantee_checks": [
            {"checked_on": date(2025, 1, 7), "house_ok": True, "school_ok": True, "water_ok": True}
            | {"insured_ok": False}
        ],
        "visits": [{"visited_on": date(2025, 1, 9)}],
        "monitoring_episodes": [
            {"identified_month": date(2023, 2, 1), "cause_1": "ILL", "cause_2": "IND"}
            | {"eliminated_month": date(2024, 8, 1), "elimination_mode": "by_help"}
        ],
    }


@pytest.fixture(scope="module")
def as_time_goes_by() -> list[dict[str, float | None]]:
    return [features_of(day, **lived()) for day in DAYS]


@pytest.mark.parametrize("f", declared(), ids=lambda f: f.name)
def test_the_date_of_a_feature_stays_true_while_time_alone_goes_by(
    f: Feature, as_time_goes_by: list[dict[str, float | None]]
) -> None:
    values, of = [features[f.name] for features in as_time_goes_by], dating(f)
    if of.of_event:
        days = {event(of, value, day) for value, day in zip(values, DAYS, strict=True)}
        assert len(days) == 1  # the event stays where it was
        assert None not in days
    elif of is Dating.ROW:
        assert len(set(values)) == 1
    elif of is Dating.NEWEST:
        assert len(set(values)) == 1 or any(window in f.label for window in WINDOWS)
    else:
        assert len(set(values)) > 1  # else the as-of date would tell nothing


def test_every_decision_is_about_a_declared_feature() -> None:
    assert set(DECIDED) <= set(REGISTRY)


def test_undecided_features_of_one_row_have_its_date_and_others_the_newest() -> None:
    kinds = {
        name: dating(REGISTRY[name]) for name in ("income_to_line", "house_grade", "bills_to_income_12m", "ex_poor")
    }
    assert list(kinds.values()) == [Dating.ROW, Dating.ROW, Dating.NEWEST, Dating.NEWEST]
    assert dating(REGISTRY["village_income_to_line"]) is Dating.NEWEST


def test_the_features_of_one_calendar_year_are_known_and_name_it() -> None:
    of_year = {f.name for f in declared() for _, window in windows_in_words(f) if "of the year" in window}
    assert of_year == OF_YEAR
    for name in OF_YEAR:
        assert "年度" in REGISTRY[name].label
        assert "of the year" in REGISTRY[name].english
        assert year_meant(REGISTRY[name], date(2025, 1, 5)) == 2024
        assert year_meant(REGISTRY[name], date(2025, 1, 31)) == 2025
    assert year_meant(REGISTRY["bills_to_income_12m"], date(2025, 1, 5)) is None


def test_tables_of_one_row_have_one_row_per_household() -> None:
    day, before = DAYS[0], date(2024, 2, 29)
    twice = {name: lived()[name] for name in ("income_surveys", "dwellings", "guarantee_checks")}
    for rows in twice.values():
        event_of = next(cell for cell in ("period_end", "inspected_on", "checked_on") if cell in rows[0])
        rows += [row | {event_of: before} for row in rows]
    view = View.of({name: rows_of(name, *rows) for name, rows in twice.items()}, day, COUNTY)
    assert {table for name in ONE_ROW for table in PREPARED[name].tables} == set(twice)
    for name in ONE_ROW:
        assert PREPARED[name].rows(Seen(view, Moment(day))).collect().height == 1


def test_days_since_the_newest_row_lead_back_to_it(sample_workspace: Workspace) -> None:
    (county,) = sample_workspace.counties()
    table = assemble_view(sample_workspace.lake.view(county, date(2024, 5, 5)), sample_workspace.policy)
    assert table.newest is not None
    newest = origins(table.newest)
    for f in declared():
        if dating(f) is not Dating.DAYS_AGO:
            continue
        told = [event(Dating.DAYS_AGO, value, table.as_of) for value in table.rows[f.name].head(200)]
        row = newest[f"{NEWEST}{most_read(f).asked[0].prepared}"].head(200)
        same = pl.Series(told, dtype=pl.Date)
        monthly = (same.dt.truncate("1mo") == row).all()
        assert (same == row).all() or monthly
        assert (same.is_null() == row.is_null()).all() or f.name == "bill_age_days"


@pytest.mark.parametrize(
    ("of", "value", "day"),
    [
        (Dating.DAYS_AGO, 3.0, date(2026, 1, 1)),
        (Dating.MONTHS_AGO, 1.0, date(2025, 12, 1)),
        (Dating.MONTHS_AGO, 0.0, date(2026, 1, 1)),
        (Dating.MONTHS_AHEAD, 2.0, date(2026, 3, 1)),
        (Dating.YEAR_ENDED, 12.0, date(2024, 1, 1)),
        (Dating.YEAR_ENDED, 24.0, date(2023, 1, 1)),
        (Dating.YEAR_ENDED, 0.0, None),  # 2025 or 2026
        (Dating.MONTHS_AGO, None, None),
        (Dating.AS_OF, 3.0, None),
    ],
)
def test_an_event_is_reckoned_from_the_as_of_date(of: Dating, value: float | None, day: date | None) -> None:
    assert event(of, value, date(2026, 1, 4)) == day


def test_within_the_year_of_exit_the_year_is_known() -> None:
    assert event(Dating.YEAR_ENDED, 0.0, date(2026, 5, 4)) == date(2026, 1, 1)
