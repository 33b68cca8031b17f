"""What the ledger page of a household shows: its entries, its identifications with their clocks, and who may help."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel.review.access import Right
from riskmodel.review.lamps import lamps
from riskmodel.workflows.cases import cases
from riskmodel.workflows.identification import courses, village_seen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from riskmodel.policy import Lamp
    from riskmodel.review.access import Principal
    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.workflows.identification import Course
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class HouseholdCases:
    """All of the page."""

    village_code: str
    entries: Sequence[tuple[LedgerEntry, Lamp]] = field(repr=False)
    """Open ones first, each with its lamp of the day."""
    courses: Sequence[Course] = field(repr=False)
    """The newest first."""


def household_cases(service: Service, who: Principal, household_id: str, now: datetime) -> HouseholdCases | None:
    """The page of a household; None outside of the area of who asks. That it was read is in the audit log before."""
    who.require(Right.READ)
    village = village_seen(service, who, household_id)
    if village is None:
        return None
    light = lamps(service.workspace.policy, now.date())
    entries = [(one, light.lamp(one)) for one in cases(service, who, household_id, now)]
    return HouseholdCases(village, entries, courses(service, who, household_id, now))
