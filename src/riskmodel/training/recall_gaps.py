"""Groups that the list misses more often than others, for the gate.

No group's recall may lie more than the bound below that of all, its interval considered. What that means here: a group
fails when

- its shrunk recall lies more than the bound below the overall one and all of the interval of its difference lies
  below 0: the gap is larger than allowed, and it is not chance; or
- all of the interval lies below minus the bound: then there is no doubt, and no shrinkage acquits.

The second alone would protect too late: at a recall around a half, a gap of 0.15 would pass in every group of fewer
than some 400 independent events (1.96 sqrt(0.25 / n) > 0.05). The first alone overlooks one township missed among many
that are not, because the others say that townships do not differ. To take the recall as counted in place of the shrunk
one would fail, of 20 townships with some 15 events each, at least one by chance in every other test. A `small` group
neither makes nor breaks the gate by itself; `unsettled_gaps` tells it, with the others that look worse than allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from riskmodel.training.cells import ALL
from riskmodel.training.intervals import Interval


@dataclass(frozen=True)
class RecallGap:
    """A group whose recall lies below that of all rows."""

    grouping: str
    group: str
    missed: int
    """Rows with the event that were not listed."""
    difference: Interval
    """Recall of the group less that of all, as counted."""
    shrunk: float
    """The same, drawn towards 0 where the group is small."""
    small: bool

    def __str__(self) -> str:
        return f"{self.grouping}={self.group}: recall {self.difference} to all, shrunk {self.shrunk:.4f}"


def recall_gaps(table: pl.DataFrame, bound: float) -> list[RecallGap]:
    """The groups that fail, in the order of a table of `fairness`; bound: the largest gap allowed, such as 0.10."""
    return _gaps(table.filter(_fails(bound)))


def unsettled_gaps(table: pl.DataFrame, bound: float) -> list[RecallGap]:
    """The groups that do not fail though their recall, as counted, lies beyond the bound, in the order of the table.

    They are too small, lie in too few villages to have an interval, or may differ by chance: for people to look at.
    """
    beyond = (pl.col("recall_difference") < -bound) & (pl.col("grouping") != ALL)
    return _gaps(table.filter(beyond & ~_fails(bound)))


def _fails(bound: float) -> pl.Expr:
    """Whether a group fails; where its interval is not known, it does not."""
    shrunk, high = pl.col("recall_difference_shrunk"), pl.col("recall_difference_high")
    no_chance = (shrunk < -bound) & (high < 0)
    no_doubt = high < -bound
    return ((no_chance | no_doubt) & ~pl.col("small")).fill_null(value=False)


def _gaps(rows: pl.DataFrame) -> list[RecallGap]:
    limits = ("recall_difference", "recall_difference_low", "recall_difference_high")
    told = rows.with_columns(pl.col(limits).fill_null(float("nan")))
    facts = ("grouping", "group", "missed", "recall_difference_shrunk", "small", *limits)
    return [
        RecallGap(grouping, group, missed, Interval(*difference), shrunk, small)
        for grouping, group, missed, shrunk, small, *difference in told.select(facts).iter_rows()
    ]
