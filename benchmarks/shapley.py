"""Speed of exact explanations: `make bench-shap`. One thread; the last line is JSON.

For trees of 8, 16 and 31 leaves, with and without categories: rows per CPU-second of shap's TreeExplainer, LightGBM's
`pred_contrib`, our tables (margin and contributions, checks of the rows included) and LightGBM's `predict`, on the same
model and in turns, median of five. The two slow ones get fewer rows (`--slow-rows`). Then CPU and memory of one model
for more and more rows, each in a process of its own. Rows are random: what is measured depends little on their values.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from riskmodel.settings import prepare_process

prepare_process()  # before numba is imported, as the command line does

import lightgbm
import numpy as np
from numpy.typing import NDArray

from riskmodel.models import Column, LightGBMModel
from riskmodel.models.lightgbm_text import stored

KIB, MB = 1024, 1e6
ROUNDS = 5
LEVELS = 40
"""Categories of each categorical column."""


@dataclass(frozen=True)
class Case:
    """A model to be measured."""

    leaves: int
    depth: int
    trees: int
    categorical: int
    """How many of the columns hold categories."""
    columns: int = 161


SHAPES = ((8, 4, 200), (16, 6, 100), (16, 6, 200), (16, 6, 400), (31, 8, 200), (31, 8, 400))
CASES = (
    *(Case(*shape, categorical) for shape in SHAPES for categorical in (0, 10)),
    Case(16, 6, 200, 0, columns=30),
    Case(16, 6, 200, 3, columns=30),
)
GROWTH = Case(16, 6, 200, 10)


def main() -> None:
    """Print a table of the cases, what many rows take, and JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=20_000, help="rows for our tables and for predict")
    parser.add_argument("--slow-rows", type=int, default=500, help="rows for TreeExplainer and pred_contrib")
    parser.add_argument("--largest", type=int, default=3_000_000, help="most rows of the last measurement; 0 = none")
    parser.add_argument("--many", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.many:
        print(json.dumps(many_rows(given.many)))
        return
    heads = ["leaves", "depth", "trees", "categorical", "columns", "TreeExplainer", "pred_contrib", "ours", "predict"]
    heads += ["ours / pred_contrib", "CPU ours / predict", "largest difference", "table MB"]
    print("| " + " | ".join(heads) + " |\n" + "|---" * len(heads) + "|")
    cases = []
    for case in CASES:
        cases.append(measured(case, given.rows, given.slow_rows))
        cells = [f"{value:,}" if isinstance(value, int) else f"{value:.3g}" for value in cases[-1].values()]
        print("| " + " | ".join(cells) + " |", flush=True)
    sizes = [given.largest // 100, given.largest // 10, given.largest] if given.largest else []
    found = [alone(rows) for rows in sizes]
    print(json.dumps({"cases": cases, "rows": found}))


def measured(case: Case, rows: int, slow_rows: int) -> dict[str, Any]:
    """Rows per CPU-second of the four, and how ours compares."""
    import shap

    model = trained(case)
    booster = lightgbm.Booster(model_str=model.text)
    explainer = shap.TreeExplainer(booster)
    x, few = drawn(case, rows, seed=2), drawn(case, slow_rows, seed=3)
    ways: dict[str, tuple[Callable[[NDArray[np.float64]], Any], NDArray[np.float64]]] = {
        "TreeExplainer": (explainer.shap_values, few),
        "pred_contrib": (lambda rows: booster.predict(rows, pred_contrib=True, num_threads=1), few),
        "ours": (model.explained, x),
        "predict": (lambda rows: booster.predict(rows, raw_score=True, num_threads=1), x),
    }
    speed = {name: round(value) for name, value in speeds(ways).items()}
    margin, contributions = model.explained(few)
    if not np.array_equal(margin, np.asarray(booster.predict(few, raw_score=True, num_threads=1))):
        raise SystemExit("the margins are not those of LightGBM")
    difference = np.abs(contributions - np.asarray(ways["pred_contrib"][0](few))[:, :-1]).max()
    return {
        **asdict(case),
        **speed,
        "ratio_pred_contrib": round(speed["ours"] / speed["pred_contrib"], 1),
        "ratio_predict": round(speed["predict"] / speed["ours"], 3),
        "max_abs_diff": float(difference),
        "table_mb": round(model._tables.nbytes / MB, 2),
    }


def speeds(
    ways: dict[str, tuple[Callable[[NDArray[np.float64]], Any], NDArray[np.float64]]],
) -> dict[str, float]:
    """Rows per CPU-second of each way, measured in turns after one round that is not counted."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(1 + ROUNDS):
        for name, (explain, x) in ways.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # TreeExplainer's remark about the shape of its answer
                start = time.process_time()
                explain(x)
                taken[name].append(time.process_time() - start)
    return {name: len(ways[name][1]) / statistics.median(seconds[1:]) for name, seconds in taken.items()}


def trained(case: Case) -> LightGBMModel:
    """A model of random rows whose labels depend on all columns, so that the trees ask many of them."""
    random = np.random.default_rng(1)
    x = drawn(case, 30_000, seed=1)
    known = np.nan_to_num(x)
    effect = known[:, case.categorical :] @ random.normal(size=case.columns - case.categorical) / case.columns**0.5
    for column in range(case.categorical):
        effect += random.normal(0, 0.5, LEVELS)[known[:, column].astype(int)]
    y = random.random(len(x)) < 1 / (1 + np.exp(-effect))
    parameters = {
        "objective": "binary",
        "num_leaves": case.leaves,
        "max_depth": case.depth,
        "learning_rate": 0.055,
        "min_data_in_leaf": 50,
        "feature_fraction": 0.4,
        "max_bin": 127,
        "seed": 1,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
    data = lightgbm.Dataset(
        x,
        label=y,
        feature_name=[f"f{i}" for i in range(case.columns)],
        categorical_feature=list(range(case.categorical)),
    )
    booster = lightgbm.train(parameters, data, case.trees)
    columns = tuple(Column(f"c{i}") for i in range(case.columns))
    return LightGBMModel(columns, stored(booster.model_to_string()))


def drawn(case: Case, count: int, seed: int) -> NDArray[np.float64]:
    """Rows: categories first, then numbers, the second half of them whole and half zero; a tenth is missing."""
    random = np.random.default_rng(seed)
    x = np.empty((count, case.columns))
    for start in range(0, count, 10_000):  # so that drawing takes no memory beyond the rows
        some = random.normal(size=(min(10_000, count - start), case.columns))
        counts = some[:, case.columns // 2 :]
        counts[:] = np.where(counts > 0, np.round(5 * counts), 0)
        some[:, : case.categorical] = random.integers(0, LEVELS, (len(some), case.categorical))
        some[random.random(some.shape) < 0.1] = np.nan
        x[start : start + len(some)] = some
    return x


def many_rows(count: int) -> dict[str, Any]:
    """Microseconds of CPU per row, and the largest memory of the process beyond what it held before and the result.

    The latter is an upper bound: training and drawing had their peaks before, tens of MB.
    """
    model = trained(GROWTH)
    x = drawn(GROWTH, count, seed=2)
    model.explained(x[:1000])
    before = int(Path("/proc/self/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    start = time.process_time()
    margin, contributions = model.explained(x)
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB
    beyond = peak - before - margin.nbytes - contributions.nbytes
    return {"rows": count, "cpu_us_per_row": round(1e6 * seconds / count, 2), "beyond_result_mb": round(beyond / MB, 1)}


def alone(rows: int) -> dict[str, Any]:
    """The same in a process of its own, whose largest memory is that of this measurement."""
    command = [sys.executable, __file__, "--many", str(rows)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    print(f"{rows:9,} rows: {found['cpu_us_per_row']} microseconds per row, {found['beyond_result_mb']} MB beyond")
    return found


if __name__ == "__main__":
    main()
