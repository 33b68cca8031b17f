"""Who stands above the capacity line of a month: as it was issued, else as `worklist` without options would draw it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.scoring.worklist import worklist
from riskmodel.workflows.installation import lot_key
from riskmodel.workflows.issued_lists import folder_of, issues
from riskmodel.workflows.list_places import quotas
from riskmodel.workflows.score import identity

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class MonthList:
    """What the list of a date makes of every household."""

    rows: pl.DataFrame = field(repr=False)
    """`household_id`, `status` (a `Listing`), `rank_place` (null: not to be listed)."""
    visits: dict[str, int]
    """Visits of each township that has any household to be listed."""
    issued: bool
    """Whether it was issued; else it is what would be issued now."""


def month_list(workspace: Workspace, scores: Path, rows: pl.DataFrame) -> MonthList:
    """The list of the scores in a folder: the last one issued of them for all areas, else the one that would be.

    `rows`: `household_id`, `township`, `village_code`, `probability`, `monitored`, `too_new`. Raises DataError where
    the issued list was changed.
    """
    as_of, current = date.fromisoformat(scores.name), identity(scores)
    issued = [one for one in issues(folder_of(workspace, as_of, "")) if one.manifest["inputs"]["scores"] == current]
    if issued:
        told, dealt = issued[-1].rows(), pl.DataFrame(issued[-1].manifest["quotas"])
    else:
        placed = rows.with_columns(place=pl.col("township"))
        dealt = quotas(placed, workspace.policy, as_of, None)
        told = worklist(placed, dealt, lot_key(workspace).key, as_of.isoformat())
    visits = dict(dealt.group_by("township").agg(pl.col("visits").sum()).sort("township").iter_rows())
    return MonthList(told.select("household_id", "status", "rank_place"), visits, bool(issued))
