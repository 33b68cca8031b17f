from __future__ import annotations

import json
from pathlib import Path

import pytest

from riskmodel.errors import UsageError
from riskmodel.workflows.model_report.material import material, newest_backtest, reported_version
from tested_county import Backtested
from trained_county import LABEL, NOW, SOON, Office


def test_the_newest_back_tests_of_both_horizons_and_the_champion_are_taken(tested: Backtested) -> None:
    found = tested.material
    assert [test["label"] for test in found.tests] == [LABEL, SOON]
    assert (found.version.version, found.kind) == (1, "lightgbm")
    assert found.lacking == []
    assert found.simulated  # the sample county lies in an invented area
    assert found.counties == ["990301"]


def test_without_a_back_test_the_way_to_one_is_told(office: Office) -> None:
    with pytest.raises(UsageError, match=r"no finished back-test of new_entry_12m.* / .*请先运行：riskmodel backtest"):
        material(office.workspace, NOW)


def test_a_shorter_horizon_without_a_back_test_is_said_to_be_lacking(tested: Backtested, tmp_path: Path) -> None:
    place = tested.copied(tmp_path)
    (place.home / "backtests" / SOON).rename(place.home / "aside")
    found = material(place, NOW)
    assert [label.name for label in found.lacking] == [SOON]
    assert len(found.tests) == 1


def test_the_newest_of_several_back_tests_is_taken_and_an_older_kind_of_result_refused(
    tested: Backtested, tmp_path: Path
) -> None:
    place = tested.copied(tmp_path)
    for name, made_at in (("older", "2020-01-01T00:00:00+08:00"), ("newer", "2030-01-01T00:00:00+08:00")):
        folder = place.home / "backtests" / SOON / name
        folder.mkdir()
        (folder / "result.json").write_text(json.dumps(tested.material.tests[1] | {"made_at": made_at, "seed": name}))
    newest = newest_backtest(place, SOON)
    assert newest is not None
    assert newest["seed"] == "newer"
    poor = {k: v for k, v in newest.items() if k != "by_date"}
    (place.home / "backtests" / SOON / "newer" / "result.json").write_text(json.dumps(poor))
    with pytest.raises(UsageError, match=r"told less than a report needs.*riskmodel backtest"):
        newest_backtest(place, SOON)


def test_without_a_champion_the_newest_version_is_reported(tested: Backtested) -> None:
    registry = tested.workspace.registry
    assert reported_version(tested.workspace, f"household-risk-{LABEL}").aliases == ("champion",)
    assert len(registry.versions(f"household-risk-{LABEL}")) == 2
    with pytest.raises(UsageError, match=r"no model household-risk-other is registered.*riskmodel train"):
        reported_version(tested.workspace, "household-risk-other")
