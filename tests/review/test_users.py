"""Users: passwords, lock, roles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.users import LOCKED_FOR, MOST_FAILURES, Users

if TYPE_CHECKING:
    from riskmodel.review.store import Store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
OFFICER = (Role.OFFICER,)


def test_a_new_user_gets_a_random_password_that_has_to_be_changed(store: Store) -> None:
    users = Users(store)
    user, password = users.make("Li", "李", OFFICER, "990301", "K017", NOW)
    assert user.must_change
    assert user.login == "li"
    assert users.signed_in(" LI ", password, NOW) == user
    users.set_password(user, "quite another one")
    assert users.signed_in("li", password, NOW) is None
    found = users.signed_in("li", "quite another one", NOW)
    assert found is not None
    assert not found.must_change


def test_a_staff_code_tells_nobody_who_it_is(store: Store) -> None:
    with pytest.raises(UsageError, match="请另填工号"):
        Users(store).make("李干部", "李", [Role.OFFICER], "990301", "李干部", NOW)


def test_a_login_is_taken_once(store: Store) -> None:
    users = Users(store)
    users.make("li", "李", OFFICER, "990301", "K017", NOW)
    with pytest.raises(UsageError, match="already"):
        users.make("LI", "另一人", OFFICER, "990301", "K018", NOW)


@pytest.mark.parametrize("password", ["short", "liliaaaaaaaaa", "ab" * 10, "x" * 300])
def test_a_password_that_is_easy_to_guess_is_refused(store: Store, password: str) -> None:
    users = Users(store)
    user, _ = users.make("lili", "李", OFFICER, "", "K", NOW)
    with pytest.raises(UsageError, match="密码"):
        users.set_password(user, password)


def test_wrong_passwords_lock_for_some_time_and_then_no_longer(store: Store) -> None:
    users = Users(store)
    _, password = users.make("li", "李", OFFICER, "", "K", NOW)
    for _ in range(MOST_FAILURES):
        assert users.signed_in("li", "wrong", NOW) is None
    assert users.signed_in("li", password, NOW + LOCKED_FOR - timedelta(seconds=1)) is None
    assert users.signed_in("li", password, NOW + LOCKED_FOR) is not None


def test_a_right_password_ends_the_count_of_wrong_ones(store: Store) -> None:
    users = Users(store)
    _, password = users.make("li", "李", OFFICER, "", "K", NOW)
    for _ in range(3):
        for _ in range(MOST_FAILURES - 1):
            users.signed_in("li", "wrong", NOW)
        assert users.signed_in("li", password, NOW) is not None


def test_an_unknown_login_is_none(store: Store) -> None:
    assert Users(store).signed_in("nobody", "whatever it is", NOW) is None


def test_a_disabled_user_does_not_get_in_and_an_enabled_one_does(store: Store) -> None:
    users = Users(store)
    _, password = users.make("li", "李", OFFICER, "", "K", NOW)
    users.disable("li", NOW)
    assert users.signed_in("li", password, NOW) is None
    users.enable("li")
    assert users.signed_in("li", password, NOW) is not None


def test_a_case_system_is_no_role_of_people(store: Store) -> None:
    with pytest.raises(UsageError, match="role"):
        Users(store).make("li", "李", (Role.CASE_SYSTEM,), "", "K", NOW)


def test_neither_password_nor_hash_shows_in_a_user(store: Store) -> None:
    user, password = Users(store).make("li", "李", OFFICER, "", "K", NOW)
    assert password not in repr(user)
    assert "argon2" not in repr(user)
