from __future__ import annotations

import pytest

from riskmodel.workflows.audits import by_date
from tested_county import Backtested


def test_calibration_is_told_by_tenth_category_and_township_of_every_kind(tested: Backtested) -> None:
    for told in tested.result["pooled"].values():
        assert told["calibration"].keys() == told["metrics"].keys()
        for kind, tables in told["calibration"].items():
            rows = told["metrics"][kind]["n"]
            assert sum(row["n"] for row in tables["curve"]) == rows
            assert {row["grouping"] for row in tables["by_group"]} == {"all", "category", "township"}
            whole = tables["by_group"][0]
            assert whole["observed"] == pytest.approx(told["metrics"][kind]["prevalence"])
            assert whole["ratio"] == pytest.approx(told["intervals"][kind]["total_ratio"]["value"])


def test_curves_end_with_all_rows_of_every_kind(tested: Backtested) -> None:
    for told in tested.result["pooled"].values():
        assert told["precision_recall"].keys() == told["metrics"].keys()
        for kind, points in told["precision_recall"].items():
            assert points[-1]["recall"] == 1
            assert points[-1]["precision"] == pytest.approx(told["metrics"][kind]["prevalence"])


def test_groups_are_told_month_by_month_for_the_kinds_that_may_be_used(tested: Backtested) -> None:
    told = tested.result["pooled"]["time"]
    assert told["months"].keys() == told["groups"].keys() == {"lightgbm", "logistic", "rule_pack", "naive"}
    for kind, rows in told["months"].items():
        whole = {(row["grouping"], row["group"]): row for row in told["groups"][kind]}
        for key, row in whole.items():
            months = [r for r in rows if (r["grouping"], r["group"]) == key]
            assert sum(r["events"] for r in months) == row["events"]
            assert sum(r["missed"] for r in months) == row["missed"]
    assert "months" not in tested.result["pooled"]["area"]


def test_rows_and_events_are_counted_date_by_date(tested: Backtested) -> None:
    told = tested.result["by_date"]
    assert [row["as_of"] for row in told] == tested.result["as_of_dates"]
    assert sum(row["rows"] for row in told) == tested.result["rows"]
    assert sum(row["events"] for row in told) == tested.result["events"]


def test_without_rows_there_are_no_dates() -> None:
    import polars as pl

    assert by_date(pl.DataFrame(schema={"as_of": pl.Date}), []) == []
