"""The county that notebooks show: the one of `make demo`, else a small one that is made for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.settings import load
from riskmodel.workflows.demo import taken_in
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.promote import promote
from riskmodel.workflows.score import newest_as_of, published, score
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

HOUSEHOLDS: Final = 2000
MONTHS: Final = 48
"""So many deliveries that a test in later months has a training whose outcomes were known before it began."""
KIND: Final = "lightgbm"
REASON: Final = "an invented county for notebooks, too small for the gate"


def showcase(
    home: Path, now: datetime, *, households: int = HOUSEHOLDS, months: int = MONTHS, progress: Progress | None = None
) -> Workspace:
    """The workspace in `home` where something was scored there; else a small simulated county beside it.

    The small one lies in the folder `<home>-small` and is made the first time, which takes a few minutes; stopped, it
    goes on where it was. Its champion is a LightGBM whatever the gate says, so that there are reasons to be shown.
    """
    workspace = Workspace(load(home))
    if _scored(workspace):
        return workspace
    small = Workspace(load(home.with_name(f"{home.name}-small")))
    if not _scored(small):
        _made(small, households, months, now, progress or Silent())
    return small


def _scored(workspace: Workspace) -> bool:
    try:
        return published(workspace).is_dir()
    except UsageError:
        return False


def _made(small: Workspace, households: int, months: int, now: datetime, show: Progress) -> None:
    """Simulate, ingest, train trees, make them champions, score the newest month."""
    taken_in(small, households, months, show)
    trained = train(small, now, progress=show, kind=KIND)
    for done in (trained, trained.shorter):
        if done:
            promote(small, done.version, now, done.label, reason=REASON)
    score(small, newest_as_of(small), progress=show)
