"""What checks may ask of a county: its households, episodes, surveys and members as known at the as-of date.

Frames that several checks need are made once. Every frame of households has `village_code`, so that a policy number can
be looked up where the household lives. What is not in force, or never was received, is noted in `gaps` and never
guessed. A comparison with a missing value is missing, and that is no finding.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.policy import KINDS, Labour, SurveyStage
from riskmodel.tables.monitoring import CAUSES
from riskmodel.tables.outcomes import episodes
from riskmodel.tables.quality.gaps import Gap, never_received, not_in_force
from riskmodel.tables.quality.places import active_homes

if TYPE_CHECKING:
    from riskmodel.policy import Cause, Policy
    from riskmodel.tables.lake import View

ABLE = pl.col("labour").is_in([labour.value for labour in Labour if labour.able])
"""Skilled, ordinary or weak labour; missing where the labour is not known."""

PERSON = ("birth_month", "labour", "disability_type", "chronic_illness", "major_illness")
"""Columns of a member that checks read."""


@dataclass
class Reading:
    """One county at the as-of date, with the policy as known on it."""

    view: View
    policy: Policy
    gaps: list[Gap] = field(default_factory=list)
    """What was asked for and is missing, in the order of asking."""
    _looked_up: dict[tuple[str, int, date], float | None] = field(default_factory=dict, repr=False)
    _begun: dict[tuple[str, str | None], date | None] = field(default_factory=dict, repr=False)

    @property
    def as_of(self) -> date:
        """The as-of date."""
        return self.view.as_of

    @property
    def open_month(self) -> date:
        """First month that is not complete at the end of the as-of date."""
        return (self.as_of + timedelta(days=1)).replace(day=1)

    @cached_property
    def homes(self) -> pl.DataFrame:
        """Active households: `household_id`, `village_code` (the code in force), `size`."""
        return active_homes(self.view)

    @cached_property
    def episodes(self) -> pl.DataFrame:
        """Episodes of active households, oldest first, with what they know of their neighbours in time.

        `ends`: last day of the episode, for an open one the as-of date. `since`: month in which the episode before was
        eliminated, null for the first. `newest`: whether it is the last one.
        """
        eliminated = pl.col("eliminated_month")
        return (
            episodes(self.view)
            .join(self.homes.lazy().select("household_id", "village_code"), on="household_id")
            .sort("household_id", "episode_no")
            .with_columns(
                ends=pl.min_horizontal(eliminated.dt.month_end().fill_null(self.as_of), pl.lit(self.as_of)),
                since=eliminated.shift(1).over("household_id"),
                newest=pl.col("episode_no") == pl.col("episode_no").max().over("household_id"),
            )
            .collect()
        )

    def open(self) -> pl.LazyFrame:
        """Open episodes, one per household at most, with `waited`: complete months after the month of identification.

        The day of identification is not known, so a household has waited a month when the next month is over.
        """
        waited = months(pl.lit(self.open_month)) - months(pl.col("identified_month")) - 1
        return self.episodes.lazy().filter(pl.col("eliminated_month").is_null()).with_columns(waited=waited)

    def eliminated(self) -> pl.LazyFrame:
        """Episodes that were really eliminated; one that only ended because a newer one began has no mode."""
        return self.episodes.lazy().filter(pl.col("elimination_mode").is_not_null())

    def over(self) -> pl.LazyFrame:
        """Households whose newest episode is eliminated: `household_id`, `eliminated_month`, `ends`."""
        return self.eliminated().filter("newest").select("household_id", "eliminated_month", "ends")

    def of_episodes(self, rows: pl.LazyFrame, day: str) -> pl.LazyFrame:
        """Rows of households with the episode that they belong to: `episode_no`, `identified_month`.

        A row belongs to an episode when its day lies after the elimination of the one before and not after its own
        end. The day after counts for the beginning: a window of income closes on the last day of a month.
        """
        spans = self.episodes.lazy().select("household_id", "episode_no", "identified_month", "since", "ends")
        begun = pl.col("since").is_null() | (pl.col(day).dt.offset_by("1d") >= pl.col("since"))
        return rows.join(spans, on="household_id").filter(begun & (pl.col(day) <= pl.col("ends")))

    @cached_property
    def surveys(self) -> pl.DataFrame:
        """Income surveys whose window has ended, of active households, oldest first per household.

        Of surveys that end on the same day, the later policy year comes last, then elimination after identification
        after annual.
        """
        ended = self.view.table("income_surveys").filter(pl.col("period_end") <= pl.lit(self.as_of))
        return (
            ended.select("household_id", "year", "stage", "period_end", "wage", "transfer", "net_per_capita")
            .join(self.homes.lazy().select("household_id", "village_code"), on="household_id")
            .sort("household_id", "period_end", "year", "stage")
            .collect()
        )

    @cached_property
    def newest_surveys(self) -> pl.DataFrame:
        """The newest income survey of each active household, of any stage."""
        return newest_of(self.surveys.lazy()).collect()

    @cached_property
    def present(self) -> pl.DataFrame:
        """Present members of active households, with `village_code` and `age` in full years at the as-of date."""
        return (
            self.view.states("members")
            .filter(pl.col("leave_reason").is_null())
            .select("person_id", "household_id", *PERSON, age=age(pl.lit(self.as_of)))
            .join(self.homes.lazy().select("household_id", "village_code"), on="household_id")
            .collect()
        )

    @cached_property
    def members_then(self) -> pl.DataFrame:
        """Members of each episode's household as listed on the day on which the episode ends; `age` on that day.

        Of an open episode: the members of today. Persons who had left are listed too, with their `leave_reason`.
        """
        spans = self.episodes.lazy().select("household_id", "village_code", "episode_no", "ends")
        states = self.view.table("members")
        listed = states.select("person_id", "household_id").unique().join(spans, on="household_id")
        who = ["person_id", "episode_no", "household_id"]
        then = (
            states.select("person_id", "household_id", "valid_from", *PERSON, "leave_reason")
            .rename({"household_id": "lived_in"})
            .join(listed, on="person_id")
            .filter(pl.col("valid_from") <= pl.col("ends"))
        )
        last = pl.col("valid_from") == pl.col("valid_from").max().over(who)
        here = pl.col("lived_in") == pl.col("household_id")
        return then.filter(last).filter(here).with_columns(age=age(pl.col("ends"))).collect()

    def with_numbers(self, rows: pl.LazyFrame, *kinds: str, day: str | None = None) -> pl.LazyFrame:
        """Rows with a column per kind: the policy number in force where the household lives, money in fen.

        In force on the as-of date, or on each row's `day`; known on the as-of date. Rows for which one of the numbers
        is not in force are left out, and that is noted. `rows` have `household_id` and `village_code`.
        """
        key = ["village_code"] if day is None else ["village_code", day]
        asked = self.homes.lazy() if day is None else rows
        counted = asked.drop_nulls(key).group_by(key)
        places = counted.agg(asking=pl.col("household_id").n_unique()).collect().sort(key)
        days = [self.as_of] * places.height if day is None else places[day].to_list()
        columns = []
        for kind in kinds:
            found = [self._number(kind, place, on) for place, on in zip(places["village_code"], days, strict=True)]
            columns.append(pl.Series(kind, found, dtype=pl.Float64))
            self.gaps += not_in_force(kind, places.with_columns(columns[-1], pl.Series("on", days, dtype=pl.Date)))
        in_force = places.select(key).with_columns(columns).drop_nulls(kinds)
        return rows.join(in_force.lazy(), on=key)

    def begins(self, table: str, day: str, stage: str | None = None) -> date | None:
        """First day of which the county has a row of a table (of a stage); without any it is None, and noted.

        That a row is missing only says something from this day on.
        """
        if (table, stage) not in self._begun:
            rows = self.view.table(table)
            mine = rows if stage is None else rows.filter(pl.col("stage") == stage)
            self._begun[table, stage] = mine.select(pl.col(day).min()).collect().item()
        first = self._begun[table, stage]
        if first is None:
            self.lacking(table, *((f" of stage {stage}", f"({SurveyStage(stage).zh})") if stage else ("", "")))
        return first

    def lacking(self, table: str, which: str, which_zh: str) -> None:
        """Note that the county never received a row (`which` rows) of a table."""
        self.gaps.append(never_received(table, which, which_zh, self.view.county, self.as_of, self.homes.height))

    def _number(self, kind: str, village: int, on: date) -> float | None:
        asked = (kind, village, on)
        if asked not in self._looked_up:
            found = self.policy.find(kind, f"{village:012d}", on, known=self.as_of)
            in_fen = KINDS[kind].unit.startswith("yuan")
            self._looked_up[asked] = (
                None if found is None else float(round(found.value * 100) if in_fen else found.value)
            )
        return self._looked_up[asked]


def age(day: pl.Expr) -> pl.Expr:
    """Full years from the month of birth to the month of a day."""
    return (months(day) - months(pl.col("birth_month"))) // 12


def months(day: pl.Expr) -> pl.Expr:
    """Number of a day's month, to count months with."""
    return day.dt.year().cast(pl.Int32) * 12 + day.dt.month().cast(pl.Int32)


def named(cause: Cause) -> pl.Expr:
    """Whether an episode names a cause, at any of its five places."""
    return pl.any_horizontal(pl.col(CAUSES).eq_missing(pl.lit(cause.value)))


def newest_of(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The last row of each household; rows come sorted by household."""
    return rows.filter(pl.col("household_id").ne_missing(pl.col("household_id").shift(-1)))
