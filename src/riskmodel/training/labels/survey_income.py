"""Income or reference income of a survey below the line that was in force when its window ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.windows import PREPARED, SURVEY_MONTHS, Moment, Seen
from riskmodel.tables.crosswalk import Crosswalk
from riskmodel.tables.outcomes import decided, followed, of_its_own, without
from riskmodel.training.labels.label import Label

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.tables.lake import View
    from riskmodel.training.labels.label import Question

_SURVEY = ("household_id", "year", "stage", "period_end")


def _outcome(q: Question) -> pl.LazyFrame:
    """Surveys known by the as-of date tell of the present, whenever their window ends; only the others are outcomes."""
    known = q.view.table("income_surveys")
    newest = PREPARED["surveys"].rows(Seen(q.view, Moment(q.view.as_of)))
    unseen = q.later.table("income_surveys").join(known, on=_SURVEY, how="anti")
    missed = _not_older(unseen.filter(pl.col("period_end") < pl.lit(q.first)), newest)
    early = known.filter(pl.col("period_end") > pl.lit(q.view.as_of))
    coming = unseen.filter(pl.col("period_end").is_between(q.first, q.after_last, closed="left"))

    now = below_line_of_year(newest, q.view, q.policy, q.later.as_of)
    fallen = [
        below_line_of_year(rows, view, q.policy, q.later.as_of).filter("below")
        for rows, view in ((missed, q.later), (early, q.view))
    ]
    then = below_line_of_year(coming, q.later, q.policy, q.later.as_of)
    whole = followed(q.view, q.later, q.after_last)
    cohort = without(whole.join(now.filter(~pl.col("below")), on="household_id", how="semi"), *fallen)
    return decided(cohort, of_its_own(then.filter("below"), cohort, "period_end"), told=then)


def below_line_of_year(surveys: pl.LazyFrame, view: View, policy: Policy, known: date) -> pl.LazyFrame:
    """Surveys with `below`: net or reference income per head below the line in force on the last day of the window.

    Both as reported; a reference income that was not reported does not count. The line is that of the village in
    which the household lived on that day, under the code of that day; of a household without a state that early, in
    which it lived first. A survey of a household without any state is left out.
    """
    columns = ("household_id", "period_end", "net_per_capita", "reference_per_capita")
    placed = _with_village(surveys.select(columns), view).collect()
    asked = placed.select("village_code", "period_end").unique().sort("period_end", "village_code")
    lines = asked.with_columns(pl.Series("line", _lines(asked, view, policy, known), dtype=pl.Float64))
    fen = pl.col("line") * 100
    below = (pl.col("net_per_capita") < fen) | (pl.col("reference_per_capita") < fen).fill_null(value=False)
    judged = placed.join(lines, on=["village_code", "period_end"], how="inner")
    return judged.lazy().select("household_id", "period_end", below=below)


def _lines(asked: pl.DataFrame, view: View, policy: Policy, known: date) -> list[float]:
    """Line of each village and day, in their order (by day): one look-up for each, however many households."""
    crosswalk, found = Crosswalk.of(view), []
    for day in asked["period_end"].unique(maintain_order=True):
        codes = crosswalk.current(asked.filter(pl.col("period_end") == day)["village_code"], day)
        found += policy.values("monitoring_line", [f"{code:012d}" for code in codes], on=day, known=known)
    return found


def _with_village(surveys: pl.LazyFrame, view: View) -> pl.LazyFrame:
    states = view.table("households").select("household_id", "valid_from", "village_code").sort("valid_from")
    first = states.group_by("household_id").agg(first_village=pl.col("village_code").sort_by("valid_from").first())
    there = surveys.sort("period_end").join_asof(
        states,
        left_on="period_end",
        right_on="valid_from",
        by="household_id",
        check_sortedness=False,  # both ascend in the day, which is what asof needs
    )
    placed = there.join(first, on="household_id", how="inner")
    return placed.with_columns(pl.col("village_code").fill_null(pl.col("first_village")))


def _not_older(surveys: pl.LazyFrame, newest: pl.LazyFrame) -> pl.LazyFrame:
    """The surveys whose window ended no earlier than that of the household's newest known survey."""
    ends = newest.select("household_id", newest_end="period_end")
    return surveys.join(ends, on="household_id", how="inner").filter(pl.col("period_end") >= pl.col("newest_end"))


REFERENCE_INCOME_BELOW_LINE_12M: Final = Label(
    name="reference_income_below_line_12m",
    title="年人均纯收入或收入参考范围低于监测线",
    english="net or reference income of a year below the line",
    horizon=12,
    cohort="active households whose newest known survey, of any stage, that ended in the as-of month or the "
    f"{SURVEY_MONTHS} months before has neither net nor (where reported) reference income per head below the line in "
    "force at its period_end; left out is one with a survey below its line that was known early (its window ends after "
    "the as-of date) or was on its way (it ended before M0, no earlier than the newest known one, and became known "
    "later), one without a survey that ends in the horizon and was not known by the as-of date, and one that ended "
    "(merged, moved out, dissolved, split with nobody staying) by the end of month M0 + 11 without an event before",
    event="a survey, not known by the as-of date, with period_end in [M0, M0 + 12) and net or reference income per "
    "head below the line in force at its period_end; where the household ended, with period_end before its end",
    settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months plus 1 month (surveys of a year "
    "are completed in the first quarter of the next); the county's surveys must have been delivered then or later",
    tables=("income_surveys",),
    outcome=_outcome,
    further_delay=1,
)
