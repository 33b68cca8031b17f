"""Promote: a person makes a version the champion; against the gate only with a reason, which is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.training.labels import label_named
from riskmodel.workflows.registering import FALLBACK, GATE, PASSED
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace

OVERRIDDEN = "gate_overridden"


@dataclass(frozen=True)
class Promoted:
    """The champion that was named."""

    model: str
    champion: int
    gate: str
    """What the gate said of it."""
    reason: str
    """Why it was named against the gate; empty where it passed."""


def promote(
    workspace: Workspace, version: int, now: datetime, label_name: str | None = None, reason: str = ""
) -> Promoted:
    """Make a version the champion of a label, after its bundle has been verified.

    Raises UsageError when there is no such version, and when the gate refused it and no reason is given.
    """
    name = model_name(label_named(label_name or workspace.settings.label).name)
    found = [facts for facts in workspace.registry.versions(name) if facts.version == version]
    workspace.registry.bundle_path(name, version)
    said = found[0].tags.get(GATE, "not asked")
    allowed = said in (PASSED, FALLBACK)
    if not allowed:
        why = found[0].tags.get("gate_why", "it was trained by a version without a gate")
        if not reason.strip():
            raise UsageError(
                f"the gate refused version {version} of {name}: {why}. Promote another one, or say why the office "
                'should use it all the same: --against-the-gate "reason". The reason is kept with the version.'
            )
        workspace.registry.note(name, version, OVERRIDDEN, f"{now:%Y-%m-%d %H:%M}: {reason.strip()}")
    workspace.registry.alias(name, version, "champion")
    return Promoted(name, version, said, "" if allowed else reason.strip())
