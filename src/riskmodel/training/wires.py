"""The trip wires that offices use today, on our features: the baseline to beat.

Only wires whose facts are features of this version can fire; each further feature widens the baseline.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.models import Wire

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy

WIRES = (("TW_DROPOUT", "out_of_school"),)
"""(wire of domain page, feature that its threshold is compared with)."""


def wires_in_force(policy: Policy, area: str, on: date) -> tuple[Wire, ...]:
    """The wires that have a threshold in force for the area; optional policy, so one that is not set does not fire."""
    found = [(code, column, policy.find(f"tripwire.{code}", area, on=on, known=on)) for code, column in WIRES]
    return tuple(Wire(code, column, entry.value) for code, column, entry in found if entry is not None)
