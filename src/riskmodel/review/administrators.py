"""The administrators of an area: whatever is changed, one who can manage it stays."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from riskmodel.errors import UsageError
from riskmodel.review.access import Role
from riskmodel.review.schema import USERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@contextmanager
def an_administrator_stays(connection: Connection, user_id: str) -> Iterator[None]:
    """Around a change of a user, in its transaction. Raises UsageError, which undoes it, where he was the last one.

    Who manages an area is an administrator of that area, or of one that holds it, who may sign in. Two changes at once
    wait for each other: in SQLite by the transaction, in PostgreSQL by the rows that are read.
    """
    before = _areas(connection)
    yield
    area, after = before.get(user_id), _areas(connection)
    if area is not None and not any(area.startswith(other) for other in after.values()):
        raise UsageError(
            "nobody would be left to manage the area: this is its last administrator. Make another one first. / "
            "这是该辖区最后一名管理员，改动后将无人管理。请先设立另一名管理员。"
        )


def _areas(connection: Connection) -> dict[str, str]:
    """Id -> area of every administrator who may sign in."""
    rows = connection.execute(_MANAGING)
    return {row.id: row.area for row in rows if Role.ADMINISTRATOR.value in row.roles.split()}


_MANAGING: Final = (
    select(USERS.c.id, USERS.c.area, USERS.c.roles)
    .where(USERS.c.roles.contains(Role.ADMINISTRATOR.value), USERS.c.disabled_at.is_(None))
    .with_for_update()
)
