"""What a report of a model is made of: the model, its newest back-tests, the data they were made on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from riskmodel.errors import UsageError
from riskmodel.features import set_hash
from riskmodel.models import bundle as bundles
from riskmodel.training.gate import Bounds
from riskmodel.training.labels import label_named
from riskmodel.workflows.backtest import RESULT
from riskmodel.workflows.model_report.influence import influence
from riskmodel.workflows.score import MANIFEST
from riskmodel.workflows.workspace import model_name

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.models import Bundle, VersionFacts
    from riskmodel.training.labels import Label
    from riskmodel.workflows.model_report.influence import Influence
    from riskmodel.workflows.workspace import Workspace

INVENTED = "99"
"""Areas with this prefix are invented."""


@dataclass(frozen=True)
class Material:
    """Everything that a report tells, as it was found."""

    label: Label
    made_at: datetime
    name: str
    """Under which the model is registered."""
    version: VersionFacts
    bundle: Bundle = field(repr=False)
    kind: str
    """What the version was trained as; `naive` and `rule_pack` are told apart here, not in the bundle."""
    tests: list[dict[str, Any]] = field(repr=False)
    """The newest finished back-test of the label and that of its shorter horizon, as in their result.json."""
    lacking: list[Label]
    """Shorter horizons without a finished back-test."""
    counties: list[str]
    simulated: bool
    influence: Influence | None = field(repr=False)
    """None where the version learned from other features than this program declares."""
    bounds: Bounds = field(repr=False)
    unconfirmed: list[str] = field(repr=False)
    """Policy values that tests or scores used and nobody confirmed, as `kind (area)`."""


def material(workspace: Workspace, now: datetime, label_name: str | None = None) -> Material:
    """Gather what there is of a label. Raises UsageError without a finished back-test of it, or without a model."""
    label = label_named(label_name or workspace.settings.label)
    first = newest_backtest(workspace, label.name)
    if first is None:
        raise UsageError(
            f"there is no finished back-test of {label.name} in {workspace.home}, and a report tells what one has "
            f"found. Make it first: riskmodel backtest / {workspace.home} 中没有完成的 {label.name} 回溯检验，"
            "而模型报告要用它的结果。请先运行：riskmodel backtest"
        )
    shorter = label_named(label.shorter) if label.shorter else None
    second = newest_backtest(workspace, shorter.name) if shorter else None
    name = model_name(label.name)
    version = reported_version(workspace, name)
    bundle = bundles.read(workspace.registry.bundle_path(name, version.version))
    newest = workspace.lake.newest_delivery()
    tests = [first, *([second] if second else [])]
    return Material(
        label=label,
        made_at=now,
        name=name,
        version=version,
        bundle=bundle,
        kind=version.tags.get("kind", bundle.model.model.kind),
        tests=tests,
        lacking=[shorter] if shorter and second is None else [],
        counties=workspace.counties(),
        simulated=any(county.startswith(INVENTED) for county in workspace.counties()),
        influence=influence(workspace, bundle) if bundle.facts.feature_set == set_hash() else None,
        bounds=Bounds.of(workspace.policy, workspace.counties()[0], newest),
        unconfirmed=sorted({*_of_scores(workspace, label), *(v for test in tests for v in test["unconfirmed_policy"])}),
    )


def newest_backtest(workspace: Workspace, label: str) -> dict[str, Any] | None:
    """The result of the newest finished back-test of a label; None without one.

    Raises UsageError for the result of a version that told less.
    """
    found = [json.loads(path.read_text("utf-8")) for path in _results(workspace, label)]
    if not found:
        return None
    newest: dict[str, Any] = max(found, key=lambda result: str(result["made_at"]))
    if "by_date" not in newest or not all("calibration" in told for told in newest["pooled"].values()):
        raise UsageError(
            f"the newest back-test of {label} was made by a version that told less than a report needs. Make it again, "
            f"which is quick where its folds are kept: riskmodel backtest / {label} 最新的回溯检验由旧版程序完成，"
            "内容不够写报告。请重新运行（各折结果还在时很快）：riskmodel backtest"
        )
    return newest


def reported_version(workspace: Workspace, name: str) -> VersionFacts:
    """The champion of a name, else its newest version. Raises UsageError when there is none."""
    versions = workspace.registry.versions(name)
    if not versions:
        raise UsageError(
            f"no model {name} is registered in {workspace.home}. Train one: riskmodel train / "
            f"{workspace.home} 中没有登记模型 {name}。请先训练：riskmodel train"
        )
    return next((facts for facts in versions if "champion" in facts.aliases), versions[-1])


def _results(workspace: Workspace, label: str) -> list[Any]:
    return sorted((workspace.home / "backtests" / label).glob(f"*/{RESULT}"))


def _of_scores(workspace: Workspace, label: Label) -> list[str]:
    """Unconfirmed policy values of the newest scores of a label."""
    manifests = sorted(workspace.scores(label.name).glob(f"????-??-??/{MANIFEST}"))
    values: list[str] = json.loads(manifests[-1].read_text("utf-8"))["unconfirmed_policy"] if manifests else []
    return values
