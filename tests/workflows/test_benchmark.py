from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.settings import Settings
from riskmodel.sources import eph
from riskmodel.training.eph_protocol import REFERENCE
from riskmodel.training.evaluation import METRICS
from riskmodel.training.labels import below_line, label_named, outcomes
from riskmodel.workflows.benchmark import KINDS, LABEL, RUNS, SUBSETS, against_reference, benchmark_eph, protocol_flags
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

# Section 5 of the page of the panel: households, persons, line, poor; rows, entries, re-entry rows, not imputed.
CHECK_VALUES = """
2004Q1 12816 45289 121.998 3265 4001 499   0 2572
2004Q2 13809 47869 120.000 3626 4121 485 193 2745
2004Q3 13806 47922 143.160 3536 4216 492 243 2852
2004Q4 13497 46850 142.500 3309 4251 439 216 3018
2005Q1 13597 47030 156.000 3393 4016 551 170 2853
2005Q2 13511 46912 153.000 3278 4147 522 229 3088
2005Q3 13807 47647 180.000 3538 4187 483 185 3012
2005Q4 13704 47166 180.000 3227 4156 430 194 3071
2006Q1 13315 45878 204.000 3533 3904 419 152 2840
2006Q2 13962 47680 204.000 3566 4213 416 169 3070
2006Q4 18655 64384 225.000 4113 5699 559 280 4225
"""
ROWS_OF_2006Q3 = "18866 65026 240.000 4677"
"""It has no row of its own: the quarter one year later is not available."""


OFTEN = ("all", "purged")
"""The runs of every day; the third one takes as long as each of them, and is in the long tests."""


@pytest.fixture(
    scope="session", params=[pytest.param(OFTEN, id="often"), pytest.param(RUNS, id="all", marks=pytest.mark.long)]
)
def panel(
    eph_path: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> tuple[Workspace, dict[str, Any]]:
    """The benchmark's workspace and result; run once."""
    place = Workspace(Settings(tmp_path_factory.mktemp("benchmark")))
    result = benchmark_eph(place, eph_path, NOW, runs=request.param)
    settings = replace(place.settings, home=place.home / "benchmarks" / "eph", label=LABEL)
    return Workspace(settings), result


@pytest.fixture(scope="module")
def quarters(eph_path: Path) -> list[eph.Quarter]:
    return list(eph.quarters(eph_path / "raw"))


def test_p1_and_p2_reach_the_reference(panel: tuple[Workspace, dict[str, Any]]) -> None:
    _, result = panel
    # We aim at .010 for all rows and reach .0105: the level moved after the training window, see docs/eph.md.
    for run, ece in (("all", 0.011), ("purged", 0.015)):
        ours = result["p1"][run]["overall"]["lightgbm"]
        theirs = [REFERENCE["p1"][run]["overall"][kind] for kind in ("lightgbm", "lightgbm_small")]
        assert ours["roc_auc"] >= max(t["roc_auc"] for t in theirs) - 0.002
        assert ours["average_precision"] >= max(t["average_precision"] for t in theirs) - 0.003
        assert ours["ece"] <= ece
    ours = result["p2"]["all"]["overall"]["lightgbm"]
    assert ours["roc_auc"] >= 0.826
    assert ours["average_precision"] >= 0.366


def test_the_rows_of_the_protocols_are_those_of_the_reference(panel: tuple[Workspace, dict[str, Any]]) -> None:
    _, result = panel
    sizes = {protocol: {run: [subsets[s]["naive"]["n"] for s in SUBSETS] for run, subsets in result[protocol].items()}
             for protocol in ("p1", "p2")}  # fmt: skip
    known = {
        "p1": {"all": [44_084, 1_862], "not_imputed": [29_667, 1_298], "purged": [44_084, 1_862]},
        "p2": {"all": [13_816, 601], "not_imputed": [10_135, 438], "purged": [13_816, 601]},
    }
    assert set(OFTEN) <= set(sizes["p1"])
    assert sizes == {protocol: {run: known[protocol][run] for run in found} for protocol, found in sizes.items()}


def test_the_naive_model_orders_as_that_of_the_reference(panel: tuple[Workspace, dict[str, Any]]) -> None:
    """It looks at one number only, so the order, and all that depends on it alone, has to be the same."""
    for line in against_reference(panel[1]):
        if line["model"] == "naive":
            for name in ("roc_auc", "average_precision"):
                assert line["ours"][name] == pytest.approx(line["reference"][name], abs=0.0001), line


def test_calibration_and_every_metric_exist_for_every_run_subset_and_model(
    panel: tuple[Workspace, dict[str, Any]],
) -> None:
    lines = against_reference(panel[1])
    assert len(lines) == 2 * len(panel[1]["p1"]) * len(SUBSETS) * len(KINDS)
    assert all(0 <= line["ours"][m] <= 1 for line in lines for m in METRICS)
    assert all(set(line["reference"]) == set(METRICS) for line in lines)


def test_the_gate_says_whether_the_lead_of_the_trees_is_more_than_chance(
    panel: tuple[Workspace, dict[str, Any]],
) -> None:
    for run in ("all", "purged"):
        found = panel[1]["gates"]["p1"][run]
        assert found.verdict.chosen in ("lightgbm", "logistic")
        assert not found.verdict.failed("lightgbm") or found.verdict.chosen == "logistic"
        assert found.lead["overall"]["average_precision"].low > 0
        chance = found.lead["reentry"]["roc_auc"]
        said = next(line for line in found.sentences() if line.startswith("reentry, roc_auc"))
        assert ("NOT significant" in said) == (chance.low <= 0 <= chance.high)


def test_nothing_of_the_panel_is_quarantined(panel: tuple[Workspace, dict[str, Any]]) -> None:
    done = panel[1]["ingested"]
    assert (done.rows_refused, done.rows_waiting, done.rejected) == (0, 0, [])
    assert done.rows_read == done.rows_loaded + done.rows_duplicate > 2_500_000


def test_our_lake_and_label_give_the_check_values_of_the_panel(
    panel: tuple[Workspace, dict[str, Any]], quarters: list[eph.Quarter]
) -> None:
    place, _ = panel
    found = [" ".join([f"{q.year}Q{q.quarter}", *lake_values(place, q), *label_values(place, quarters, q)])
             for q in quarters if (q.year, q.quarter) != (2006, 3) and q.year < 2007]  # fmt: skip
    assert found == [" ".join(line.split()) for line in CHECK_VALUES.strip().splitlines()]
    (odd,) = [q for q in quarters if (q.year, q.quarter) == (2006, 3)]
    assert " ".join(lake_values(place, odd)) == ROWS_OF_2006Q3


def lake_values(place: Workspace, quarter: eph.Quarter) -> list[str]:
    """Households, persons, line in pesos per month, households below it, from the lake and the policy."""
    households = persons = poor = 0
    lines = set()
    on, known = quarter.income_month, quarter.known_at
    for county in place.lake.counties():
        view = place.lake.view(county, known)
        visited = below_line(view, on, place.policy, known).collect()
        listed = view.states("members", quarter.middle).filter(pl.col("leave_reason").is_null()).collect()
        households += visited.height
        persons += listed.join(visited, on="household_id", how="semi").height
        poor += visited.filter("below").height
        lines.add(place.policy.value("monitoring_line", county, on=on, known=known) / 12)
    (line,) = lines
    return [str(households), str(persons), f"{line:.3f}", str(poor)]


def label_values(place: Workspace, quarters: list[eph.Quarter], quarter: eph.Quarter) -> list[str]:
    """Rows, entries, re-entry rows and rows without imputed income, from our label."""
    label, read_on = label_named(LABEL), place.lake.newest_delivery()
    rows = pl.concat(
        outcomes(label, place.lake, county, quarter.known_at, read_on, place.policy) for county in place.lake.counties()
    ).with_columns(as_of=pl.lit(quarter.known_at))
    flags = protocol_flags(place, quarters, rows.select("household_id", "as_of"))
    counts = [rows.height, rows["event"].sum(), flags["reentry"].sum(), (~flags["imputed"]).sum()]
    return [str(int(count)) for count in counts]


# --- without the panel ---


def test_a_folder_that_is_not_the_panel_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    with pytest.raises(UsageError, match="must hold panel/ and raw/"):
        benchmark_eph(Workspace(Settings(tmp_path / "home")), tmp_path, NOW)
    assert not (tmp_path / "home").exists()


def test_the_reference_has_every_run_subset_and_model() -> None:
    for protocol in ("p1", "p2"):
        assert tuple(REFERENCE[protocol]) == RUNS
        for run in RUNS:
            assert tuple(REFERENCE[protocol][run]) == SUBSETS
            assert all(set(REFERENCE[protocol][run][s]) == {*KINDS, "lightgbm_small"} for s in SUBSETS)
