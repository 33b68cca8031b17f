from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.workflows.administration.log_search import Asked, search
from riskmodel.workflows.installation import LOG
from trained_county import NOW

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

HOUSEHOLD = "H" + "0" * 24


def purposes(service: Service, who: Principal, asked: Asked) -> list[str]:
    return [one.entry.purpose for one in search(service, who, asked, NOW).stretch.found]


@pytest.fixture
def officer(service: Service) -> Principal:
    user, _ = service.users.make("li", "李", (Role.OFFICER,), "990301101", "li", NOW)
    service.noted(user.principal, "read", [HOUSEHOLD], "by an officer", NOW - timedelta(days=2)).result()
    return user.principal


def test_somebody_who_answers_for_everywhere_finds_entries_and_their_own_search(
    service: Service, boss: Principal, officer: Principal
) -> None:
    assert purposes(service, boss, Asked(actor="li")) == ["by an officer"]
    assert purposes(service, boss, Asked(action="read", id=HOUSEHOLD)) == ["by an officer"]
    assert purposes(service, boss, Asked(first=date(2026, 1, 3), last=date(2026, 1, 3))) == ["by an officer"]
    assert purposes(service, boss, Asked(last=date(2026, 1, 2))) == []
    newest = purposes(service, boss, Asked())
    assert newest[:2] == ["log searched", "log searched to 2026-01-02"]
    assert f"log searched actor {officer.actor}" in newest


def test_of_a_county_one_finds_what_its_people_did_alone(
    service: Service, boss: Principal, county: Principal, officer: Principal
) -> None:
    service.noted(boss, "read", [HOUSEHOLD], "by the boss", NOW).result()
    assert purposes(service, county, Asked(id=HOUSEHOLD, action="read")) == ["by an officer"]
    assert purposes(service, county, Asked(actor=boss.actor)) == []
    assert search(service, county, Asked(), NOW).names[officer.actor] == "li"


def test_an_account_of_the_machine_is_found_with_what_it_did_for_others(service: Service, boss: Principal) -> None:
    log = AuditLog(service.workspace.home / LOG)
    for who in ("os root", "os rooter", "os root for Li Ming", "os root for Li", "key 03be83db38da", "ann"):
        log.append(Entry(NOW.isoformat(), who, "look_up", who, ()))
    assert purposes(service, boss, Asked("os root")) == ["os root for Li", "os root for Li Ming", "os root"]
    assert purposes(service, boss, Asked("os root for Li Ming")) == ["os root for Li Ming"]
    assert purposes(service, boss, Asked("ann")) == ["ann"]


@pytest.mark.parametrize(
    "asked", [Asked(id="x"), Asked(actor="13800001111"), Asked(actor="a\u202e"), Asked(actor="x" * 101)]
)
def test_what_must_not_be_logged_is_not_looked_for(service: Service, boss: Principal, asked: Asked) -> None:
    with pytest.raises(UsageError, match=" / "):
        search(service, boss, asked, NOW)
    assert purposes(service, boss, Asked()) == ["log searched"]
