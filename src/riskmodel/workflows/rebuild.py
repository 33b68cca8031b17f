"""Rebuild a county: derive its sorted form again from the batches, where a file of it is damaged or missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did."""

    county: str
    batches: int
    """Batches that the sorted form was derived from."""


def rebuild_county(workspace: Workspace, county: str) -> Rebuilt:
    """Derive a county's generation again; the old one stays in force until that is done. Again is the same.

    Raises UsageError for a county that the lake does not hold, BusyError while somebody writes to it, LakeError where a
    batch or its record is damaged: those come from the backup alone.
    """
    counties = workspace.counties()
    if county not in counties:
        raise UsageError(
            f"no county {county} in the lake. It has: {', '.join(counties)}. / "
            f"数据中没有县 {county}。现有：{'、'.join(counties)}。"
        )
    workspace.lake.rebuild(county)
    return Rebuilt(county, len(workspace.lake.records(county)))
