"""What the page of a verdict shows: the explanation that is kept with it, and every verdict on the household before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from riskmodel.review.access import Right
from riskmodel.review.verdicts import verdicts_of
from riskmodel.workflows.verdicts import shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.verdicts import KeptVerdict, Shown
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class VerdictPage:
    """All of the page."""

    shown: Shown
    told: dict[str, Any] = field(repr=False)
    """The explanation, as it is in `shown`."""
    kept: Sequence[KeptVerdict] = field(repr=False)
    """Every version of the verdicts on the household, the newest first."""

    def frozen(self, kept: KeptVerdict) -> dict[str, Any]:
        """The explanation as it was shown for a version; empty where it was erased."""
        return {} if kept.shown is None else dict(json.loads(kept.shown))

    def newest(self, number: int) -> KeptVerdict | None:
        """The newest version of a verdict on this household; None where it has no such verdict."""
        return next((one for one in self.kept if one.id == number and one.newest), None)


def verdict_page(
    service: Service, who: Principal, household_id: str, as_of: date | None, now: datetime
) -> VerdictPage | None:
    """The page of a household on a published date (default: the newest); None outside of the area of who asks.

    That it was read is in the audit log before.
    """
    who.require(Right.READ)
    found = service.assessments.row(household_id, as_of, who.sees)
    seen = found and shown(service, who, household_id, found[0].as_of)
    if not seen:
        return None
    kept = verdicts_of(service.store, household_id, who.sees)
    service.noted(who, "read", [household_id], f"verdicts {seen.as_of}", now).result()
    return VerdictPage(seen, json.loads(seen.text), kept)
