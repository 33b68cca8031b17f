"""How old the newest delivery of each department is on a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.rhythm import Feed, feeds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class DeliveryAge:
    """The newest delivery of a department in a county."""

    county: str
    source: str
    last: str
    """Day of the newest delivery, as text."""
    days: int
    tables: int
    judged: bool
    """Whether it delivered often enough for a pause to be told from silence."""
    silent: list[str]
    """Chinese titles of tables that are missed: their usual pause is long over, see `tables.rhythm`."""


def delivery_ages(workspace: Workspace, counties: Iterable[str], as_of: date) -> list[DeliveryAge]:
    """Every department that delivered in these counties by the end of a day, the longest silent first."""
    found: defaultdict[tuple[str, str], list[Feed]] = defaultdict(list)
    for county in counties:
        for feed in feeds(workspace.lake.records(county), as_of):
            found[feed.county, feed.source].append(feed)
    ages = [_age(county, source, own) for (county, source), own in found.items()]
    return sorted(ages, key=lambda age: (age.county, -age.days, age.source))


def _age(county: str, source: str, own: Sequence[Feed]) -> DeliveryAge:
    newest = min(own, key=lambda feed: feed.days_since)
    silent = [TABLES[feed.table].title for feed in own if feed.silent]
    judged = any(feed.usual_days is not None for feed in own)
    return DeliveryAge(county, source, newest.last, newest.days_since, len(own), judged, silent)
