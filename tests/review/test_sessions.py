"""Sessions: how long they last and what ends them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role
from riskmodel.review.sessions import IDLE, LONGEST, Sessions
from riskmodel.review.users import Users

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskmodel.review.store import Store
    from riskmodel.review.users import User

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def user(store: Store) -> User:
    """Somebody."""
    return Users(store).make("li", "李", (Role.OFFICER,), "990301", "K", NOW)[0]


def test_a_session_is_found_by_its_secret_alone(store: Store, user: User) -> None:
    sessions = Sessions(store)
    secret = sessions.begin(user, NOW)
    found = sessions.of(secret, NOW)
    assert found is not None
    assert found.user == user
    assert sessions.of(secret + "x", NOW) is None
    assert sessions.of("", NOW) is None
    assert secret not in repr(found)


def test_it_ends_after_an_hour_without_a_request(store: Store, user: User) -> None:
    sessions = Sessions(store)
    secret = sessions.begin(user, NOW)
    assert sessions.of(secret, NOW + IDLE) is not None, "which is noted as a request"
    assert sessions.of(secret, NOW + 2 * IDLE) is not None
    assert sessions.of(secret, NOW + 3 * IDLE + SECOND) is None


def test_it_ends_after_half_a_day_in_any_case(store: Store, user: User) -> None:
    sessions = Sessions(store)
    secret = sessions.begin(user, NOW)
    at = NOW
    while at + IDLE <= NOW + LONGEST:
        at += IDLE
        assert sessions.of(secret, at) is not None
    assert sessions.of(secret, NOW + LONGEST + SECOND) is None


ENDINGS: dict[str, Callable[[Users, Sessions, User, str], object]] = {
    "sign-out": lambda _users, sessions, _user, secret: sessions.end(secret),
    "another password": lambda users, _sessions, user, _secret: users.set_password(user, "quite another one"),
    "a reset": lambda users, _sessions, user, _secret: users.reset(user.login),
    "other roles": lambda users, _sessions, user, _secret: users.alter(user.login, roles=(Role.ANALYST,), area="99"),
    "being disabled": lambda users, _sessions, user, _secret: users.disable(user.login, NOW),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_it_ends_at_once_with(store: Store, user: User, ending: str) -> None:
    sessions = Sessions(store)
    secret = sessions.begin(user, NOW)
    ENDINGS[ending](Users(store), sessions, user, secret)
    assert sessions.of(secret, NOW) is None
