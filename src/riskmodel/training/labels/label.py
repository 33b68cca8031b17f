"""What a label says: who can still fall, what counts as falling, within how many months, and when that is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from riskmodel.features.windows import first_open_month, months_before

if TYPE_CHECKING:
    import polars as pl

    from riskmodel.policy import Policy
    from riskmodel.tables.lake import View


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
    tables: tuple[str, ...]
    """Tables that tell the outcome: only what all of them were delivered for is known, whatever else arrived later."""
    outcome: Callable[[Question], pl.LazyFrame]
    further_delay: int = 0
    """Months that its registers need beyond the policy's `label.reporting_delay_months`."""
    of_unmonitored: bool = False
    """Whether households with an open episode are left out of the cohort: of them the label says nothing."""
    shorter: str = ""
    """Name of the label of the same event within fewer months that is trained and told beside this one."""
    happened: Callable[[View], pl.LazyFrame] | None = None
    """Every event in a view, `household_id` and `month` (first day), where the label can tell when it happened."""

    def gap(self, delay_months: int) -> int:
        """Months from M0 until the outcome can be trusted."""
        return self.horizon + delay_months + self.further_delay

    def matures_on(self, as_of: date, delay_months: int) -> date:
        """First day on which the outcomes of a row of `as_of` can be trusted."""
        return months_before(first_open_month(as_of), -self.gap(delay_months)) - timedelta(days=1)
