from __future__ import annotations

from riskmodel.rendering.document import Figure, Measured, Paragraph, Table
from riskmodel.workflows.model_report.audited import DATES_MAX, ROWS_MAX, calibration, fairness, marks
from riskmodel.workflows.model_report.wording import TELL, of_hundred, percent
from tested_county import Backtested


def tables(blocks: list[object]) -> list[Table]:
    return [block for block in blocks if isinstance(block, Table)]


def test_calibration_by_group_says_so_many_of_a_hundred(tested: Backtested) -> None:
    rows = tested.result["pooled"]["time"]["calibration"]["lightgbm"]["by_group"]
    (table,) = tables(list(calibration(tested.result, "lightgbm")))
    assert len(table.rows) == len(rows)
    assert table.rows[0][1] == of_hundred(rows[0]["mean_risk"])
    happened = table.rows[0][2]
    assert isinstance(happened, Measured)
    assert happened.value == of_hundred(rows[0]["observed"])


def test_groups_are_listed_by_what_was_missed_as_in_the_result(tested: Backtested) -> None:
    rows = tested.result["pooled"]["time"]["groups"]["lightgbm"]
    table, _ = tables(list(fairness(tested.result, "lightgbm", 0.1)))
    assert [row[4] for row in table.rows] == [str(row["missed"]) for row in rows]
    recall = table.rows[0][5]
    assert isinstance(recall, Measured)
    assert recall.value == percent(rows[0]["recall"])


def test_groups_that_fail_are_marked_before_those_to_look_at_and_small_ones(tested: Backtested) -> None:
    row = tested.result["pooled"]["time"]["groups"]["lightgbm"][1]
    low = {"recall_difference": -0.3, "recall_difference_low": -0.4, "recall_difference_high": -0.2}
    failing = row | low | {"group": "a", "recall_difference_shrunk": -0.25, "small": False}
    unsure = failing | {"group": "b", "recall_difference_high": 0.1}
    small = row | {"group": "c", "small": True, "recall_difference": 0.0}
    found = marks([failing, unsure, small], 0.1)
    grouping = row["grouping"]
    assert found[grouping, "a"] == TELL("fairness.mark.fails")
    assert found[grouping, "b"] == TELL("fairness.mark.unsettled")
    assert found[grouping, "c"] == TELL("fairness.mark.small")
    assert marks([failing], 0.5) == {}


def test_a_group_that_fails_is_set_apart_in_the_table(tested: Backtested) -> None:
    pooled = tested.result["pooled"]
    rows = pooled["time"]["groups"]["lightgbm"]
    low = {"recall_difference": -0.3, "recall_difference_low": -0.4, "recall_difference_high": -0.2}
    made = [*rows[:1], rows[1] | low | {"recall_difference_shrunk": -0.25, "small": False}, *rows[2:]]
    changed = pooled | {"time": pooled["time"] | {"groups": {"lightgbm": made}}}
    table = tables(list(fairness(tested.result | {"pooled": changed}, "lightgbm", 0.1)))[0]
    assert table.marked == {1}
    assert table.rows[1][-1] == TELL("fairness.mark.fails")


def test_every_grouping_but_the_townships_is_drawn_from_date_to_date(tested: Backtested) -> None:
    blocks = fairness(tested.result, "lightgbm", 0.1)
    titles = [block.title.en for block in blocks if isinstance(block, Figure)]
    assert [title for title in titles if title.startswith("Recall by as-of date")] == [
        f"Recall by as-of date: {name}"
        for name in ("Sex of the head", "Age of the head", "Ethnicity", "Disability", "Category")
    ]


def test_many_groups_need_several_charts_so_that_each_fits_on_a_page(tested: Backtested) -> None:
    pooled = tested.result["pooled"]
    rows = pooled["time"]["calibration"]["lightgbm"]["by_group"]
    made = [*rows, *(rows[-1] | {"group": f"9903{n:05}"} for n in range(2 * ROWS_MAX))]
    told = {"lightgbm": pooled["time"]["calibration"]["lightgbm"] | {"by_group": made}}
    changed = pooled | {"time": pooled["time"] | {"calibration": told}}
    blocks = calibration(tested.result | {"pooled": changed}, "lightgbm")
    assert sum(isinstance(block, Figure) for block in blocks) == 1 + 3


def test_a_kind_without_groups_says_so(tested: Backtested) -> None:
    (told,) = fairness(tested.result, "rules", 0.1)
    assert isinstance(told, Paragraph)
    assert told.text == TELL("fairness.none")


def test_many_dates_need_several_tables_each_with_all_groups(tested: Backtested) -> None:
    pooled = tested.result["pooled"]
    rows = pooled["time"]["months"]["lightgbm"]
    groups = {(row["grouping"], row["group"]) for row in rows}
    months = [f"{2000 + n}-01-05" for n in range(DATES_MAX + 2)]
    made = [row | {"month": month} for month in months for row in rows if row["month"] == rows[0]["month"]]
    changed = pooled | {"time": pooled["time"] | {"months": {"lightgbm": made}}}
    _, *found = tables(list(fairness(tested.result | {"pooled": changed}, "lightgbm", 0.1)))
    assert [len(table.head) - 2 for table in found] == [DATES_MAX, 2]
    assert all(len(table.rows) <= len(groups) for table in found)
