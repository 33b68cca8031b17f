"""Feature health of a date: the features of all counties beside those of a year before, and the sources."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features import assemble_view, declared
from riskmodel.features.health import FeatureState, Health, health_of, largest_first
from riskmodel.features.health import health as health_of_matrix
from riskmodel.tables.freshness import first_known
from riskmodel.tables.rhythm import Feed, feeds
from riskmodel.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskmodel.features import FeatureTable
    from riskmodel.tables import View
    from riskmodel.workflows.workspace import Workspace


def health(workspace: Workspace, as_of: date, against: date | None = None, progress: Progress | None = None) -> Health:
    """Health of the features at `as_of` beside those of `against`, by default the same day of the year before.

    Nothing is compared by default where no household was known a year before. Raises UsageError where none was known
    on a day asked for.
    """
    show = progress or Silent()
    counties, first = workspace.counties(), first_known(workspace.lake)
    earlier = against or _year_before(as_of)
    if earlier >= as_of:
        raise UsageError(f"{earlier} is not before {as_of}. Give an earlier date to compare with.")
    days = [as_of] if against is None and earlier < first else [as_of, earlier]
    for day in days:
        workspace.require_known(day)
    work = [(day, county) for day in days for county in counties]
    made: dict[date, list[FeatureTable]] = {day: [] for day in days}
    for day, county in show.track(work, f"features of {' and '.join(map(str, days))}", len(work)):
        made[day].append(assemble_view(workspace.lake.view(county, day), workspace.policy))
    return health_of(made[as_of], _sources(workspace, as_of), made.get(earlier, ()))


def county_health(workspace: Workspace, table: FeatureTable) -> Health:
    """Health of the features of a county, which are in `table`, beside those of the same day of the year before.

    Nothing is compared where no household was known then.
    """
    earlier = workspace.lake.view(table.county, _year_before(table.as_of))
    before = [assemble_view(earlier, workspace.policy)] if _anybody(earlier) else []
    return health_of([table], feeds(workspace.lake.records(table.county), table.as_of), before)


def health_from(told: Mapping[str, Any]) -> Health:
    """A health that was written down as JSON, which keeps no order of names."""
    states = [FeatureState(**state) for state in told["features"]]
    silent, stale = ([Feed(**feed) for feed in told[name]] for name in ("silent", "stale"))
    ordered = {name: largest_first(told[name]) for name in ("mostly_missing", "shifted")}
    return Health(**{**told, **ordered, "features": states, "silent": silent, "stale": stale})


def health_of_rows(workspace: Workspace, x: NDArray[np.float64], keys: pl.DataFrame, read_on: date) -> Health:
    """Health of training rows: of the newest as-of date, beside the newest one at least a year before.

    `x`: features in order of declaration, `keys`: `as_of` and `weight` of each row, `read_on`: the day by which sources
    are judged. Without rows of a year before nothing is compared. Where rows stand for more than others, of those that
    stand for less so many are left out that what remains is like the households.
    """
    weight = keys["weight"].to_numpy()
    if (weight != weight.max()).any():
        kept = np.random.default_rng(workspace.settings.seed).random(len(weight)) * weight.max() < weight
        x, keys = x[kept], keys.filter(pl.Series(kept))
    when = keys["as_of"].to_numpy().astype("datetime64[D]")
    newest: date = when.max().item()
    earlier = when[when <= np.datetime64(_year_before(newest))]
    day = earlier.max() if len(earlier) else None
    before = None if day is None else (day.item(), x[when == day])
    names = [f.name for f in declared()]
    return health_of_matrix(newest, names, x[when == when.max()], _sources(workspace, read_on), before)


def _sources(workspace: Workspace, as_of: date) -> list[Feed]:
    return [feed for county in workspace.counties() for feed in feeds(workspace.lake.records(county), as_of)]


def _anybody(view: View) -> bool:
    """Whether any household was known."""
    return bool(view.table("households").select(pl.len()).collect().item())


def _year_before(day: date) -> date:
    """The same day of the year before; the last of February for a 29th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)
