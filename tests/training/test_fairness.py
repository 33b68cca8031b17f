from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from fairlearn.metrics import (
    MetricFrame,
    count,
    false_negative_rate,
    mean_prediction,
    selection_rate,
    true_positive_rate,
)
from polars.testing import assert_frame_equal
from sklearn.metrics import precision_score

from riskmodel.errors import DataError
from riskmodel.training.fairness import COUNTS, fairness, for_report, over_months
from riskmodel.training.recall_gaps import recall_gaps, unsettled_gaps
from training.made_audit import DATES, GROUPINGS, Audit, made_audit

AUDIT = made_audit()


def row(table: pl.DataFrame, grouping: str, group: str, **more: Any) -> dict[str, Any]:
    """The one row of a group."""
    return table.row(
        by_predicate=pl.all_horizontal(pl.col("grouping") == grouping, pl.col("group") == group, **more), named=True
    )


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_numbers_are_those_of_fairlearn_on_the_rows_themselves(grouping: str) -> None:
    metrics = {
        "n": count,
        "recall": true_positive_rate,
        "false_negative_rate": false_negative_rate,
        "selection_rate": selection_rate,
        "precision": precision_score,
    }
    asked = {"y_true": AUDIT.y, "sensitive_features": {"group": AUDIT.groups[grouping].to_numpy()}}
    frame = MetricFrame(metrics=metrics, y_pred=AUDIT.listed.astype(int), **asked)
    means = [MetricFrame(metrics=mean_prediction, y_pred=p, **asked).by_group for p in (AUDIT.risk, AUDIT.y)]
    table = fairness(*AUDIT.asked)
    for group, expected in frame.by_group.iterrows():
        found = row(table, grouping, str(group))
        assert {name: found[name] for name in metrics} == pytest.approx(expected.to_dict())
        assert [found["mean_risk"], found["observed"]] == pytest.approx([mean[group] for mean in means])
    whole = row(table, "all", "all")
    assert {name: whole[name] for name in metrics} == pytest.approx(frame.overall.to_dict())


def test_counts_are_of_rows_and_of_households() -> None:
    found = row(fairness(*AUDIT.asked), "ethnicity", "minority")
    inside = AUDIT.inside("ethnicity", "minority")
    assert found["n"] == inside.sum() == DATES * found["households"]
    assert found["events"] == AUDIT.y[inside].sum()
    assert found["event_households"] == AUDIT.groups["household_id"].filter(inside & (AUDIT.y == 1)).n_unique()
    assert found["missed"] == (inside & (AUDIT.y == 1) & ~AUDIT.listed).sum()


def test_the_groups_with_most_missed_entries_come_first() -> None:
    table = fairness(*AUDIT.asked)
    assert table["missed"].to_list() == sorted(table["missed"].to_list(), reverse=True)
    assert table.row(0)[:2] == ("all", "all")
    assert set(table["grouping"]) == {"all", *GROUPINGS}


def test_what_is_not_known_is_a_group_of_its_own() -> None:
    table = fairness(*AUDIT.asked)
    assert row(table, "ethnicity", "unknown")["households"] == 10
    sums = table.group_by("grouping").agg(pl.col(COUNTS).exclude("households", "event_households").sum())
    assert sums.select("n", "events", "missed").n_unique() == 1


def test_the_interval_of_a_difference_is_of_both_numbers_on_the_same_draws() -> None:
    inside = AUDIT.inside("township", "990101001")

    def numbers(weight: np.ndarray) -> dict[str, float]:
        hit = weight * AUDIT.y * AUDIT.listed
        recall = [hit[rows].sum() / (weight * AUDIT.y)[rows].sum() for rows in (inside, slice(None))]
        ratio = (weight * AUDIT.y)[inside].sum() / (weight * AUDIT.risk)[inside].sum()
        return {"recall": recall[0], "recall_difference": recall[0] - recall[1], "ratio": ratio}

    found = row(fairness(*AUDIT.asked), "township", "990101001")
    for name, expected in AUDIT.draws.intervals(numbers).items():
        told = [found[name], found[f"{name}_low"], found[f"{name}_high"]]
        assert told == pytest.approx([expected.value, expected.low, expected.high]), name
    assert found["recall_difference_high"] > found["recall_difference_low"]
    assert row(fairness(*AUDIT.asked), "all", "all")["recall_difference_low"] == 0


def test_the_order_of_rows_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(len(AUDIT.y))
    assert_frame_equal(fairness(*AUDIT.taken(order).asked), fairness(*AUDIT.asked), rel_tol=1e-12, abs_tol=1e-12)


def test_lists_that_know_no_group_pass_and_a_group_missed_on_purpose_is_found() -> None:
    assert recall_gaps(fairness(*AUDIT.asked), 0.10) == []
    missed = AUDIT.unlisted(AUDIT.inside("ethnicity", "minority"))
    (gap,) = recall_gaps(fairness(*missed.asked), 0.10)
    assert (gap.grouping, gap.group, gap.small) == ("ethnicity", "minority", False)
    assert gap.difference.high < -0.10
    assert gap.shrunk < -0.10
    assert str(gap).startswith("ethnicity=minority: recall -0.")


def test_a_group_that_lives_in_three_villages_only_is_found_too() -> None:
    """Villages are drawn, so a group in few of them has a wide interval, or none."""
    audit = AUDIT.unlisted(AUDIT.inside("township", "990101002") & (AUDIT.village >= 27))
    groups = audit.groups.with_columns(ethnicity=pl.Series(np.where(audit.village >= 27, "minority", "majority")))
    three = Audit(audit.y, audit.risk, audit.listed, groups, audit.month, audit.village)
    found = [(gap.grouping, gap.group) for gap in recall_gaps(fairness(*three.asked), 0.10)]
    assert ("ethnicity", "minority") in found


def test_a_group_that_is_only_small_is_marked_and_not_failed_but_told() -> None:
    few = np.isin(AUDIT.groups["household_id"].to_numpy(), fell_at_every_date(AUDIT)[:3])
    groups = AUDIT.groups.with_columns(ethnicity=pl.when(pl.Series(few)).then(pl.lit("few")).otherwise("ethnicity"))
    audit = Audit(AUDIT.y, AUDIT.risk, AUDIT.listed & ~few, groups, AUDIT.month, AUDIT.village)
    table = fairness(*audit.asked)
    found = row(table, "ethnicity", "few")
    assert found["small"]
    assert (found["recall"], found["events"], found["event_households"]) == (0, 12, 3)  # rows do not make it large
    assert found["recall_difference"] < found["recall_difference_shrunk"] < 0
    assert recall_gaps(table, 0.10) == []
    assert "few" in [gap.group for gap in unsettled_gaps(table, 0.10)]


def fell_at_every_date(audit: Audit) -> np.ndarray:
    """Households with the event at all dates."""
    fell = audit.groups.with_columns(y=audit.y).group_by("household_id").agg(pl.col("y").min()).filter(pl.col("y") == 1)
    return fell["household_id"].sort().to_numpy()


def test_what_cannot_be_told_is_null_and_not_zero() -> None:
    none = AUDIT.inside("ethnicity", "minority")
    audit = Audit(
        np.where(none, 0, AUDIT.y), AUDIT.risk, AUDIT.listed & ~none, AUDIT.groups, AUDIT.month, AUDIT.village
    )
    found = row(fairness(*audit.asked), "ethnicity", "minority")
    unknown = ("recall", "recall_low", "recall_shrunk", "recall_difference", "false_negative_rate", "precision")
    assert [found[name] for name in unknown] == [None] * len(unknown)
    assert (found["selection_rate"], found["ratio"], found["small"]) == (0, 0, True)


def test_a_drift_of_the_lists_shows_in_its_month() -> None:
    last = (AUDIT.month == 3).to_numpy() & AUDIT.inside("sex_of_head", "female")
    audit = AUDIT.unlisted(last)
    y, risk, listed, groups, draws, groupings = audit.asked
    table = over_months(y, risk, listed, groups, audit.month, draws, groupings)
    women = table.filter(pl.col("group") == "female")
    assert women["month"].to_list() == [0, 1, 2, 3]
    assert women["recall"].to_list()[3] == women["selection_rate"].to_list()[3] == 0
    assert (women["recall"].head(3) > 0.3).all()
    assert women["recall_difference_high"].to_list()[3] < -0.10
    for month in range(4):
        rows = (audit.month == month).to_numpy().nonzero()[0]
        alone = row(fairness(*audit.taken(rows).asked), "sex_of_head", "female")
        assert women.drop("month").row(month, named=True) == pytest.approx(
            {n: alone[n] for n in women.columns if n != "month"}
        )


def test_a_report_hides_the_counts_of_a_group_of_fewer_than_ten_households() -> None:
    few = np.isin(AUDIT.groups["household_id"].to_numpy(), AUDIT.groups["household_id"].unique().sort()[:9].to_numpy())
    groups = AUDIT.groups.with_columns(ethnicity=pl.when(pl.Series(few)).then(pl.lit("few")).otherwise("ethnicity"))
    table = fairness(AUDIT.y, AUDIT.risk, AUDIT.listed, groups, AUDIT.draws, GROUPINGS)
    shown = for_report(table)
    hidden, other = row(shown, "ethnicity", "few"), row(shown, "ethnicity", "minority")
    assert {name: hidden[name] for name in COUNTS} == dict.fromkeys(COUNTS, "<10")
    told = {name for name, value in hidden.items() if value is not None} - set(COUNTS)
    assert told == {"grouping", "group", "recall_shrunk", "recall_difference_shrunk", "mean_risk", "small"}
    before = row(table, "ethnicity", "minority")
    assert other == before | {name: str(before[name]) for name in COUNTS}


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match="Leave out the rows"):
        fairness(AUDIT.y, np.full(len(AUDIT.y), np.nan), *AUDIT.asked[2:])
