from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.training.eph_protocol import LEAKS, NOT_FEATURES, PANEL_CODES, PANEL_MONEY, REFERENCE
from riskmodel.training.evaluation import METRICS

if TYPE_CHECKING:
    from pathlib import Path

PROTOCOLS, RUNS, SUBSETS = ("p1", "p2"), ("all", "not_imputed", "purged"), ("overall", "reentry")
MODELS = ("naive", "logistic", "lightgbm", "lightgbm_small")


def test_there_is_a_reference_for_every_protocol_run_subset_and_model() -> None:
    assert set(REFERENCE) == set(PROTOCOLS)
    for protocol in PROTOCOLS:
        assert set(REFERENCE[protocol]) == set(RUNS)
        for run in RUNS:
            assert set(REFERENCE[protocol][run]) == set(SUBSETS)
            assert all(set(models) == set(MODELS) for models in REFERENCE[protocol][run].values())


def test_every_reference_is_a_metric_between_0_and_1() -> None:
    numbers = [
        numbers
        for protocol in REFERENCE.values()
        for run in protocol.values()
        for subset in run.values()
        for numbers in subset.values()
    ]
    assert all(tuple(found) == METRICS for found in numbers)
    assert all(0 < value < 1 for found in numbers for value in found.values())


def test_what_looks_into_the_future_is_no_feature() -> None:
    assert set(LEAKS) < set(NOT_FEATURES)
    assert set(NOT_FEATURES).isdisjoint({*PANEL_CODES, *PANEL_MONEY})
    assert set(PANEL_CODES).isdisjoint(PANEL_MONEY)


def test_the_columns_are_those_of_the_panel(eph_path: Path) -> None:
    columns = [set(pl.read_parquet_schema(path)) for path in sorted((eph_path / "panel").glob("*.parquet"))]
    assert columns
    assert all({*NOT_FEATURES, *PANEL_CODES, *PANEL_MONEY, "lr", "lag_poor", "poor_next"} <= found for found in columns)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_numbers_are_those_of_the_readme_of_the_panel(eph_path: Path, protocol: str) -> None:
    readme = (eph_path / "README.md").read_text(encoding="utf-8")
    section = readme.partition(f"### {protocol.upper()}: ")[2].partition("\n### ")[0]
    lines = re.findall(
        r"^\| (all|not imputed|purged) \| (overall|re-entry) [^|]*\| (\w+) \| ([.\d| ]+) \|$", section, re.M
    )
    found = {
        (run.replace(" ", "_"), subset.replace("-", ""), model): [float(n) for n in numbers.split("|")]
        for run, subset, model, numbers in lines
    }
    assert len(found) == len(RUNS) * len(SUBSETS) * len(MODELS)
    for (run, subset, model), numbers in found.items():
        assert list(REFERENCE[protocol][run][subset][model].values()) == numbers
