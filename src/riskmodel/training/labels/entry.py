"""New entry into monitoring, within 6 or 12 months, and entry again after the risk was eliminated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.lineage import ancestors, with_inherited
from riskmodel.tables.outcomes import episodes, new_entries
from riskmodel.training.labels.label import Label

if TYPE_CHECKING:
    from riskmodel.tables.lake import View
    from riskmodel.training.labels.label import Question


def _new_entry(q: Question) -> pl.LazyFrame:
    return new_entries(q.view, q.later, q.first, q.after_last)


def _identified(view: View) -> pl.LazyFrame:
    return episodes(view).select("household_id", month="identified_month")


def _recurrence(q: Question) -> pl.LazyFrame:
    known = with_inherited(episodes(q.view), ancestors(q.view), "identified_month")
    eliminated = known.group_by("household_id").agg(all=pl.col("eliminated_month").is_not_null().all()).filter("all")
    return _new_entry(q).join(eliminated, on="household_id", how="semi")


def _settles_after(months: int) -> str:
    return (
        f"end of month M0 + {months - 1} plus the policy's label.reporting_delay_months; the county's register of "
        "episodes must have been delivered then or later"
    )


_LEFT_OUT = (
    "a household in the pipeline (identified before M0, not known yet, not eliminated by then) is left out, and so is "
    "one that ended (merged, moved out, dissolved, split with nobody staying) by the end of month M0 + {last} without "
    "an event before"
)
_EVENT = (
    "a monitoring episode of the household's own id with identified_month in [M0, M0 + {months}), M0 = first month not "
    "complete; where the household ended, in a month that began before its end"
)

NEW_ENTRY_12M: Final = Label(
    name="new_entry_12m",
    title="新纳入监测",
    english="new entry into monitoring",
    horizon=12,
    cohort="active households without an open episode in the view of the as-of date; " + _LEFT_OUT.format(last=11),
    event=_EVENT.format(months=12),
    settles_after=_settles_after(12),
    tables=("monitoring_episodes",),
    outcome=_new_entry,
    of_unmonitored=True,
    shorter="new_entry_6m",
    happened=_identified,
)

NEW_ENTRY_6M: Final = replace(
    NEW_ENTRY_12M,
    name="new_entry_6m",
    horizon=6,
    cohort="active households without an open episode in the view of the as-of date; " + _LEFT_OUT.format(last=5),
    event=_EVENT.format(months=6),
    settles_after=_settles_after(6),
    shorter="",
)

RECURRENCE_12M: Final = replace(
    NEW_ENTRY_12M,
    name="recurrence_12m",
    title="风险消除后再次纳入监测",
    english="entry into monitoring again after elimination",
    cohort="those of the cohort of new_entry_12m that have at least one monitoring episode in the view of the as-of "
    "date, all of them eliminated; episodes of the households it came from (split, moved), identified before it went "
    "its own way, are among them; " + _LEFT_OUT.format(last=11),
    outcome=_recurrence,
    shorter="",
)
