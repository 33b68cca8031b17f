"""What people send with the forms of verdicts and of the ledger, and what was written before they do."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from riskmodel.policy import Cause, Finding, LedgerClass, Track, VisitReason
from riskmodel.review.access import Principal, Role
from riskmodel.review.ledger_rules import LedgerEntry
from riskmodel.review.verdict_rules import Verdict
from riskmodel.workflows.cases import open_case
from riskmodel.workflows.verdicts import Seen, decide, shown

if TYPE_CHECKING:
    from riskmodel.workflows.service import Service

CLERK = Principal("clerk", "文员", (Role.OFFICER,), "")
LATER = date(2099, 12, 31)
VERDICT: dict[str, Any] = {
    "token": "t-verdict",
    "month": "{month}",
    "visitor_id": "W17",
    "reason": "alert",
    "finding": "risk",
    "cause_1": "ILL",
}
CASE: dict[str, Any] = {
    "token": "t-case",
    "kind": "ILL",
    "problem": "自付医疗费过高",
    "responsible_id": "W17",
    "responsible_name": "魏某",
    "track": "by_deadline",
    "deadline": str(LATER),
    "measure": ["health", "social_security"],
}


def seen_hash(service: Service, household_id: str, as_of: date) -> str:
    """The hash of the explanation that the page of a verdict shows."""
    found = shown(service, CLERK, household_id, as_of)
    assert found is not None
    return found.sha256


def written_verdict(
    service: Service, household_id: str, as_of: date, visitor: str = "W01", visited_on: date | None = None
) -> int:
    """The number of a verdict on a household that somebody else wrote, of a visit on the as-of date or another day."""
    verdict = Verdict(visited_on or as_of, visitor, VisitReason.ROUTINE, Finding.RISK, (Cause.ILL,))
    seen = Seen(household_id, as_of, seen_hash(service, household_id, as_of))
    kept = decide(service, CLERK, f"verdict of {visitor}", seen, verdict, _now())
    assert kept is not None
    return kept.id


def written_case(service: Service, household_id: str, token: str = "made before", **facts: Any) -> int:
    """The number of an entry of a household that somebody else opened."""
    told: dict[str, Any] = {
        "kind": LedgerClass.ILL,
        "track": Track.BY_DEADLINE,
        "deadline": LATER,
        "responsible_id": "W17",
        "responsible_name": "魏某",
        "problem": "自付医疗费过高",
    }
    entry = LedgerEntry(household_id=household_id, village_code="", **(told | facts))
    saved = open_case(service, CLERK, token, entry, _now())
    assert saved is not None
    return saved.id


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the service reads the clock itself
