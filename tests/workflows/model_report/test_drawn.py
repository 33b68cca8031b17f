from __future__ import annotations

from xml.etree import ElementTree

from riskmodel.rendering.document import Measured
from riskmodel.rendering.messages import Words
from riskmodel.training.folds import SCHEMES
from riskmodel.workflows.model_report.drawn import (
    OF_FOLDS,
    every_fold,
    fold_tables,
    fold_title,
    precision_recall,
    reliability,
)
from riskmodel.workflows.model_report.wording import number, percent
from tested_county import Backtested

SVG = "{http://www.w3.org/2000/svg}"


def test_the_table_beside_the_precision_recall_curve_is_the_curve(tested: Backtested) -> None:
    figure = precision_recall(tested.result, "logistic")
    points = tested.result["pooled"]["time"]["precision_recall"]["logistic"]
    assert figure.table is not None
    told = [row[:3] for row in figure.table.rows if row[0]]
    assert len(told) == len(points)
    for (share, recall, precision), point in zip(told, points, strict=True):
        assert (share, recall) == (percent(point["share"]), percent(point["recall"]))
        assert isinstance(precision, Measured)
        assert precision.value == percent(point["precision"])


def test_the_table_beside_the_reliability_curve_is_the_curve(tested: Backtested) -> None:
    figure = reliability(tested.result, "lightgbm")
    curve = tested.result["pooled"]["space_time"]["calibration"]["lightgbm"]["curve"]
    assert figure.table is not None
    told = [row[6:] for row in figure.table.rows if row[6]]
    assert [row[0] for row in told] == [row["group"] for row in curve]
    assert [row[1] for row in told] == [percent(row["mean_risk"], 2) for row in curve]


def test_a_curve_of_a_kind_that_was_not_tested_has_no_rows(tested: Backtested) -> None:
    table = precision_recall(tested.result, "another").table
    assert table is not None
    assert list(table.rows) == []


def test_every_fold_stands_in_the_annex_with_its_numbers(tested: Backtested) -> None:
    tables = list(fold_tables(tested.result))
    assert len(tables) == len(SCHEMES)
    for scheme, table in zip(SCHEMES, tables, strict=True):
        folds = [fold for fold in tested.result["folds"] if fold["scheme"] == scheme]
        assert len(table.rows) == sum(len(fold["metrics"]) for fold in folds)
        values = folds[0]["metrics"]["lightgbm"]
        assert list(table.rows[0][2:]) == [number(values[name], name) for name in OF_FOLDS]


def test_folds_are_named_by_their_month_and_part() -> None:
    assert fold_title({"name": "space_time_2022-09_part-3"}) == Words("2022-09 第3份", "2022-09 part 3")
    assert fold_title({"name": "area_part-1"}).en == "part 1"
    assert fold_title({"name": "time_2021-12"}).zh == "2021-12"


def test_the_charts_are_whole_pictures(tested: Backtested) -> None:
    for figure in (every_fold(tested.result), precision_recall(tested.result, "naive")):
        root = ElementTree.fromstring(figure.chart)
        assert len(list(root.iter(f"{SVG}polyline"))) > 3
        assert "nan" not in figure.chart
