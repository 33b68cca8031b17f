"""Every feature has a worked example, and a complete declaration."""

from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.features import declared
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import check_rows
from scenario import FOLDER, read

PATHS = sorted(FOLDER.glob("*.toml"))
FEATURES = declared()
UNITS = {"倍", "比例", "人", "是否", "级", "岁", "月", "次", "天"}


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
    never_missing = {"household_size", "ex_poor", "past_episodes", "income_months_6m"}
    names = [f.name for f in FEATURES]
    assert [n for n in names if not any(name == n and value is not None for name, value in examples)] == []
    assert {n for n in names if not any(name == n and value is None for name, value in examples)} == never_missing


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_a_declaration_is_complete(feature: object) -> None:
    f = next(f for f in FEATURES if f is feature)
    assert f.unit in UNITS
    assert f.direction in (-1, 0, 1)
    assert f.group.zh
    assert len(f.definition) > 20
    assert any("\u4e00" <= letter <= "\u9fff" for letter in f.label)
    assert f.english.isascii()
    assert f.english[0].islower()


def test_no_two_features_share_a_label() -> None:
    assert len({f.label for f in FEATURES}) == len({f.english for f in FEATURES}) == len(FEATURES)


def test_only_ratios_have_a_unit_of_ratios() -> None:
    assert [f.name for f in FEATURES if f.ratio and f.unit != "倍"] == []
