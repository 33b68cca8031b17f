from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_rows import batch
from riskmodel.errors import UsageError
from riskmodel.tables import Lake
from riskmodel.tables.catalogue import TABLES
from riskmodel.training.labels import LABELS, label_named, outcomes
from scenario import COUNTY, policy_of, rows_of
from told_outcomes import (
    DELAY,
    ENTRY,
    LATEST,
    SETTLED,
    WARNINGS,
    D,
    Tables,
    episode,
    lake_of,
    receive_nothing_new,
    told,
)

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.training.labels import Label

EVERY = st.sampled_from(list(LABELS.values()))
MONTH_ENDS = [date(2026 + n // 12, n % 12 + 1, 1) - timedelta(days=1) for n in range(-6, 20)]


# --- declarations ---


def test_the_first_label_is_new_entry_and_every_label_says_what_it_is() -> None:
    assert next(iter(LABELS)) == "new_entry_12m"
    for name, label in LABELS.items():
        assert label.name == name == label_named(name).name
        assert name.endswith(f"_{label.horizon}m")
        assert all((label.title, label.english, label.cohort, label.event, label.settles_after))
        assert set(label.tables) <= set(TABLES)


def test_the_shorter_horizon_of_a_label_is_the_same_event_within_fewer_months() -> None:
    assert {name: label.shorter for name, label in LABELS.items() if label.shorter} == {"new_entry_12m": "new_entry_6m"}
    for label in LABELS.values():
        if label.shorter:
            other = label_named(label.shorter)
            assert other.horizon < label.horizon
            assert (other.outcome, other.tables, other.title) == (label.outcome, label.tables, label.title)


def test_an_unknown_label_is_an_error_that_lists_the_labels() -> None:
    with pytest.raises(UsageError, match=r"no label 'new_entry'.*new_entry_12m, new_entry_6m, income_below_line_12m"):
        label_named("new_entry")


# --- censoring ---


def story() -> Tables:
    """H1 has the event of every label, H2 of none; both are in every cohort."""
    both, old = ("H1", "H2"), {"eliminated_month": date(2024, 11, 1)}
    known = [date(2025, 2, 20), date(2026, 2, 20)]
    months = list(zip((date(2025, 1, 1), date(2026, 1, 1)), known, strict=True))
    ends = list(zip((date(2024, 12, 31), date(2025, 12, 31)), known, strict=True))
    met = {"house_ok": True, "school_ok": True, "insured_ok": True, "water_ok": True}
    return {
        "households": [{"household_id": h} for h in both],
        "members": [{"household_id": h, "person_id": f"P{h[1:]}"} for h in both],
        "monitoring_episodes": [
            *(episode("2023-05", date(2024, 12, 5), household=h, **old) for h in both),
            episode("2025-05"),
        ],
        "incomes": [
            {"household_id": h, "month": month, "amount": amount, "known_at": day}
            for h, later in (("H1", 400), ("H2", 500))
            for (month, day), amount in zip(months, (500, later), strict=True)
        ],
        "income_surveys": [
            {"household_id": h, "period_end": last, "net_per_capita": net, "known_at": day}
            for h, later in (("H1", 5000), ("H2", 7000))
            for (last, day), net in zip(ends, (7000, later), strict=True)
        ],
        "medical_settlements": [
            {"household_id": h, "settlement_id": f"S{n}", "service_end": date(2025, 6, 10), "self_pay": paid}
            for n, (h, paid) in enumerate((("H1", 30000), ("H2", 100)))
        ],
        "shocks": [],
        "guarantee_checks": [
            *({"household_id": h, "checked_on": date(2025, 1, 10)} | met for h in both),
            {"household_id": "H1", "checked_on": date(2025, 7, 10), "water_ok": False},
            {"household_id": "H2", "checked_on": date(2025, 7, 10)} | met,
        ],
    }


@pytest.fixture(scope="module")
def settled_lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The story, and registers that kept coming."""
    lake = lake_of(tmp_path_factory.mktemp("settled"), **story())
    receive_nothing_new(lake, MONTH_ENDS)
    return lake


@given(EVERY, st.integers(0, 6), st.integers(-2, 400), st.sampled_from([5, 17, 31]))
def test_a_label_that_has_not_matured_gives_no_row_and_never_a_negative(
    settled_lake: Lake, label: Label, delay: int, early: int, run_day: int
) -> None:
    as_of, policy = date(2025, 3, run_day), policy_of(6000, **WARNINGS, **{"label.reporting_delay_months": delay})
    read_on = label.matures_on(as_of, delay) - timedelta(days=early)
    found = outcomes(label, settled_lake, COUNTY, as_of, read_on, policy)
    assert found.schema == {"household_id": pl.String, "event": pl.Boolean}
    assert found.is_empty() == (early > 0)


@pytest.mark.parametrize("name", LABELS)
def test_what_has_settled_is_told_of_every_household_of_the_cohort_in_order(settled_lake: Lake, name: str) -> None:
    policy = policy_of(6000, **WARNINGS, **DELAY)
    found = outcomes(LABELS[name], settled_lake, COUNTY, D, LATEST, policy)
    assert told(found) == {"H1": True, "H2": False}
    assert found["household_id"].is_sorted()


def test_the_newest_delivery_is_the_day_of_reading(settled_lake: Lake) -> None:
    read_on = settled_lake.newest_delivery()
    assert ENTRY.matures_on(D, 2) <= read_on
    found = outcomes(ENTRY, settled_lake, COUNTY, D, read_on, policy_of(**DELAY))
    assert told(found) == {"H1": True, "H2": False}


@pytest.mark.parametrize(("label", "table"), [(label, table) for label in LABELS.values() for table in label.tables])
def test_the_silence_of_one_register_that_stopped_coming_is_no_negative(
    tmp_path: Path, label: Label, table: str
) -> None:
    policy, lake, matured = policy_of(6000, **WARNINGS, **DELAY), Lake(tmp_path), label.matures_on(D, 2)
    lake.receive(batch(name, date(2025, 3, 1), rows_of(name, *rows)) for name, rows in story().items() if rows)
    receive_nothing_new(lake, [LATEST], [name for name in story() if name != table])
    assert outcomes(label, lake, COUNTY, D, LATEST, policy).is_empty()
    for day, height in ((matured - timedelta(days=1), 0), (matured, 2)):
        receive_nothing_new(lake, [day], [table])
        assert outcomes(label, lake, COUNTY, D, LATEST, policy).height == height


def test_a_register_of_which_no_row_could_be_used_is_no_negative(tmp_path: Path) -> None:
    lake, policy = Lake(tmp_path), policy_of(**DELAY)
    lake.receive([batch("households", date(2026, 5, 31), rows_of("households", {"household_id": "H1"}))])
    for unusable, rows in ((5, 0), (4, 1)):
        register = batch("monitoring_episodes", date(2026, 4, 30), rows_of("monitoring_episodes"))
        lake.receive([replace(register, rows_read=5, rows_unusable=unusable, sha256=f"{unusable}")])
        assert outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy).height == rows


def test_a_household_of_which_nothing_is_known_is_a_negative_only_where_its_register_came(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.receive([batch("households", date(2026, 5, 31), rows_of("households", {"household_id": "H1"}))])
    policy = policy_of(**DELAY)
    assert outcomes(ENTRY, lake, COUNTY, D, SETTLED, policy).is_empty()
    for day, rows in ((date(2026, 4, 29), 0), (date(2026, 4, 30), 1)):
        lake.receive([replace(batch("monitoring_episodes", day, rows_of("monitoring_episodes")), sha256=f"{day}")])
        assert outcomes(ENTRY, lake, COUNTY, D, date(2026, 5, 31), policy).height == rows
