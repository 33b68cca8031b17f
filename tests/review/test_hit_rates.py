from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledger_cases import NOW
from riskmodel.policy import Finding, VisitReason
from riskmodel.review.access import Principal
from riskmodel.review.hit_rates import HitRate, hit_rates, visited
from riskmodel.review.verdict_rules import Verdict
from riskmodel.review.verdicts import Shown, add_verdict, correct_verdict, newest

if TYPE_CHECKING:
    from riskmodel.review.store import Store

WHO = Principal("a1", "安某", (), "")
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)
SHOWN = Shown("", "990301001001", date(2026, 1, 4), "high", listed=True, text=b"{}")


def visits(store: Store, numbers: range, finding: Finding, **other: object) -> None:
    """Visits to households of these numbers."""
    with store.writing() as connection:
        for number in numbers:
            shown = replace(SHOWN, household_id=f"H{number:024x}", **other)  # type: ignore[arg-type]  # any field
            verdict = Verdict(date(2026, 1, 4), "K017", VisitReason.ALERT, finding)
            add_verdict(connection, shown, verdict, WHO, NOW)


def test_the_hit_rate_counts_visits_to_the_listed_at_which_somebody_was_met(store: Store) -> None:
    visits(store, range(3), Finding.RISK)
    visits(store, range(10, 20), Finding.NO_RISK)
    visits(store, range(20, 30), Finding.NOT_HOME)
    visits(store, range(30, 40), Finding.RISK, tier="low")
    visits(store, range(40, 50), Finding.RISK, listed=False)
    visits(store, range(50, 59), Finding.RISK, village_code="990301002001")
    rates = hit_rates(store, "990301", FIRST, LAST)
    assert rates == [HitRate("990301001", 13, 3), HitRate("990301002", None, None)]
    assert [rate.share for rate in rates] == [3 / 13, None]
    assert hit_rates(store, "990302", FIRST, LAST) == hit_rates(store, "", FIRST, FIRST) == []


def test_households_are_counted_once_and_visits_taken_back_not_at_all(store: Store) -> None:
    visits(store, range(3), Finding.NOT_HOME)
    with store.writing() as connection:
        one = newest(connection, 1)
        correct_verdict(connection, one, 1, replace(SHOWN, household_id=one.household_id), one.verdict, WHO, NOW)
        gone = newest(connection, 2)
        shown = replace(SHOWN, household_id=gone.household_id)
        correct_verdict(connection, gone, 1, shown, gone.verdict, WHO, NOW, withdrawn=True)
    assert visited(store, "", FIRST, LAST) == {"990301001": 2}
    assert visited(store, "990301001001", FIRST, LAST) == {"990301001": 2}
    assert visited(store, "990301001002", FIRST, LAST) == {}
