"""The demonstration: from delivered files to the households to visit first."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from riskmodel.errors import UsageError
from riskmodel.tables.publish import published_folder
from riskmodel.training.labels import label_named
from riskmodel.workflows.explain import Explanation, listed
from riskmodel.workflows.ingest import Ingested, ingest
from riskmodel.workflows.installation import init
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.score import Scored, newest_as_of, score
from riskmodel.workflows.simulate import NOTICE, simulate
from riskmodel.workflows.train import Trained, train

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

TOP = 10


@dataclass(frozen=True)
class Demonstration:
    """What the demonstration did and found."""

    notice: str
    ingested: Ingested
    trained: Trained
    scored: Scored
    top: list[Explanation] = field(repr=False)
    places: dict[str, str]

    def lines(self) -> Iterator[str]:
        """The result for the terminal."""
        yield self.notice
        yield (
            f"{self.ingested.files:,} files, {self.ingested.rows_read:,} rows read: "
            f"{self.ingested.rows_loaded:,} loaded, {self.ingested.rows_duplicate:,} said nothing new, "
            f"{self.ingested.rows_waiting:,} had to wait ({self.ingested.rows_released:,} were matched later), "
            f"{self.ingested.rows_refused:,} quarantined"
        )
        yield ""
        for trained in (self.trained, self.trained.shorter):
            if trained:
                months = label_named(trained.label).horizon
                yield f"test in later months and other places 时间和地区外检验, {months} months 未来{months}个月:"
                yield from _comparison(trained.test)
                yield f"  {trained.gate.why}"
                yield f"  {trained.gate.why_zh}"
        yield ""
        yield f"{self.scored.households:,} households scored as of {self.scored.as_of}; visit first 优先走访:"
        for place, found in enumerate(self.top, start=1):
            yield f"{place:3}. {found.household_id}  {found.village_code}  {found.tier_title}  {found.meaning}"
            for reason in found.reasons:
                yield f"       {reason['sentence']}"
        yield ""
        for title, path in self.places.items():
            yield f"{title:12} {path}"


def demo(
    workspace: Workspace, households: int, months: int, now: datetime, progress: Progress | None = None
) -> Demonstration:
    """Simulate a county into the workspace, ingest, train, score the newest month, list whom to visit first.

    A second run goes on where the first one was stopped. Raises UsageError for a workspace with other data.
    """
    show = progress or Silent()
    delivered, ingested = taken_in(workspace, households, months, show)
    trained = train(workspace, now, progress=show)
    as_of = newest_as_of(workspace)
    scored = score(workspace, as_of, progress=show)
    return Demonstration(
        notice=NOTICE,
        ingested=ingested,
        trained=trained,
        scored=scored,
        top=listed(workspace, TOP, as_of),
        places={
            "deliveries": str(delivered),
            "report": str(ingested.report.page) if ingested.report else str(workspace.reports / "ingest"),
            "lake": str(workspace.lake.folder),
            "model": trained.bundle,
            "MLflow": str(workspace.home / "mlflow"),
            "scores": scored.folder,
        },
    )


def taken_in(workspace: Workspace, households: int, months: int, show: Progress) -> tuple[Path, Ingested]:
    """A simulated county in the workspace: the folder of its deliveries, and what came of them.

    What was simulated or ingested before is not done again. Raises UsageError for a workspace with other data.
    """
    simulated = workspace.home / "simulated" / f"{households}-households-{months}-months"
    if not simulated.exists():
        if workspace.lake.counties():
            raise UsageError(f"{workspace.home} holds other data already. Give the demo a folder of its own: --home")
        with published_folder(simulated) as folder:  # a stopped run must not leave half of the deliveries
            simulate(folder, households, months, workspace.settings.seed, progress=show)
    init(workspace)
    (workspace.home / "policy").mkdir(parents=True, exist_ok=True)
    shutil.copy(simulated / "policy" / "simulated.toml", workspace.home / "policy" / "simulated.toml")
    delivered = simulated / "deliveries"
    return delivered, ingest(workspace, delivered, show)


def _comparison(test: dict[str, dict[str, Any]]) -> Iterator[str]:
    names = {"average_precision": "avg prec", "roc_auc": "ROC AUC", "recall_at_capacity": "rec@cap", "ece": "ECE"}
    yield "  ".join([f"  {'model':10}", *(f"{title:>9}" for title in names.values())])
    for kind, values in test.items():
        cells = ["-" if values[n] is None else f"{values[n]:.4f}" for n in names]
        yield "  ".join([f"  {kind:10}", *(f"{cell:>9}" for cell in cells)])
