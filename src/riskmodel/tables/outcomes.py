"""What happened to a household later: events that labels and the simulator share.

Outcomes are read in a later view than the features: `later` is the view in which registers can be trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import HouseholdStatus, ShockKind
from riskmodel.tables.lineage import endings

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.tables.lake import View


def episodes(view: View) -> pl.LazyFrame:
    """Monitoring episodes of a view with `episode_no`; an open one ends in the month in which a newer one begins."""
    following = pl.col("identified_month").shift(-1).over("household_id")
    return (
        view.table("monitoring_episodes")
        .sort("household_id", "identified_month")
        .with_columns(
            episode_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("household_id"),
            eliminated_month=pl.col("eliminated_month").fill_null(following),
        )
    )


def open_episodes(view: View) -> pl.LazyFrame:
    """`household_id` of the households with an open episode in a view."""
    return episodes(view).filter(pl.col("eliminated_month").is_null()).select("household_id").unique()


def new_entries(view: View, later: View, first: date, after_last: date) -> pl.LazyFrame:
    """Households that could enter monitoring, and whether they did in the months [first, after_last).

    `view` is the view of the as-of date, `later` the one the outcome is read in. Left out: households with an open
    episode, and those in the pipeline (identified before `first`, not known yet, not eliminated by then). Households
    that ended: see `followed` and `decided`. An episode counts for the id it was written for: not for the one that it
    was merged with, was split from or became.
    Columns: `household_id` (as coded in `view`), `event`. Raises UsageError when the views number households
    differently.
    """
    cohort = followed(view, later, after_last)
    seen = episodes(view).select("household_id", "identified_month")
    later_episodes = episodes(later)
    unseen = later_episodes.join(seen, on=["household_id", "identified_month"], how="anti")
    still_open = pl.col("eliminated_month").is_null() | (pl.col("eliminated_month") > pl.lit(view.as_of))
    pipeline = unseen.filter((pl.col("identified_month") < pl.lit(first)) & still_open)
    entered = later_episodes.filter(pl.col("identified_month").is_between(first, after_last, closed="left"))
    left = without(cohort, open_episodes(view), pipeline)
    return decided(left, of_its_own(entered, cohort, "identified_month"))


def followed(view: View, later: View, after_last: date) -> pl.LazyFrame:
    """Households active at the as-of date of `view` that `later` still knows, with `ended_on` (see `endings`).

    Columns: `household_id` (as coded in both), `category` at the as-of date, `ended_on` (null where it goes on to the
    end of the horizon). Raises UsageError when the views number households differently.
    """
    _require_one_coding(view, later, "H")
    active = view.states("households").filter(pl.col("status") == HouseholdStatus.ACTIVE.value)
    columns = ("household_id", "category")
    return active.select(columns).join(endings(later, after_last), on="household_id", how="inner")


def of_its_own(rows: pl.LazyFrame, cohort: pl.LazyFrame, day: str) -> pl.LazyFrame:
    """Rows of the households of a cohort, without those whose `day` lies after the end of the household."""
    ends = cohort.select("household_id", "ended_on")
    return rows.join(ends, on="household_id", how="inner").filter(happened_before_its_end(pl.col(day)))


def without(cohort: pl.LazyFrame, *others: pl.LazyFrame) -> pl.LazyFrame:
    """The cohort less the households that have a row in one of the others."""
    for rows in others:
        cohort = cohort.join(rows.select("household_id").unique(), on="household_id", how="anti")
    return cohort


def decided(cohort: pl.LazyFrame, happened: pl.LazyFrame, told: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """`household_id` and `event`: true for those with a row in `happened`, false for those that went on without.

    Left out, being neither yes nor no: households that ended without the event before that, for what would have
    become of them is not known, and, where `told` is given, those without the event that have no row in it.
    """
    marked = happened.select("household_id", event=pl.lit(value=True)).unique()
    joined = cohort.join(marked, on="household_id", how="left")
    silent = pl.col("ended_on").is_not_null()
    if told is not None:
        joined = joined.join(
            told.select("household_id", told=pl.lit(value=True)).unique(), on="household_id", how="left"
        )
        silent |= pl.col("told").is_null()
    answered = joined.filter(pl.col("event").is_not_null() | ~silent)
    return answered.select("household_id", pl.col("event").fill_null(value=False))


def happened_before_its_end(month: pl.Expr) -> pl.Expr:
    """Whether a month or day began before the household ended, or it goes on; on rows with `ended_on`."""
    return pl.col("ended_on").is_null() | (month < pl.col("ended_on"))


def month_incomes(view: View, month: date) -> pl.LazyFrame:
    """Net income of each household in one month, fen; costs count negative. Only households with a row.

    Columns: `household_id`, `net`.
    """
    cost = pl.col("component").cast(pl.String).str.starts_with("cost_")
    net = pl.when(cost).then(-pl.col("amount")).otherwise(pl.col("amount"))
    return view.table("incomes").filter(pl.col("month") == pl.lit(month)).group_by("household_id").agg(net=net.sum())


def rigid_spending(view: View) -> pl.LazyFrame:
    """What the household had to pay, row by row: self-pay of medical bills, losses by disasters and accidents.

    Of a loss, what no claim paid; a claim that is not on record counts as none, a loss that is not known as 0. Falls of
    prices and failed projects are no rigid spending. Columns: `household_id`, `day` (end of the service, day of the
    shock), `amount` (fen).
    """
    bills = view.table("medical_settlements").select("household_id", day="service_end", amount="self_pay")
    business = [ShockKind.MARKET_FALL.value, ShockKind.PROJECT_FAILURE.value]
    unpaid = (pl.col("loss").fill_null(0) - pl.col("claim_paid").fill_null(0)).clip(lower_bound=0)
    shocks = view.table("shocks").filter(~pl.col("kind").cast(pl.String).is_in(business))
    return pl.concat([bills, shocks.select("household_id", day="happened_on", amount=unpaid)])


def same_people(view: View, later: View, on: date, share: float) -> pl.LazyFrame:
    """Households in which at least `share` of the persons listed at the as-of date and on the day `on` are the same.

    A survey dwelling can house another family a year later under the same numbers. A person counts as the same when the
    sex is equal and the birth month differs by at most 24 months (an age that moved by -1 to +3 years within a year).
    Households without any person listed both times are left out. Column: `household_id`. Raises UsageError when the
    views number persons differently.
    """
    _require_one_coding(view, later, "H", "P")
    columns = ["household_id", "person_id", "sex", "birth_month"]
    before = view.states("members").filter(pl.col("leave_reason").is_null()).select(columns)
    after = later.states("members", on).filter(pl.col("leave_reason").is_null()).select(columns)
    months = (_month_number("birth_month") - _month_number("birth_month_right")).abs()
    same = (pl.col("sex") == pl.col("sex_right")) & (months <= 24)
    both = before.join(after, on=["household_id", "person_id"], how="inner")
    return both.group_by("household_id").agg(share=same.mean()).filter(pl.col("share") >= share).select("household_id")


def _require_one_coding(view: View, later: View, *kinds: str) -> None:
    """Two views of one lake agree on all codes that both have; views made of different rows need not."""
    for kind in kinds:
        mine, other = view.ids.of(kind), later.ids.of(kind)
        shared = min(mine.len(), other.len())
        if not mine.head(shared).equals(other.head(shared)):
            raise UsageError(
                f"the views of {view.as_of} and {later.as_of} number the ids of kind {kind} differently and cannot be "
                "compared. Take both from one lake, or make both of the same rows."
            )


def _month_number(column: str) -> pl.Expr:
    return pl.col(column).dt.year().cast(pl.Int32) * 12 + pl.col(column).dt.month().cast(pl.Int32)
