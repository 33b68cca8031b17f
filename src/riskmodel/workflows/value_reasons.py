"""Why a feature of a household has no value, and which full lists say that a value is 0."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from riskmodel.features import assemble_view
from riskmodel.features.lists import lists_of
from riskmodel.features.origins import origins
from riskmodel.features.windows import Moment, months_before
from riskmodel.scoring.score import VALUE
from riskmodel.tables.catalogue import TABLES
from riskmodel.workflows.about import why_missing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.features.assemble import FeatureTable
    from riskmodel.features.lists import Listed
    from riskmodel.features.reading import Reading
    from riskmodel.policy import Policy
    from riskmodel.rendering.values import Absent
    from riskmodel.tables import View


@dataclass(frozen=True)
class FullList:
    """A department's full lists of a table on which the household does not stand."""

    table: str
    source: str
    months: list[str]
    """Months that they cover and the feature looks at, YYYY-MM, the oldest first."""


def absences(made: FeatureTable) -> dict[str, Absent]:
    """Why each missing feature is missing, of the one household in the table."""
    assert made.newest is not None  # of one view, so it is there
    values = made.rows.row(0, named=True)
    row = {f"{VALUE}{f.name}": values[f.name] for f in made.features} | origins(made.newest).row(0, named=True)
    row["as_of"] = made.as_of
    return {f.name: why_missing(f.name, row) for f in made.features if values[f.name] is None}


def lists_behind(
    view: View, policy: Policy, household_id: str, made: Mapping[str, float | None], read: Mapping[str, Reading]
) -> dict[str, list[FullList]]:
    """The full lists behind each feature that is 0 and would be missing without them.

    `made`: the features of the household. `read`: what each of those asked for reads.
    """
    listed = lists_of(view).of(household_id)
    zeros = [name for name, one in read.items() if made[name] == 0 and not one.of_others]
    if not listed or not zeros:
        return {}
    without = assemble_view(replace(view, records=()), policy, [household_id]).rows.row(0, named=True)
    return {name: _lists(read[name], listed, view.as_of) for name in zeros if without[name] is None}


def _lists(read: Reading, listed: Listed, as_of: date) -> list[FullList]:
    """The full lists of the tables that a feature reads, in the months that it looks at."""
    found, running = [], Moment(as_of).open_month
    for asked in read.asked:
        table = asked.tables[0]
        looked_at = {months_before(running, ago) for new, old in asked.months for ago in range(new, old + 1)}
        months = sorted(looked_at & listed.get(table, frozenset()))
        if months:
            found.append(FullList(table, TABLES[table].sources[0].value, [f"{month:%Y-%m}" for month in months]))
    return found
