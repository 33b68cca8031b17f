from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from command_line import answer
from riskmodel.serving.cli.evaluation import _benchmark_lines
from riskmodel.training.eph_protocol import REFERENCE
from riskmodel.training.gate import Verdict
from riskmodel.training.intervals import Interval
from riskmodel.training.panel_gate import PanelGate
from riskmodel.workflows.explain import explain
from trained_county import Office


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 rows in which a low income goes before the outcome."""
    rng = np.random.default_rng(1)
    income = rng.lognormal(9, 0.6, 400)
    columns = {
        "id": np.arange(400) // 2,
        "year": 2020 + np.arange(400) % 4,
        "income": income,
        "line": np.full(400, 8000.0),
        "code": rng.integers(1, 4, 400),
        "fell": rng.random(400) < 1 / (1 + (income / 8000) ** 3),
    }
    path = tmp_path_factory.mktemp("flat") / "table.csv"
    pl.DataFrame(columns).write_csv(path)
    return path


def test_a_flat_table_is_judged_in_folds(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--target", "fell", "--folds", 2, "--group", "id", "--exclude", "year", "--categories", "code"]
    done = answer(capsys, "evaluate-table", table, *words, "--json")
    assert done.code == 0, done.err
    assert set(done.json["models"]) == {"naive", "logistic", "lightgbm"}
    assert (done.json["n_train"], done.json["n_test"]) == (200, 400)
    assert done.json["features"] == ["income", "line", "code"]


def test_a_flat_table_is_judged_in_time_and_told_as_a_table(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    split = ["--time", "year", "--train-before", 2022, "--test-from", 2022, "--test-until", 2022]
    words = ["--target", "fell", *split, "--income", "income", "--line", "line", "--exclude", " id , "]
    done = answer(capsys, "evaluate-table", table, *words)
    assert done.code == 0, done.err
    assert "train 200, test 100" in done.out
    assert "naive on income_to_line_log" in done.out
    assert [line.split()[0] for line in done.out.splitlines()[2:5]] == ["naive", "logistic", "lightgbm"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--target", "fell"], "give either --folds"),
        (["--target", "fell", "--folds", "2", "--exclude", "id,id"], "named twice"),
        (["--target", "rose", "--folds", "2"], "no column rose"),
        (["--folds", "2"], "--target"),
    ],
)
def test_a_wrong_question_is_refused(
    table: Path, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    shown = answer(capsys, "evaluate-table", table, *words, "--json")
    assert shown.code == 2
    assert reason in shown.json["error"]["message"]


def test_the_benchmark_refuses_a_folder_without_the_panel(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "benchmark", "eph", tmp_path, "--json", home=tmp_path / "home")
    assert shown.code == 2
    assert "must hold panel/ and raw/" in shown.json["error"]["message"]


def test_benchmark_numbers_stand_beside_the_reference(office: Office) -> None:
    """Told of the reference's own numbers, so that each cell shows the same number twice."""
    ours: dict[str, Any] = {
        protocol: {
            run: {s: {k: {"n": 44_084, **models[k]} for k in ("naive", "lightgbm")} for s, models in subsets.items()}
            for run, subsets in runs.items()
        }
        for protocol, runs in REFERENCE.items()
    }
    household = explain(office.workspace, office.riskiest)
    lead = {"reentry": {"roc_auc": Interval(0.005, -0.005, 0.015)}}
    gates = {"p1": {"all": PanelGate(Verdict("logistic", "the gate chooses logistic", "检验选用逻辑回归", []), lead)}}
    lines = list(_benchmark_lines(ours | {"gates": gates, "top": [vars(household)]}))
    assert "\nP1 all, overall (n = 44,084): ours / reference" in lines
    assert any(line.startswith("lightgbm") and "0.8384 / 0.8384" in line for line in lines)
    assert any(household.household_id in line for line in lines)
    assert "\nP1 all: the gate chooses logistic" in lines
    assert any("reentry, roc_auc" in line and "NOT significant" in line for line in lines)
