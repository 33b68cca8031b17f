"""An entry of the ledger, and the people around it, for tests."""

from __future__ import annotations

from datetime import UTC, date, datetime

from riskmodel.policy import LedgerClass, Measure, Track
from riskmodel.review.ledger_rules import Actor, LedgerEntry

NOW = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
TODAY = NOW.date()
VILLAGE = "990301001001"
HOUSEHOLD = f"H{1:024x}"

ANN = Actor("a1", "安某", may_close=False, also=("ann", "K017"))
BOB = Actor("b2", "包某", may_close=True, also=("bob", "K018"))
CAI = Actor("c3", "蔡某", may_close=True, also=("cai", "K019"))

CASE = LedgerEntry(
    household_id=HOUSEHOLD,
    village_code=VILLAGE,
    kind=LedgerClass.ILL,
    track=Track.BY_DEADLINE,
    deadline=date(2026, 1, 20),
    responsible_id="K017",
    responsible_name="安某",
    problem="自付医疗费过高",
    measures=(Measure.HEALTH, Measure.SOCIAL_HELP),
)


def everywhere(_: str) -> bool:
    """Somebody sees every place."""
    return True
