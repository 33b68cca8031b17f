"""Stories of households with the features that they must have; every feature has its examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.features import declared
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import check_rows
from scenario import FOLDER, read

PATHS = sorted(FOLDER.glob("*.toml"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_scenario_has_the_expected_features(path: Path) -> None:
    scenario = read(path)
    made = {row["household_id"]: row for row in scenario.features().rows.iter_rows(named=True)}
    wrong = [
        f"{household[-2:]} {name}: {made[household][name]}, expected {value}"
        for household, values in scenario.expected.items()
        for name, value in values.items()
        if made[household][name] != (value if value is None else pytest.approx(value, rel=1e-15, abs=0))
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_the_rows_of_a_scenario_keep_the_contract(path: Path) -> None:
    faults = {name: check_rows(TABLES[name], rows)[1].rows() for name, rows in read(path).rows.items()}
    assert {name: rows for name, rows in faults.items() if rows} == {}


def test_every_feature_has_an_example_with_a_value_and_one_where_it_is_missing() -> None:
    examples = [
        (name, value) for path in PATHS for values in read(path).expected.values() for name, value in values.items()
    ]
    never_missing = {"household_size", "ex_poor", "past_episodes", "income_months_6m", "eliminated_by_help"}
    never_missing |= {f"episodes_for_{cause}" for cause in ("illness", "work", "labour", "schooling", "disaster")}
    names = [f.name for f in declared()]
    assert [n for n in names if not any(name == n and value is not None for name, value in examples)] == []
    assert {n for n in names if not any(name == n and value is None for name, value in examples)} == never_missing
