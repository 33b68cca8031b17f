from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from riskmodel.review.access import Role
from signed_in import Person, person, sign_in

if TYPE_CHECKING:
    from running_service import Running

HOSTILE = '<img src=x onerror=alert(1)>{{7*7}}=HYPERLINK("x")'
NEW = {"login": "new", "name": HOSTILE, "role": ["officer"], "area": "990301100", "staff": "", "reason": "新入职"}


@pytest.fixture(scope="module")
def county(service: Running) -> Person:
    return person(service, Role.ADMINISTRATOR, area="990301", login="county")


def test_a_user_is_made_with_a_password_that_is_shown_once(service: Running, county: Person) -> None:
    answer = county.post("/administration/users/new", NEW)
    assert answer.status_code == 200
    password = re.search(r'id="secret"[^>]*value="([^"]+)"', answer.text)
    assert password
    assert "<img" not in answer.text
    user = service.service.users.of("new")
    page = county.get(f"/administration/users/{user.id}")
    assert page.status_code == 200
    assert password[1] not in page.text
    assert "{{7*7}}" in page.text
    assert "<img" not in page.text
    again = county.post("/administration/users/new", NEW)
    assert again.status_code == 422
    assert "已有登录名" in again.text
    assert 'value="new"' in again.text


def test_nothing_is_done_before_one_was_asked_and_said_why(service: Running, county: Person) -> None:
    user = person(service, Role.OFFICER, area="990301101", login="leaver")
    place = f"/administration/users/{service.service.users.of(user.login).id}"
    assert "确认停用" in county.get(f"{place}/disable").text
    assert service.service.users.of("leaver").disabled_at is None
    refused = county.post(f"{place}/disable", {"reason": ""})
    assert refused.status_code == 422
    assert "理由" in refused.text
    done = county.post(f"{place}/disable", {"reason": "调离"})
    assert done.headers["location"] == f"{place}?said=saved"
    assert user.get("/").headers["location"].startswith("/sign-in")
    assert county.post(f"{place}/enable", {"reason": "回来"}).status_code == 303
    assert "一次性密码" in county.post(f"{place}/reset", {"reason": "忘记"}).text
    assert county.post(f"{place}/other", {"reason": "试试"}).status_code == 404


def test_roles_and_area_are_altered_but_never_beyond_ones_own(service: Running, county: Person) -> None:
    person(service, Role.OFFICER, area="990301101", login="mover")
    place = f"/administration/users/{service.service.users.of('mover').id}"
    wide = county.post(place, {"role": "reviewer", "area": "99", "reason": "试试"})
    assert wide.status_code == 422
    assert "辖区" in wide.text
    assert "没有辖区 990301199" in county.post(place, {"role": "reviewer", "area": "990301199", "reason": "试试"}).text
    assert county.post(place, {"role": "reviewer", "area": "990301100", "reason": "改任"}).status_code == 303
    assert service.service.users.of("mover").area == "990301100"


def test_users_of_another_area_are_not_there(service: Running, county: Person) -> None:
    other = service.service.users.of(person(service, Role.OFFICER, area="990302101", login="foreign").login)
    for path in (f"/administration/users/{other.id}", f"/administration/users/{other.id}/reset"):
        assert county.get(path).status_code == 404
        assert county.post(path, {"reason": "试试", "role": "officer", "area": "990301"}).status_code == 404
    assert "foreign" not in county.get("/administration/users?find=foreign").text.replace(
        'value="foreign"', ""
    ).replace("“foreign”", "")


def test_the_last_administrator_cannot_leave(service: Running, county: Person) -> None:
    place = f"/administration/users/{service.service.users.of('county').id}"
    answer = county.post(f"{place}/disable", {"reason": "退休"})
    assert answer.status_code == 422
    assert "最后一名管理员" in answer.text
    demoted = county.post(place, {"role": "analyst", "area": "990301", "reason": "退休"})
    assert demoted.status_code == 422


@pytest.mark.parametrize("page", ["x", "-1", "0", "９", "99999999999"])
def test_any_number_of_a_page_is_harmless(county: Person, page: str) -> None:
    assert county.get(f"/administration/users?page={page}").status_code == 200


def test_a_locked_user_is_shown_as_locked(service: Running, county: Person) -> None:
    locked = person(service, Role.OFFICER, area="990301101", login="clumsy")
    for _ in range(5):
        sign_in(TestClient(service.client.app), locked.login, "a wrong password")
    page = county.get("/administration/users?find=clumsy").text
    assert "已锁定" in page


def test_nobody_alters_themselves(service: Running, county: Person) -> None:
    own = service.service.users.of(county.login)
    sent = {"role": ["administrator", "reviewer"], "area": "990301", "reason": "试试"}
    refused = county.post(f"/administration/users/{own.id}", sent)
    assert refused.status_code == 422
    assert "其他管理员" in refused.text
