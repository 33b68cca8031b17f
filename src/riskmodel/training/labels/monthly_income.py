"""Income of one month per head below the line, compared with the same month a year later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.windows import months_before
from riskmodel.tables.homes import homes
from riskmodel.tables.lineage import endings
from riskmodel.tables.outcomes import happened_before_its_end, month_incomes, same_people
from riskmodel.training.labels.label import Label

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.tables.lake import View
    from riskmodel.training.labels.label import Question

SAME_PEOPLE = 0.5
"""Share of the listed persons who must be the same people a year later."""


def _below_line(q: Question) -> pl.LazyFrame:
    """Month m = the newest complete month of the county with incomes; compared with month m + horizon."""
    incomes = q.view.table("incomes").filter(pl.col("month") < pl.lit(q.first))
    newest = incomes.select(pl.col("month").max()).collect().item()
    if newest is None:
        return pl.LazyFrame(schema={"household_id": pl.Int32, "event": pl.Boolean})
    target = months_before(newest, -q.horizon)
    now = below_line(q.view, newest, q.policy, q.later.as_of)
    then = below_line(q.later, target, q.policy, q.later.as_of).rename({"below": "event"})
    same = same_people(q.view, q.later, interview_day(target), SAME_PEOPLE)
    lasting = endings(q.later, q.after_last).filter(happened_before_its_end(pl.lit(target)))
    cohort = now.filter(~pl.col("below")).select("household_id").join(lasting, on="household_id", how="semi")
    return cohort.join(then, on="household_id", how="inner").join(same, on="household_id", how="semi")


def interview_day(month: date) -> date:
    """Day of the state of household and members that goes with a month's incomes: the end of the month after it."""
    return months_before(month, -2) - timedelta(days=1)


def below_line(view: View, month: date, policy: Policy, known: date) -> pl.LazyFrame:
    """Whether twelve times the month's income per head lay below the line in force in that month.

    Columns `household_id`, `below`; households with an income row in the month and a size above zero.
    """
    size = homes(view, interview_day(month)).select("household_id", "village_code", "size")
    rows = month_incomes(view, month).join(size, on="household_id", how="inner").filter(pl.col("size") > 0)
    villages = rows.select("village_code").unique().collect()["village_code"].to_list()
    if not villages:
        return pl.LazyFrame(schema={"household_id": pl.Int32, "below": pl.Boolean})
    values = policy.values("monitoring_line", [f"{v:012d}" for v in villages], on=month, known=known)
    lines = pl.LazyFrame({"village_code": villages, "line": values}, schema_overrides={"village_code": pl.Int64})
    below = pl.col("net") * 12 < pl.col("line") * 100 * pl.col("size")
    return rows.join(lines, on="village_code").select("household_id", below=below)


INCOME_BELOW_LINE_12M: Final = Label(
    name="income_below_line_12m",
    title="月人均收入低于监测线",
    english="monthly income per head below the line",
    horizon=12,
    cohort="households whose income per head of month m (the county's newest complete month with incomes, the same "
    "for all) was not below the line, "
    "found again in month m + 12 with at least half of the persons listed both times the same people; one that "
    "ended (merged, moved out, dissolved, split with nobody staying) before month m + 12 began is left out",
    event="twelve times the income per head of month m + 12 below the line in force in that month",
    settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months; the county's incomes "
    "must have been delivered then or later",
    tables=("incomes",),
    outcome=_below_line,
)
