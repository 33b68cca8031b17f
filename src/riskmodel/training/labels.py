"""What the model learns to foresee: one declaration per label.

A label says who can still fall (the cohort), what counts as falling (the event), within how many months, and after how
many months more the registers can be trusted. A row whose label has not matured is censored: it is left out, never
counted as negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features.windows import first_open_month, months_before
from riskmodel.tables.homes import homes
from riskmodel.tables.lineage import endings
from riskmodel.tables.outcomes import happened_before_its_end, month_incomes, new_entries, same_people

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.tables.lake import Lake, View


@dataclass(frozen=True)
class Question:
    """One question to a county: what was known at the as-of date (`view`) and what is known now (`later`)."""

    view: View
    later: View
    horizon: int
    policy: Policy

    @property
    def first(self) -> date:
        """M0, the first month of the horizon."""
        return first_open_month(self.view.as_of)

    @property
    def after_last(self) -> date:
        """First month after the horizon."""
        return months_before(self.first, -self.horizon)


@dataclass(frozen=True)
class Label:
    """A declared label. `outcome` gives `household_id` (coded as in the view) and the boolean `event` of the cohort."""

    name: str
    title: str
    """Chinese title."""
    english: str
    horizon: int
    """Months."""
    cohort: str
    event: str
    settles_after: str
    table: str
    """Table that tells the outcome: only what it was delivered for is known, whatever else arrived later."""
    outcome: Callable[[Question], pl.LazyFrame]

    def matures_on(self, as_of: date, delay_months: int) -> date:
        """First day on which the outcomes of a row of `as_of` can be trusted."""
        last = months_before(first_open_month(as_of), -(self.horizon + delay_months))
        return last - timedelta(days=1)


def outcomes(label: Label, lake: Lake, county: str, as_of: date, read_on: date, policy: Policy) -> pl.DataFrame:
    """Matured outcomes of a county's cohort at `as_of`, read in the view of `read_on`.

    Columns `household_id` (text), `event` (bool), sorted by household. Empty while the label has not matured: the
    county must have delivered the label's table at the end of the horizon plus the policy's reporting delay, or later.
    A register that stopped coming tells nothing, so its silence is no negative.
    """
    delay = int(policy.value("label.reporting_delay_months", county, on=as_of, known=read_on))
    later = lake.view(county, read_on)
    told = [date.fromisoformat(record.received_on) for record in later.records if record.table == label.table]
    if not told or max(told) < label.matures_on(as_of, delay):
        return pl.DataFrame(schema={"household_id": pl.String, "event": pl.Boolean})
    view = lake.view(county, as_of)
    found = label.outcome(Question(view, later, label.horizon, policy)).collect()
    ids = view.ids.decode("H", found["household_id"])
    return found.select(household_id=ids, event=pl.col("event")).sort("household_id")


def _new_entry(q: Question) -> pl.LazyFrame:
    return new_entries(q.view, q.later, q.first, q.after_last)


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


LABELS: dict[str, Label] = {
    label.name: label
    for label in (
        Label(
            name="new_entry_12m",
            title="新纳入监测",
            english="new entry into monitoring",
            horizon=12,
            cohort="active households without an open episode in the view of the as-of date; a household in the "
            "pipeline (identified before M0, not known yet, not eliminated by then) is left out, and so is one that "
            "ended (merged, moved out, dissolved, split with nobody staying) by the end of month M0 + 11 without an "
            "event before",
            event="a monitoring episode of the household's own id with identified_month in [M0, M0 + 12), M0 = first "
            "month not complete; where the household ended, in a month that began before its end",
            settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months; the county's register "
            "of episodes must have been delivered then or later",
            table="monitoring_episodes",
            outcome=_new_entry,
        ),
        Label(
            name="income_below_line_12m",
            title="月人均收入低于监测线",
            english="monthly income per head below the line",
            horizon=12,
            cohort="households whose income per head of the newest complete income month m was not below the line, "
            "found again in month m + 12 with at least half of the persons listed both times the same people; one that "
            "ended (merged, moved out, dissolved, split with nobody staying) before month m + 12 began is left out",
            event="twelve times the income per head of month m + 12 below the line in force in that month",
            settles_after="end of month M0 + 11 plus the policy's label.reporting_delay_months; the county's incomes "
            "must have been delivered then or later",
            table="incomes",
            outcome=_below_line,
        ),
    )
}
"""Every declared label by name; the first is the default."""


def label_named(name: str) -> Label:
    """The declared label of this name. Raises UsageError that lists the names."""
    if name not in LABELS:
        raise UsageError(f"no label {name!r}. Declared labels: {', '.join(LABELS)}.")
    return LABELS[name]
