from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.training.evaluation import METRICS
from riskmodel.training.flat import FlatQuestion
from riskmodel.workflows.flat_table import evaluate_table


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """600 households in four years; the poorer, the likelier the outcome. Texts, missing values, a line."""
    rng = np.random.default_rng(5)
    n = 600
    income, line = rng.lognormal(9, 0.6, n), np.full(n, 8000.0)
    frame = pl.DataFrame(
        {
            "household": rng.integers(0, 5000, n),
            "year": 2020 + np.arange(n) % 4,
            "income": income,
            "line": line,
            "work": rng.choice(["town", "farm", "none"], n),
            "sick": pl.Series(rng.choice([0.0, 1.0], n)).set(pl.Series(rng.random(n) < 0.1), None),
            "fell": (rng.random(n) < 1 / (1 + np.exp(3 * np.log(income / line)))).astype("int8"),
        }
    )
    path = tmp_path_factory.mktemp("flat") / "households.parquet"
    frame.write_parquet(path)
    frame.write_csv(path.with_suffix(".csv"))
    return path


QUESTION = FlatQuestion(
    "fell", "year", "2022", "2022", "2023", group="household", exclude=("household",), income="income", line="line"
)


def test_three_models_are_judged_by_the_same_numbers(table: Path) -> None:
    report = evaluate_table(table, QUESTION, seed=0)
    assert list(report["models"]) == ["naive", "logistic", "lightgbm"]
    assert all(tuple(values) == METRICS for values in report["models"].values())
    assert report["models"]["naive"]["roc_auc"] > 0.7
    assert report["n_test"] == 300
    assert 200 < report["n_train"] < 300, "households of the test are not in the training"


def test_a_csv_file_says_the_same_as_parquet(table: Path) -> None:
    assert evaluate_table(table.with_suffix(".csv"), QUESTION, 0) == evaluate_table(table, QUESTION, 0)


def test_a_question_that_does_not_fit_the_table_is_refused(table: Path) -> None:
    with pytest.raises(UsageError, match=r"no column village in the table\. It has: household"):
        evaluate_table(table, FlatQuestion("fell", folds=3, exclude=("village",)), 0)


def test_a_file_that_is_no_table_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    with pytest.raises(RejectedFile, match=r"broken\.parquet"):
        evaluate_table(tmp_path / "broken.parquet", QUESTION, 0)
