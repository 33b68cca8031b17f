"""Signing in and out, and the password."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient

from riskmodel.review.access import Role
from signed_in import PASSWORD, field_of, person, sign_in

if TYPE_CHECKING:
    from running_service import Running


@pytest.fixture
def browser(service: Running) -> TestClient:
    """A browser that nobody is signed in with."""
    return TestClient(service.client.app, raise_server_exceptions=False)


def test_a_page_leads_to_the_sign_in_and_back(browser: TestClient) -> None:
    answer = browser.get("/overview?x=1", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Foverview%3Fx%3D1"
    assert 'name="next" value="/overview?x=1"' in browser.get(answer.headers["location"]).text


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_one_is_never_led_to_another_site(browser: TestClient, elsewhere: str) -> None:
    assert field_of(browser.get("/sign-in", params={"next": elsewhere}).text, "next") == "/"


def test_signing_in_gives_a_cookie_that_no_script_reads(service: Running) -> None:
    someone = person(service, Role.OFFICER)
    answer = sign_in(someone.client, someone.login, PASSWORD)
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith("riskmodel_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(service: Running, browser: TestClient) -> None:
    known = person(service, Role.OFFICER)
    answers = [sign_in(browser, login, "wrong password") for login in (known.login, "nobody")]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.text for answer in answers}) == 1


def test_a_sign_in_form_of_another_browser_is_refused(service: Running, browser: TestClient) -> None:
    someone = person(service, Role.OFFICER)
    form = {"mark": "x" * 43, "login": someone.login, "password": PASSWORD, "next": "/"}
    assert browser.post("/sign-in", data=form).status_code == 403


def test_signing_out_ends_the_session(service: Running) -> None:
    someone = person(service, Role.OFFICER)
    secret = someone.client.cookies["riskmodel_session"]
    assert someone.post("/sign-out").status_code == 303
    someone.client.cookies.set("riskmodel_session", secret)
    assert someone.get("/overview").status_code == 303


def test_a_password_given_by_somebody_else_has_to_be_changed_first(service: Running, browser: TestClient) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the service reads the clock itself
    _, password = service.service.users.make("fresh", "新人", (Role.ANALYST,), "", "K9", now)
    sign_in(browser, "fresh", password)
    assert browser.get("/overview", follow_redirects=False).headers["location"] == "/password"
    csrf = field_of(browser.get("/password").text, "csrf")
    form = {"csrf": csrf, "old": password, "new": PASSWORD, "again": PASSWORD}
    assert browser.post("/password", data=form | {"again": "x"}).status_code == 422
    assert browser.post("/password", data=form, follow_redirects=False).status_code == 303
    sign_in(browser, "fresh", PASSWORD)
    assert browser.get("/overview", follow_redirects=False).status_code == 200


def test_a_form_without_the_mark_of_the_session_changes_nothing(service: Running) -> None:
    someone = person(service, Role.OFFICER)
    answer = someone.post("/sign-out", {"csrf": "another"})
    assert answer.status_code == 403
    assert "表单已过期" in answer.text
    assert someone.get("/overview").status_code == 200


def test_a_form_of_another_site_is_refused(service: Running) -> None:
    someone = person(service, Role.OFFICER)
    answer = someone.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_pages_let_nothing_of_elsewhere_in_and_keep_nothing(browser: TestClient) -> None:
    headers = browser.get("/sign-in").headers
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"


def test_a_page_without_the_right_is_refused_in_chinese(service: Running) -> None:
    answer = person(service, Role.ADMINISTRATOR).get("/overview")
    assert answer.status_code == 403
    assert "角色" in answer.text
