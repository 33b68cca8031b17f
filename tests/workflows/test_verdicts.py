from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from opened_service import AS_OF, HERE, HOMES, NOW, THERE, made, opened_service
from published_households import publish_households
from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.access import NotAllowed, Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.once import KeyUsedBefore
from riskmodel.review.verdict_rules import Verdict
from riskmodel.review.visits import open_batches
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.verdicts import Decided, Seen, ShownAnew, correct, decide, decide_all, shown, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.service import Service

FOUND = Verdict(AS_OF, "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL,), note="户主住院 13800000000")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with opened_service(tmp_path / "home") as found:
        yield found


@pytest.fixture
def ann(service: Service) -> Principal:
    return made(service, "ann", Role.OFFICER, area="990301001")


def seen(service: Service, who: Principal) -> Seen:
    found = shown(service, who, HERE, AS_OF)
    assert found is not None
    return Seen(HERE, AS_OF, found.sha256)


def log(service: Service) -> str:
    return (service.workspace.home / LOG).read_text("utf-8")


def test_a_verdict_is_in_the_database_for_the_lake_and_in_the_log_when_it_is_answered(
    service: Service, ann: Principal
) -> None:
    assert decide(service, ann, "form-0001", seen(service, ann), FOUND, NOW) == Decided(1, 1)
    (kept,) = verdicts(service, ann, HERE, NOW)
    assert (kept.verdict, kept.shown) == (FOUND, '{"meaning": "约一成"}'.encode())
    (batch,) = open_batches(service.store)
    assert [(row["household_id"], row["finding"], row["cause_1"]) for row in batch.rows] == [(HERE, "risk", "ILL")]
    assert "13800000000" not in log(service)
    entries = [entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry]
    assert [(entry.who, entry.action, entry.purpose) for entry in entries] == [
        (f"user {ann.id}", "verdict", "decide 1 version 1"),
        (f"user {ann.id}", "read", "verdicts"),
    ]


def test_a_double_click_counts_once_and_the_same_form_with_another_verdict_is_refused(
    service: Service, ann: Principal
) -> None:
    told = [decide(service, ann, "form-0001", seen(service, ann), FOUND, NOW) for _ in range(2)]
    assert told == [Decided(1, 1)] * 2
    assert len(verdicts(service, ann, HERE, NOW)) == 1
    with pytest.raises(KeyUsedBefore):
        decide(service, ann, "form-0001", seen(service, ann), replace(FOUND, note="另"), NOW)


def test_a_correction_goes_to_the_lake_and_one_that_is_taken_back_is_retracted(
    service: Service, ann: Principal
) -> None:
    asked = seen(service, ann)
    decide(service, ann, "form-0001", asked, FOUND, NOW)
    other = replace(FOUND, finding=Finding.NO_RISK, causes=(), why="误报")
    assert correct(service, ann, "form-0002", asked, (1, 1), other, NOW) == Decided(1, 2)
    with pytest.raises(ChangedMeanwhile):
        correct(service, ann, "form-0003", asked, (1, 1), FOUND, NOW)
    (batch,) = open_batches(service.store)
    assert [row["finding"] for row in batch.rows] == ["no_risk"]
    correct(service, ann, "form-0004", asked, (1, 2), other, NOW, withdrawn=True)
    *_, batch = open_batches(service.store)
    assert [row["retracted"] for row in batch.rows] == [True]


def test_what_disagrees_with_the_list_needs_a_reason(service: Service, ann: Principal) -> None:
    with pytest.raises(UsageError, match="不一致"):
        decide(service, ann, "f", seen(service, ann), replace(FOUND, finding=Finding.NO_RISK, causes=()), NOW)
    assert verdicts(service, ann, HERE, NOW) == []


def test_a_month_that_was_published_again_is_looked_at_again(service: Service, ann: Principal) -> None:
    asked = seen(service, ann)
    decide(service, ann, "form-0001", asked, FOUND, NOW)
    publish_households(service.store, HOMES, AS_OF, told="约两成")
    assert decide(service, ann, "form-0001", asked, FOUND, NOW) == Decided(1, 1)
    again = replace(FOUND, visitor_id="K018")
    with pytest.raises(ShownAnew, match="重新发布"):
        decide(service, ann, "form-0002", asked, again, NOW)
    assert decide(service, ann, "form-0003", seen(service, ann), again, NOW) == Decided(2, 1)


def test_another_township_is_not_there_and_an_analyst_does_not_decide(service: Service, ann: Principal) -> None:
    assert decide(service, ann, "f", Seen(THERE, AS_OF, "0" * 64), FOUND, NOW) is None
    assert decide(service, ann, "f", Seen("H" + "9" * 24, AS_OF, "0" * 64), FOUND, NOW) is None
    asked = seen(service, ann)
    decide(service, ann, "form-0001", asked, FOUND, NOW)
    bob = made(service, "bob", Role.OFFICER, area="990302")
    assert correct(service, bob, "f", asked, (1, 1), FOUND, NOW) is None
    assert verdicts(service, bob, HERE, NOW) == []
    own = shown(service, bob, THERE, AS_OF)
    assert own is not None
    with pytest.raises(UsageError, match="没有这条"):
        correct(service, bob, "f", Seen(THERE, AS_OF, own.sha256), (1, 1), FOUND, NOW)
    analyst = made(service, "cai", Role.ANALYST)
    with pytest.raises(NotAllowed):
        decide(service, analyst, "f", asked, FOUND, NOW)


def test_several_verdicts_are_kept_together_once_or_none_of_them(service: Service, ann: Principal) -> None:
    asked = seen(service, ann)
    two = [(asked, replace(FOUND, visitor_id=visitor)) for visitor in ("K017", "K018")]
    with pytest.raises(UsageError, match="已有核查结论"):
        decide_all(service, ann, "sheet-0001", [*two, two[0]], NOW)
    assert decide_all(service, ann, "sheet-0001", [*two, (Seen(THERE, AS_OF, "0" * 64), FOUND)], NOW) is None
    assert (verdicts(service, ann, HERE, NOW), open_batches(service.store)) == ([], [])
    assert [decide_all(service, ann, "sheet-0002", two, NOW) for _ in range(2)] == [[Decided(1, 1), Decided(2, 1)]] * 2
    assert len(verdicts(service, ann, HERE, NOW)) == 2
    (batch,) = open_batches(service.store)
    assert [row["visitor_id"] for row in batch.rows] == ["K017", "K018"]
    assert [log(service).count(f"decide {number} version 1") for number in (1, 2)] == [1, 1]
