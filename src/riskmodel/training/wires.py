"""The trip wires that offices use today, on our features: the baseline to beat.

A wire on a number of cases is compared with the threshold that the policy sets. A wire on an amount whose threshold
depends on the kind of household stands on a feature that is the amount over that threshold, as in force and known at
the as-of date of each row, so it fires at 1. Departments warn monthly; where a bill or a report may come late, the
feature looks back over some months (see its definition), so that the wire does not miss it.

Not exactly as published: `TW_EDU_FEE` adds up the household's students, `TW_ACCIDENT` cannot tell key workers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.models import Wire

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy

REACHED: Final = 1.0
PASSED: Final = math.nextafter(1.0, 2.0)
"""The smallest number above 1: for wires that fire above their threshold, not at it."""


@dataclass(frozen=True)
class WireRule:
    """How a wire of the domain page is read from our features."""

    code: str
    column: str
    """Feature that is compared."""
    kinds: tuple[str, ...]
    """Kinds of policy values; with none of them in force the wire does not fire."""
    at_least: float | None = None
    """Threshold of the feature; None = the value of the policy."""


WIRES: Final = (
    WireRule("TW_DROPOUT", "out_of_school", ("TW_DROPOUT",)),
    WireRule("TW_MED_YTD", "bills_to_warning", ("TW_MED_YTD.registered", "TW_MED_YTD.other"), REACHED),
    WireRule("TW_MED_OUT", "special_outpatient_to_warning", ("TW_MED_OUT",), REACHED),
    WireRule("TW_MED_NEW", "newly_ill_members", ("TW_MED_NEW",)),
    WireRule("TW_MED_STAY", "stay_to_warning", ("TW_MED_STAY.monitored", "TW_MED_STAY.other"), PASSED),
    WireRule("TW_MED_REL", "bills_to_rural_income_warning", ("TW_MED_REL.ex_poor", "TW_MED_REL.other"), PASSED),
    WireRule("TW_EDU_FEE", "school_costs_to_warning", ("TW_EDU_FEE",), PASSED),
    WireRule("TW_DISASTER", "disasters_90d", ("TW_DISASTER",)),
    WireRule("TW_ACCIDENT", "accidents_90d", ("TW_ACCIDENT",)),
    WireRule("TW_NEW_AID", "aid_is_new", ("TW_NEW_AID",)),
)


def wires_in_force(policy: Policy, area: str, on: date) -> tuple[Wire, ...]:
    """The wires that have a threshold in force for the area; optional policy, so one that is not set does not fire."""
    found = []
    for rule in WIRES:
        entries = [policy.find(f"tripwire.{kind}", area, on=on, known=on) for kind in rule.kinds]
        values = [entry.value for entry in entries if entry is not None]
        if values:
            found.append(Wire(rule.code, rule.column, values[0] if rule.at_least is None else rule.at_least))
    return tuple(found)
