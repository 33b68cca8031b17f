"""The pipeline that one would write first: pandas group-by features, LGBMClassifier.predict_proba, TreeExplainer.

Of every table and number: sum, mean, largest and count per household within 3, 12 and 24 months, and the newest value.
These are fewer kinds of features than ours and simpler ones (nothing of villages, of dates known, of corrections), so
the comparison favours this side. One thread, as there.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
from numpy.typing import NDArray

WINDOWS = (3, 12, 24)
"""Months."""
KINDS = ("sum", "mean", "max", "count")
USUAL: dict[str, Any] = {"n_estimators": 400, "num_leaves": 31, "max_depth": -1, "n_jobs": 1, "verbosity": -1}
"""A usual LGBMClassifier."""
TAUGHT = 50_000
"""Rows that it learns from."""


def features(folder: Path, as_of: date) -> pd.DataFrame:
    """One row per household, from the Parquet files of a county."""
    members = pd.read_parquet(folder / "members.parquet")[["household_id", "person_id"]].drop_duplicates("person_id")
    parts = [
        part
        for path in sorted(folder.glob("*.parquet"))
        if not path.name.startswith("ids_")
        for part in _of_table(pd.read_parquet(path), members, pd.Timestamp(as_of))
    ]
    return pd.concat(parts, axis=1)


def _of_table(rows: pd.DataFrame, members: pd.DataFrame, as_of: pd.Timestamp) -> list[pd.DataFrame]:
    """The windows of one table, and the newest row of each household."""
    if "household_id" not in rows and "person_id" in rows:
        rows = rows.merge(members, on="person_id")
    day = next((name for name in rows if rows[name].dtype.kind == "M" or _is_date(rows[name])), None)
    if "household_id" not in rows or day is None:
        return []
    when = pd.to_datetime(rows[day])
    rows, when = rows[when <= as_of], when[when <= as_of]
    numbers = [name for name in rows.select_dtypes("number") if not str(name).endswith("_id")]
    if not numbers:
        return []
    newest = rows.loc[when.sort_values().index].groupby("household_id")[numbers].last()
    found = [newest]
    for months in WINDOWS:
        recent = rows[when > as_of - pd.DateOffset(months=months)]
        found.append(recent.groupby("household_id")[numbers].agg(list(KINDS)))
    return found


def _is_date(column: pd.Series[Any]) -> bool:
    return len(column) > 0 and isinstance(column.iloc[0], date)


def usual_model(x: NDArray[np.float64], margin: NDArray[np.float64]) -> lightgbm.LGBMClassifier:
    """A usual model that learned from rows like these."""
    random = np.random.default_rng(1)
    y = random.random(TAUGHT) < 1 / (1 + np.exp(-margin[:TAUGHT]))
    return lightgbm.LGBMClassifier(**USUAL).fit(x[:TAUGHT], y)


def predict_seconds(model: lightgbm.LGBMClassifier | lightgbm.Booster, x: NDArray[np.float64]) -> float:
    """CPU-seconds per row of predict_proba (of a Booster: predict, which is all that it calls)."""
    if isinstance(model, lightgbm.Booster):
        return _seconds(lambda: model.predict(x, num_threads=1)) / len(x)
    return _seconds(lambda: model.predict_proba(x)) / len(x)


def explain_seconds(model: lightgbm.LGBMClassifier | lightgbm.Booster, x: NDArray[np.float64]) -> float:
    """CPU-seconds per row of TreeExplainer."""
    import shap

    booster = model if isinstance(model, lightgbm.Booster) else model.booster_
    booster.params["num_threads"] = 1
    explainer = shap.TreeExplainer(booster)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # TreeExplainer's remark about the shape of its answer
        return _seconds(lambda: explainer.shap_values(x)) / len(x)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
