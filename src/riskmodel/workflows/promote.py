"""Promote: a person makes a version the champion; against the gate only with a reason, which is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from riskmodel.errors import CheckFailed, RiskModelError
from riskmodel.training.labels import label_named
from riskmodel.workflows.operators import note_operator
from riskmodel.workflows.registering import ACTION, FALLBACK, GATE, PASSED, WHY, WHY_ZH
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from collections.abc import Mapping
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

    Raises UsageError when there is no such version, CheckFailed when the gate refused it and no reason is given.
    """
    name = model_name(label_named(label_name or workspace.settings.label).name)
    found = [facts for facts in workspace.registry.versions(name) if facts.version == version]
    workspace.registry.bundle_path(name, version)
    said = found[0].tags.get(GATE, "not asked")
    allowed = said in (PASSED, FALLBACK)
    if not allowed:
        if not reason.strip():
            raise CheckFailed(_refused(name, version, found[0].tags))
        workspace.registry.note(
            name, version, OVERRIDDEN, f"{now.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {reason.strip()}"
        )
    workspace.registry.alias(name, version, "champion")
    return Promoted(name, version, said, "" if allowed else reason.strip())


def promote_here(
    workspace: Workspace, version: int, now: datetime, label_name: str | None = None, reason: str = ""
) -> Promoted:
    """As `promote`, on the machine itself: the order is in the audit log before, that it was refused after."""
    order = f"promote version {version} of {label_named(label_name or workspace.settings.label).name}"
    note_operator(workspace, ACTION, order, now)
    try:
        return promote(workspace, version, now, label_name, reason)
    except RiskModelError:
        note_operator(workspace, ACTION, f"refused: {order}", now)
        raise


def _refused(name: str, version: int, tags: Mapping[str, str]) -> str:
    why = tags.get(WHY, "it was trained by a version without a gate")
    why_zh = tags.get(WHY_ZH) or "登记时没有留下中文理由，见上面的英文"
    return (
        f"the gate refused version {version} of {name}: {why}. Promote another one, or say why the office should use "
        'it all the same: --against-the-gate "reason". The reason is kept with the version. / '
        f"{name} 第 {version} 版未通过门槛检验：{why_zh}。请指定其他版本；如确需使用，"
        '请写明理由：--against-the-gate "理由"，理由随该版本保存。'
    )
