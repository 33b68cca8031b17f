from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from ledger_cases import CASE
from opened_service import HERE, NOW, THERE, made, opened_service
from riskmodel.policy import LedgerState
from riskmodel.review.access import NotAllowed, Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_rules import RuleBroken
from riskmodel.workflows.cases import Draft, Saved, advance, assign, case, cases, close, open_case, reopen, revise
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.service import Service

MINE = replace(CASE, village_code="", responsible_id="Kann", responsible_name="安某")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with opened_service(tmp_path / "home") as found:
        yield found


@pytest.fixture
def ann(service: Service) -> Principal:
    """A township officer, who is responsible."""
    return made(service, "ann", Role.OFFICER, area="990301001")


@pytest.fixture
def bob(service: Service) -> Principal:
    """A reviewer of the county."""
    return made(service, "bob", Role.REVIEWER)


def test_an_entry_goes_from_open_to_closed_and_back_with_its_history(
    service: Service, ann: Principal, bob: Principal
) -> None:
    assert open_case(service, ann, "t1", MINE, NOW) == Saved(1, 1)
    assert revise(service, ann, Draft("t2", 1, 1), {"problem": "自付过高，已核"}, "", NOW) == Saved(1, 2)
    advance(service, ann, Draft("t3", 1, 2), LedgerState.DOING, None, NOW)
    advance(service, ann, Draft("t4", 1, 3), LedgerState.TO_VERIFY, "已申请救助", NOW)
    assert close(service, bob, Draft("t5", 1, 4), "已到户核实", NOW) == Saved(1, 5)
    reopen(service, ann, Draft("t6", 1, 5), "又住院", NOW, {"deadline": date(2026, 2, 1)})
    assign(service, bob, Draft("t7", 1, 6), ("K020", "杜某"), "安某调离", NOW)
    found, history = case(service, bob, 1, NOW)
    assert (found.state, found.responsible_id, found.village_code) == (LedgerState.REOPENED, "K020", "990301001001")
    assert [(step.version, step.by_name, step.reason) for step in history if step.reason] == [
        (5, "bob某", "已到户核实"),
        (6, "ann某", "又住院"),
        (7, "bob某", "安某调离"),
    ]
    log = [entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry]
    assert [entry.purpose for entry in log][4:] == [
        *("ledger 1 version 5 closed", "ledger 1 version 6 reopened", "ledger 1 version 7 reopened", "ledger 1"),
    ]
    assert "救助" not in (service.workspace.home / LOG).read_text("utf-8")


def test_who_is_responsible_under_their_staff_code_does_not_close(service: Service, bob: Principal) -> None:
    open_case(service, bob, "t1", replace(MINE, responsible_id="Kbob", responsible_name="包"), NOW)
    ann = made(service, "ann", Role.OFFICER)
    advance(service, ann, Draft("t2", 1, 1), LedgerState.TO_VERIFY, "已办", NOW)
    with pytest.raises(RuleBroken, match="第二人"):
        close(service, bob, Draft("t3", 1, 2), "已核实", NOW)
    with pytest.raises(NotAllowed):
        close(service, ann, Draft("t4", 1, 2), "已核实", NOW)


def test_a_double_click_counts_once_and_the_second_window_gets_both_texts(service: Service, ann: Principal) -> None:
    assert [open_case(service, ann, "t1", MINE, NOW) for _ in range(2)] == [Saved(1, 1)] * 2
    draft = Draft("t2", 1, 1)
    assert [revise(service, ann, draft, {"evidence": "甲"}, "", NOW) for _ in range(2)] == [Saved(1, 2)] * 2
    with pytest.raises(ChangedMeanwhile) as refused:
        revise(service, ann, Draft("t3", 1, 1), {"evidence": "乙"}, "", NOW)
    assert (refused.value.stored.evidence, refused.value.sent) == ("甲", {"evidence": "乙"})  # type: ignore[attr-defined]  # an entry


def test_another_township_is_not_there(service: Service, ann: Principal, bob: Principal) -> None:
    assert open_case(service, ann, "t1", replace(MINE, household_id=THERE), NOW) is None
    open_case(service, bob, "t1", MINE, NOW)
    cai = made(service, "cai", Role.REVIEWER, area="990302001")
    assert cases(service, cai, HERE, NOW) == []
    assert [one.id for one in cases(service, ann, HERE, NOW)] == [1]
    with pytest.raises(NoSuchEntry):
        case(service, cai, 1, NOW)
    with pytest.raises(NoSuchEntry):
        close(service, cai, Draft("t2", 1, 1), "x", NOW)
    with pytest.raises(NotAllowed):
        open_case(service, made(service, "dai", Role.ANALYST), "t3", MINE, NOW)


def test_a_place_that_was_sent_along_counts_for_nothing(service: Service, ann: Principal) -> None:
    open_case(service, ann, "t1", replace(MINE, village_code="990302001001"), NOW)
    assert case(service, ann, 1, NOW)[0].village_code == "990301001001"
