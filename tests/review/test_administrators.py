"""The last administrator of an area stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.users import Users

if TYPE_CHECKING:
    from riskmodel.review.store import Store

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
MANAGES = (Role.ADMINISTRATOR,)


def made(store: Store, **areas: str) -> Users:
    users = Users(store)
    for login, area in areas.items():
        users.make(login, "某某", MANAGES, area, login, NOW)
    return users


def test_the_last_administrator_is_neither_disabled_nor_demoted_nor_moved(store: Store) -> None:
    users = made(store, boss="")
    with pytest.raises(UsageError, match="最后一名管理员"):
        users.disable("boss", NOW)
    for roles, area in (((Role.ANALYST,), ""), (MANAGES, "99")):
        with pytest.raises(UsageError, match="最后一名管理员"):
            users.alter("boss", roles=roles, area=area)
    left = users.of("boss")
    assert (left.roles, left.area, left.disabled_at) == (MANAGES, "", None)


def test_one_of_a_larger_area_may_stay_in_place_of_one_of_a_smaller(store: Store) -> None:
    users = made(store, boss="", county="990301")
    assert users.disable("county", NOW).disabled_at
    with pytest.raises(UsageError, match="last administrator"):
        users.disable("boss", NOW)


def test_one_of_a_smaller_area_or_a_disabled_one_does_not_count(store: Store) -> None:
    users = made(store, boss="", other="", county="990301")
    users.disable("other", NOW)
    with pytest.raises(UsageError, match="last administrator"):
        users.alter("boss", roles=(Role.ANALYST,), area="")
    users.enable("other")
    users.alter("boss", roles=(Role.ANALYST,), area="")


def test_others_come_and_go_without_an_administrator(store: Store) -> None:
    users = Users(store)
    users.make("li", "李", (Role.OFFICER,), "990301", "li", NOW)
    assert users.disable("li", NOW).disabled_at
