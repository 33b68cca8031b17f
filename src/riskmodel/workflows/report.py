"""Report: what the newest back-test says of the model in use, as a page, and as a model card."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel.tables.files import write_bytes
from riskmodel.tables.publish import published_folder
from riskmodel.workflows.model_report.card import card
from riskmodel.workflows.model_report.markdown import markdown
from riskmodel.workflows.model_report.material import material
from riskmodel.workflows.model_report.page import page
from riskmodel.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace

PAGE, CARD, CARD_JSON = "report.html", "model-card.md", "model-card.json"


@dataclass(frozen=True)
class Reported:
    """Where a report lies, and what it is about."""

    folder: str
    page: str
    card: str
    card_json: str
    label: str
    horizons: list[int]
    """Months of the horizons that are told."""
    not_released: list[str]
    """Labels of shorter horizons without a finished back-test."""
    model: str
    version: int
    kind: str
    tested_at: str
    """When the back-test of the label was made."""
    artifacts: list[str] = field(repr=False)
    """The same files in MLflow, beside the run of the version."""
    unconfirmed_policy: list[str] = field(repr=False)


def report(workspace: Workspace, now: datetime, label: str | None = None, progress: Progress | None = None) -> Reported:
    """Write reports/model/<label>-<date>/ from the newest finished back-test, all of it at once, and log it to MLflow.

    About the champion of the label, else its newest version. No back-test is run here: UsageError without a finished
    one, and without a model. A report of the same day takes the place of the one before.
    """
    show = progress or Silent()
    show.say("reading the newest back-test, and what moves the scores")
    found = material(workspace, now, label)
    show.say("writing the report and the model card")
    written = json.dumps(card(found), ensure_ascii=False, sort_keys=True, allow_nan=False)
    files = {PAGE: page(found).encode(), CARD: markdown(found).encode(), CARD_JSON: f"{written}\n".encode()}
    folder = workspace.reports / "model" / f"{found.label.name}-{now:%Y-%m-%d}"
    with published_folder(folder) as filling:
        for name, content in files.items():
            write_bytes(filling / name, content)
    artifacts = workspace.registry.attach(found.name, found.version.version, files)
    return Reported(
        folder=str(folder),
        page=str(folder / PAGE),
        card=str(folder / CARD),
        card_json=str(folder / CARD_JSON),
        label=found.label.name,
        horizons=[test["horizon_months"] for test in found.tests],
        not_released=[missing.name for missing in found.lacking],
        model=found.name,
        version=found.version.version,
        kind=found.kind,
        tested_at=str(found.tests[0]["made_at"]),
        artifacts=[str(path) for path in artifacts],
        unconfirmed_policy=found.unconfirmed,
    )
