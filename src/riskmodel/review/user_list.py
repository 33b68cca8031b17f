"""The list of users, page by page, for somebody who manages a part of the country."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_, select

from riskmodel.review.schema import USERS
from riskmodel.review.users import User, user_of

if TYPE_CHECKING:
    from riskmodel.review.store import Store

MOST: Final = 50
"""Users of one page."""


@dataclass(frozen=True)
class UserPage:
    """A page of the users who were asked for."""

    users: list[User] = field(repr=False)
    total: int
    """On all pages."""
    number: int
    """Of this page, from 1."""

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // MOST))


def user_page(store: Store, area: str, find: str = "", number: int = 1) -> UserPage:
    """The users whose area lies in `area` and whose login, name or staff code holds `find`; by login."""
    c = USERS.c
    asked = c.area.startswith(area, autoescape=True)
    if find:
        texts = (c.login, c.name, c.staff)
        asked &= or_(*(func.lower(text).contains(find.lower(), autoescape=True) for text in texts))
    with store.reading() as connection:
        total = connection.execute(select(func.count()).select_from(USERS).where(asked)).scalar_one()
        last = max(1, -(-total // MOST))
        shown = min(max(1, number), last)
        query = select(USERS).where(asked).order_by(c.login).limit(MOST).offset((shown - 1) * MOST)
        found = [user_of(row) for row in connection.execute(query).mappings()]
    return UserPage(found, total, shown)


def user_of_id(store: Store, user_id: str) -> User | None:
    """A user by the id; None for an unknown one."""
    with store.reading() as connection:
        row = connection.execute(select(USERS).where(USERS.c.id == user_id)).mappings().first()
    return user_of(row) if row else None
