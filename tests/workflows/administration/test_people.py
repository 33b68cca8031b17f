from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.workflows.administration.people import (
    Asked,
    alter,
    disable,
    enable,
    managed,
    people,
    reset,
    welcome,
)
from riskmodel.workflows.installation import LOG
from trained_county import NOW

if TYPE_CHECKING:
    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

OFFICER = Asked("li", "李干部", ["officer"], "990301101", "")


def test_an_administrator_of_a_county_sees_and_manages_its_users_alone(
    service: Service, boss: Principal, county: Principal
) -> None:
    made = welcome(service, county, OFFICER, "新入职", NOW).user
    assert made.staff == "li"
    assert {user.login for user in people(service, county).users} == {"county", "li"}
    assert {user.login for user in people(service, boss).users} == {"boss", "county", "li"}
    assert managed(service, county, made.id) == made
    assert managed(service, county, boss.id) is None
    assert managed(service, county, "none") is None


def test_nobody_gives_an_area_that_is_wider_than_their_own(service: Service, county: Principal) -> None:
    for area in ("", "9903", "990302"):
        with pytest.raises(UsageError, match="辖区"):
            welcome(service, county, Asked("li", "李", ["administrator"], area, ""), "试试", NOW)
    made = welcome(service, county, OFFICER, "新入职", NOW).user
    with pytest.raises(UsageError, match="辖区"):
        alter(service, county, made, ["officer"], "", "试试", NOW)
    assert service.users.of("li").area == "990301101"


def test_nobody_gives_themselves_other_roles(service: Service, boss: Principal) -> None:
    own = managed(service, boss, boss.id)
    assert own is not None
    with pytest.raises(UsageError, match="其他管理员"):
        alter(service, boss, own, ["administrator", "reviewer"], "", "试试", NOW)


def test_a_user_is_altered_reset_disabled_and_enabled_with_reasons_in_the_log(
    service: Service, boss: Principal
) -> None:
    made = welcome(service, boss, OFFICER, "新入职", NOW)
    assert alter(service, boss, made.user, ["复核人员"], "990301", "改任复核", NOW).area == "990301"
    assert reset(service, boss, made.user, "忘记密码", NOW).password != made.password
    assert disable(service, boss, made.user, "调离", NOW).disabled_at
    assert enable(service, boss, made.user, "回来了", NOW).disabled_at is None
    log = AuditLog(service.workspace.home / LOG)
    told = [(entry.who, entry.purpose) for entry in log.entries() if entry]
    assert {who for who, _ in told} == {boss.actor}
    assert [text.rpartition(": ")[2] for _, text in told] == ["新入职", "改任复核", "忘记密码", "调离", "回来了"]
    assert log.verify() is None
    assert all(made.password not in text and "李干部" not in text for _, text in told)


def test_without_a_reason_nothing_is_done(service: Service, boss: Principal) -> None:
    made = welcome(service, boss, OFFICER, "新入职", NOW).user
    for attempt in (lambda: disable(service, boss, made, " ", NOW), lambda: reset(service, boss, made, "", NOW)):
        with pytest.raises(UsageError, match="理由"):
            attempt()
    assert service.users.of("li").disabled_at is None


def test_the_last_administrator_stays_and_the_log_says_that_it_was_refused(service: Service, boss: Principal) -> None:
    user = service.users.of("boss")
    with pytest.raises(UsageError, match="最后一名管理员"):
        disable(service, boss, user, "退休", NOW)
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert last.purpose == f"refused: user disabled: {user.id}"
