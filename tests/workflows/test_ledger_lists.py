from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ledger_cases import CASE
from opened_service import AS_OF, HERE, NOW, THERE, made, opened_service
from riskmodel.policy import Cause, Finding, LedgerState, VisitReason
from riskmodel.review.access import NotAllowed, Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.hit_rates import HitRate
from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_pages import AskedEntries
from riskmodel.review.ledger_sheet import NotApplied, SheetRow, row_hash, values_of
from riskmodel.review.verdict_rules import Verdict
from riskmodel.workflows.cases import case, open_case
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.ledger_lists import (
    hits,
    ledger,
    ledger_apply,
    ledger_counts,
    ledger_overdue,
    ledger_preview,
    visits_done,
)
from riskmodel.workflows.verdicts import Seen, decide, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.service import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """With an entry for each of the two households."""
    with opened_service(tmp_path / "home") as found:
        everybody = made(found, "all", Role.REVIEWER, area="")
        for number, household in enumerate((HERE, THERE)):
            open_case(found, everybody, f"t{number}", replace(CASE, household_id=household), NOW)
        yield found


@pytest.fixture
def ann(service: Service) -> Principal:
    return made(service, "ann", Role.OFFICER, area="990301001")


def rows(service: Service, who: Principal, *numbers: int) -> list[SheetRow]:
    found = [case(service, who, number, NOW)[0] for number in numbers]
    wish = {"evidence": "已联系", "state": LedgerState.DOING}
    return [SheetRow(one.id + 1, one.id, row_hash(one.id, values_of(one)), values_of(one) | wish) for one in found]


def purposes(service: Service) -> list[str]:
    return [entry.purpose for entry in AuditLog(service.workspace.home / LOG).entries() if entry]


def test_a_page_shows_ones_own_area_and_is_in_the_log(service: Service, ann: Principal) -> None:
    found, lights = ledger(service, ann, AskedEntries("990301001"), NOW)
    assert ([one.household_id for one in found.entries], found.total, lights.today) == ([HERE], 1, NOW.date())
    assert purposes(service)[-1] == "ledger 990301001"
    assert [(one.township, one.entries) for one in ledger_counts(service, ann, "990301001", NOW)] == [("990301001", 1)]
    assert ledger_overdue(service, ann, "990301001001", NOW) == 0


@pytest.mark.parametrize("area", ["", "990301", "990302001"])
def test_a_larger_or_another_area_is_not_there(service: Service, ann: Principal, area: str) -> None:
    with pytest.raises(NoSuchEntry):
        ledger(service, ann, AskedEntries(area), NOW)
    with pytest.raises(NoSuchEntry):
        ledger_counts(service, ann, area, NOW)
    with pytest.raises(NoSuchEntry):
        hits(service, ann, area, AS_OF, AS_OF)
    with pytest.raises(NoSuchEntry):
        visits_done(service, ann, area, AS_OF, AS_OF)


def test_a_workbook_is_previewed_applied_and_the_second_time_changes_nothing(service: Service, ann: Principal) -> None:
    sent = rows(service, ann, 1)
    assert len(ledger_preview(service, ann, sent, NOW).changes) == 1
    assert purposes(service)[-1] == "ledger workbook, preview"
    assert case(service, ann, 1, NOW)[0].version == 1
    assert len(ledger_apply(service, ann, sent, NOW).changes) == 1
    assert purposes(service)[-1] == "ledger workbook, 1 entries"
    assert ledger_apply(service, ann, sent, NOW).changes == []
    assert case(service, ann, 1, NOW)[0].version == 2


def test_rows_of_another_township_keep_the_workbook_from_being_applied(service: Service, ann: Principal) -> None:
    everybody = made(service, "bob", Role.REVIEWER, area="")
    sent = rows(service, everybody, 1, 2)
    with pytest.raises(NotApplied):
        ledger_apply(service, ann, sent, NOW)
    assert case(service, ann, 1, NOW)[0].version == 1
    with pytest.raises(NotAllowed):
        ledger_preview(service, made(service, "cai", Role.ANALYST), sent, NOW)


def test_visits_are_told_beside_the_plan_and_few_of_them_make_no_rate(service: Service, ann: Principal) -> None:
    found = shown(service, ann, HERE, AS_OF)
    assert found is not None
    verdict = Verdict(AS_OF, "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL,))
    decide(service, ann, "form-0001", Seen(HERE, AS_OF, found.sha256), verdict, NOW)
    assert visits_done(service, ann, "990301001", AS_OF, NOW.date()) == {"990301001": (1, 40)}
    assert hits(service, ann, "990301001", AS_OF, NOW.date()) == [HitRate("990301001", None, None)]
