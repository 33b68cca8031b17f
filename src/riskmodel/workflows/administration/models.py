"""Versions of the models as an administrator sees them: promote one, go back to another, always with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from riskmodel.errors import CheckFailed, UsageError
from riskmodel.features import set_hash
from riskmodel.training.labels import label_named
from riskmodel.workflows.administration.orders import checked_reason, ordered
from riskmodel.workflows.model_report.wording import kind_title
from riskmodel.workflows.promote import OVERRIDDEN, promote
from riskmodel.workflows.registering import ACTION, FALLBACK, GATE, PASSED, WHY_ZH
from riskmodel.workflows.workspace import Workspace, model_name

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.models import VersionFacts
    from riskmodel.review.access import Principal
    from riskmodel.workflows.promote import Promoted
    from riskmodel.workflows.service import Service

_STORE: Final = "mlflow.db"


@dataclass(frozen=True)
class Version:
    """A version of a model."""

    number: int
    kind: str
    """Its title."""
    created: str
    """ISO 8601."""
    champion: bool
    usable: bool
    """Whether this program has the features that it learned from."""
    allowed: bool
    """By the gate."""
    why: str = field(repr=False)
    """What the gate said, in Chinese."""
    overridden: str = field(repr=False)
    """When and why it was promoted against the gate; empty where it was not."""
    hash: str


@dataclass(frozen=True)
class Line:
    """The versions of the model of one label, the newest first."""

    label: str
    title: str
    versions: list[Version]
    before: int | None
    """Version that was in use before in this process; None where that is not known."""

    def of(self, number: int) -> Version | None:
        """A version; None for an unknown one."""
        return next((version for version in self.versions if version.number == number), None)


def whole(service: Service, who: Principal) -> bool:
    """Whether the area of somebody holds all counties: models and months are the same for all of them."""
    return who.area == "" or all(who.sees(county) for county in service.workspace.lake.counties() or [""])


def lines(service: Service) -> list[Line]:
    """The models in use: that of the label, and that of its shorter horizon."""
    label = label_named(service.workspace.settings.label)
    names = [label.name, *([label.shorter] if label.shorter else [])]
    return [_line(service, name, first=name == label.name) for name in names]


def exchange(
    service: Service, who: Principal, label: str, version: Version, reason: str, now: datetime, *, against: bool
) -> Promoted:
    """Make a version the champion; running services take it within seconds.

    Raises UsageError where this program could not use it, CheckFailed where the gate refused it and `against` does not
    say to take it all the same.
    """
    why = checked_reason(reason)
    with ordered(service, who, ACTION, f"promote version {version.number} of {label}", why, now):
        if not version.usable:
            raise UsageError(
                f"version {version.number} learned from other features than this program has. / "
                f"第 {version.number} 版学习时用的特征与本程序的不同，服务无法使用。请重新训练，或换用相应版本的程序。"
            )
        if not version.allowed and not against:
            raise CheckFailed(
                f"the gate refused version {version.number}: say that it is to be used all the same. / "
                f"第 {version.number} 版未通过门槛检验。如确需使用，请勾选“仍要使用”。"
            )
        return promote(service.workspace, version.number, now, label, why)


def _line(service: Service, label: str, *, first: bool) -> Line:
    declared, previous = label_named(label), service.models.previous
    found = [_version(facts) for facts in reversed(_versions(service.workspace, label))]
    champion = next((version.number for version in found if version.champion), None)
    pointers = previous.pointers if previous else ()
    pointer = next(iter(pointers[:1] if first else pointers[1:2]), None)
    before = pointer.version if pointer and pointer.version != champion else None
    return Line(label, f"{declared.title}（{declared.horizon} 个月）", found, before)


def _versions(workspace: Workspace, label: str) -> tuple[VersionFacts, ...]:
    path = workspace.registry.folder / _STORE
    stamp = path.stat().st_mtime_ns if path.exists() else 0
    return _read(workspace, label, stamp)


@lru_cache(maxsize=8)
def _read(workspace: Workspace, label: str, _stamp: int) -> tuple[VersionFacts, ...]:
    """Asking MLflow takes longer than a page may; the store's file tells when the answer is another one."""
    return tuple(workspace.registry.versions(model_name(label)))


def _version(facts: VersionFacts) -> Version:
    said = facts.tags.get(GATE, "")
    return Version(
        number=facts.version,
        kind=kind_title(facts.tags.get("kind", "")).zh,
        created=facts.created.isoformat(),
        champion="champion" in facts.aliases,
        usable=facts.tags.get("feature_set") == set_hash(),
        allowed=said in (PASSED, FALLBACK),
        why=facts.tags.get(WHY_ZH, "") or "登记时没有留下中文理由。",
        overridden=facts.tags.get(OVERRIDDEN, ""),
        hash=facts.bundle_hash,
    )
