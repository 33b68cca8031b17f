"""What an office still has to enter or to confirm before its policy numbers can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from riskmodel.policy.kinds import KINDS
from riskmodel.policy.parameters import Parameter, Policy, entry_form


@dataclass(frozen=True, slots=True)
class PolicyGap:
    """One value that is missing or unconfirmed, and what to do about it."""

    kind: str
    area: str
    problem: Literal["missing", "unconfirmed"]
    detail: str
    action: str


def check(policy: Policy, areas: Sequence[str], on: date) -> list[PolicyGap]:
    """Required values missing on this day in these areas, then values in force there that are unconfirmed."""
    missing = [
        PolicyGap(
            kind=kind.name,
            area=area,
            problem="missing",
            detail=f"{kind.zh} ({kind.meaning}): nothing in force on {on}",
            action=f"Enter in a *.toml file of the workspace's policy/ folder:\n{entry_form(kind, area, on)}",
        )
        for kind, area in policy.gaps(areas, on)
    ]
    return missing + [_unconfirmed(entry) for entry in policy.applying(areas, on) if not entry.confirmed]


def _unconfirmed(entry: Parameter) -> PolicyGap:
    return PolicyGap(
        kind=entry.kind,
        area=entry.area,
        problem="unconfirmed",
        detail=f"{KINDS[entry.kind].zh}: {entry.value:g} {entry.unit}, from {entry.source}",
        action=(
            "Compare with the document in force, then copy the entry into a *.toml file of the workspace's policy/ "
            "folder with the area of your office, the right value, published_on and source, and confirmed = true."
        ),
    )
