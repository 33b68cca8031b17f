"""The list of users."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from riskmodel.review.schema import USERS
from riskmodel.review.user_list import MOST, user_of_id, user_page
from riskmodel.review.users import Users

if TYPE_CHECKING:
    from riskmodel.review.store import Store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)


def many(store: Store, number: int) -> None:
    """Users with one password hash, for hashing takes its time."""
    facts = {"name": "某某", "roles": "officer", "area": "990301", "staff": "K", "password": "x", "must_change": False}
    rows = [
        {"id": f"{n:012x}", "login": f"u{n:03}", "failures": 0, "created_at": "2026", **facts} for n in range(number)
    ]
    with store.writing() as connection:
        connection.execute(USERS.insert(), rows)


def test_a_page_holds_those_of_the_area_and_says_how_many_there_are(store: Store) -> None:
    many(store, MOST + 3)
    first, last = user_page(store, "9903"), user_page(store, "9903", number=99)
    assert (len(first.users), first.total, first.pages, first.number) == (MOST, MOST + 3, 2, 1)
    assert (len(last.users), last.number) == (3, 2)
    assert first.users[0].login == "u000"
    assert user_page(store, "990302").total == 0


def test_users_are_found_by_a_part_of_their_names_and_signs_of_a_pattern_are_letters(store: Store) -> None:
    Users(store).make("a%b_c", "李干部", (Role.OFFICER,), "990301", "K017", NOW)
    many(store, 3)
    for text in ("A%B", "干部", "k017", "%", "_"):
        assert [user.login for user in user_page(store, "", text).users] == ["a%b_c"], text


def test_a_user_is_found_by_the_id(store: Store) -> None:
    user, _ = Users(store).make("li", "李", (Role.OFFICER,), "990301", "K", NOW)
    assert user_of_id(store, user.id) == user
    assert user_of_id(store, "none") is None
