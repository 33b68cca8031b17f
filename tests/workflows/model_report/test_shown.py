from __future__ import annotations

from riskmodel.workflows.model_report.shown import pooled, shown
from tested_county import Backtested


def test_groups_of_few_households_have_no_counts_and_no_rates(tested: Backtested) -> None:
    rows = tested.result["pooled"]["time"]["groups"]["lightgbm"]
    made = [row | {"households": 9} if row["group"] == "female" else row for row in rows]
    assert any(row["group"] == "female" for row in made)
    for row in shown(made):
        if row["group"] == "female":
            assert (row["households"], row["events"], row["missed"]) == ("<10", "<10", "<10")
            assert row["recall"] is row["precision"] is row["recall_low"] is None
        else:
            assert row["households"].isdigit()


def test_no_table_of_groups_leaves_as_it_was_counted(tested: Backtested) -> None:
    for told in pooled(tested.result, "lightgbm").values():
        tables = [rows for name in ("groups", "months") for rows in told.get(name, {}).values()]
        tables += [rows for kind in told["calibration"].values() for rows in kind.values()]
        assert all(isinstance(row["households"], str) for rows in tables for row in rows)
        assert all(row["recall"] is None for t in tables for row in t if row["households"] == "<10" and "recall" in row)


def test_an_empty_table_stays_empty() -> None:
    assert shown([]) == []


def test_months_are_those_of_the_reported_kind(tested: Backtested) -> None:
    told = pooled(tested.result, "logistic")["time"]["months"]
    assert list(told) == ["logistic"]
    assert told["logistic"]
    assert pooled(tested.result, "rules")["time"]["months"] == {"rules": []}
