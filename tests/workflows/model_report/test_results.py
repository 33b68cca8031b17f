from __future__ import annotations

from riskmodel.rendering.document import Figure, Measured, Table
from riskmodel.training.folds import SCHEMES
from riskmodel.workflows.model_report.results import METRICS, differences, lead_times, results, side_by_side
from riskmodel.workflows.model_report.wording import kinds, limits, number
from tested_county import Backtested


def test_every_number_of_the_table_is_that_of_the_result(tested: Backtested) -> None:
    for scheme in SCHEMES:
        pooled, table = tested.result["pooled"][scheme], side_by_side(tested.result, scheme).table
        assert table is not None
        assert len(table.rows) == len(METRICS)
        for name, (_, *cells) in zip(METRICS, table.rows, strict=True):
            for kind, cell in zip(kinds(pooled["metrics"]), cells, strict=True):
                value = cell.value if isinstance(cell, Measured) else cell
                assert value == number(pooled["metrics"][kind][name], name)
                if isinstance(cell, Measured):
                    assert cell.below == limits(pooled["intervals"][kind][name], name)


def test_differences_are_those_of_the_reported_kind_less_the_others(tested: Backtested) -> None:
    (figure,) = differences(tested.result, "lightgbm")
    assert isinstance(figure, Figure)
    assert figure.table is not None
    found = tested.result["pooled"]["time"]["differences"]["lightgbm - logistic"]["average_precision"]
    assert figure.table.rows[0][1] == Measured(number(found["value"]), limits(found))
    assert len(figure.table.rows) == len(tested.result["pooled"]["time"]["metrics"]) - 2  # itself and the champion


def test_a_kind_that_was_not_tested_has_no_differences(tested: Backtested) -> None:
    assert list(differences(tested.result, "another")) == []


def test_lead_times_are_told_in_every_scheme_or_why_not(tested: Backtested) -> None:
    _note, *tables = lead_times(tested.result)
    assert len(tables) == len(SCHEMES)
    told = tested.result["pooled"]["time"]["lead_time"]["lightgbm"]
    assert isinstance(tables[0], Table)
    assert tables[0].rows[0][1] == f"{told['events']:,}"
    assert tables[0].rows[0][2] == f"{told['listed']:.0%}"
    unknown = {scheme: pooled | {"lead_time": None} for scheme, pooled in tested.result["pooled"].items()}
    (why,) = lead_times(tested.result | {"pooled": unknown})
    assert "does not tell the month" in why.text.en  # type: ignore[union-attr]  # it is a paragraph


def test_a_chapter_has_charts_and_tables_of_all_schemes(tested: Backtested) -> None:
    figures = [block for block in results(tested.result, "lightgbm") if isinstance(block, Figure)]
    assert len(figures) == len(SCHEMES) + 3  # side by side; differences, precision and recall, folds
