from __future__ import annotations

import polars as pl
import pytest

from riskmodel.training.recall_gaps import recall_gaps, unsettled_gaps


def table(**changes: object) -> pl.DataFrame:
    """A table of one group that fails, with some cells changed."""
    row = {
        "grouping": "township",
        "group": "990101001",
        "missed": 40,
        "recall_difference": -0.20,
        "recall_difference_low": -0.30,
        "recall_difference_high": -0.05,
        "recall_difference_shrunk": -0.15,
        "small": False,
    }
    return pl.DataFrame([row | changes], schema_overrides=dict.fromkeys(list(row)[3:7], pl.Float64))


@pytest.mark.parametrize(
    ("changes", "fails", "told"),
    [
        ({}, True, False),
        ({"recall_difference_high": 0.0}, False, True),  # may be chance
        ({"recall_difference_shrunk": -0.05, "recall_difference_high": -0.11}, True, False),  # no doubt
        ({"recall_difference_shrunk": -0.05, "recall_difference_high": -0.10}, False, True),
        ({"recall_difference_shrunk": -0.10}, False, True),  # not more than the bound
        ({"recall_difference_shrunk": -0.08, "recall_difference": -0.09}, False, False),
        ({"small": True}, False, True),
        ({"recall_difference_low": None, "recall_difference_high": None}, False, True),  # in too few villages
        ({"recall_difference": None, "recall_difference_shrunk": None}, False, False),  # no event
        ({"grouping": "all", "recall_difference": -0.5, "small": True}, False, False),
    ],
)
def test_a_gap_fails_when_it_is_too_large_and_no_chance(changes: dict[str, object], fails: bool, told: bool) -> None:
    rows = table(**changes)
    assert (len(recall_gaps(rows, 0.10)), len(unsettled_gaps(rows, 0.10))) == (fails, told)


def test_a_gap_says_where_and_how_large_it_is() -> None:
    (gap,) = recall_gaps(table(), 0.10)
    assert str(gap) == "township=990101001: recall -0.2000 [-0.3000, -0.0500] to all, shrunk -0.1500"
    assert gap.missed == 40
    (open_gap,) = unsettled_gaps(table(recall_difference_high=None), 0.10)
    assert str(open_gap.difference) == "-0.2000 [-0.3000, nan]"


def test_the_bound_is_the_largest_gap_allowed() -> None:
    assert [len(recall_gaps(table(), bound)) for bound in (0.05, 0.14, 0.16, 0.30)] == [1, 1, 0, 0]
