"""People of the pages: make, change and end users; sign in and out. All of it is in the audit log."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.review.access import role_of
from riskmodel.review.audit import Entry
from riskmodel.review.users import Users
from riskmodel.workflows.database import database
from riskmodel.workflows.known_areas import known_area
from riskmodel.workflows.operators import note_operator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.sessions import Session
    from riskmodel.review.users import User
    from riskmodel.workflows.service import Service
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class Welcomed:
    """A user with the password that is shown this once."""

    user: User
    password: str = field(repr=False)


def make_user(
    workspace: Workspace, login: str, name: str, roles: Sequence[str], area: str, staff: str, now: datetime
) -> Welcomed:
    """Make a user. Raises UsageError for a login that is taken, an unknown role and whatever makes no sense."""
    with closing(database(workspace)) as store:
        given = known_area(workspace, store, area)
        made = Users(store).make(login, name, [role_of(code) for code in roles], given, staff or login, now)
    note_operator(workspace, "users", f"user made: {made[0].id}", now)
    return Welcomed(*made)


def users(workspace: Workspace) -> list[User]:
    """Every user, by login."""
    with closing(database(workspace)) as store:
        return Users(store).all()


def reset_user(workspace: Workspace, login: str, now: datetime) -> Welcomed:
    """Give a new password that is shown this once; sessions and lock end."""
    with closing(database(workspace)) as store:
        made = Users(store).reset(login)
    note_operator(workspace, "users", f"password reset: {made[0].id}", now)
    return Welcomed(*made)


def alter_user(workspace: Workspace, login: str, roles: Sequence[str], area: str | None, now: datetime) -> User:
    """Give other roles or another area (None: the same); their sessions end."""
    with closing(database(workspace)) as store:
        people = Users(store)
        before = people.of(login)
        asked = [role_of(code) for code in roles] or before.roles
        given = before.area if area is None else known_area(workspace, store, area)
        found = people.alter(login, roles=asked, area=given)
    note_operator(workspace, "users", f"user altered: {found.id}", now)
    return found


def disable_user(workspace: Workspace, login: str, now: datetime) -> User:
    """Let nobody in under this login; open sessions end at once."""
    with closing(database(workspace)) as store:
        found = Users(store).disable(login, now)
    note_operator(workspace, "users", f"user disabled: {found.id}", now)
    return found


def enable_user(workspace: Workspace, login: str, now: datetime) -> User:
    """Let somebody in again, and lift the lock."""
    with closing(database(workspace)) as store:
        found = Users(store).enable(login)
    note_operator(workspace, "users", f"user enabled: {found.id}", now)
    return found


def sign_in(service: Service, login: str, password: str, now: datetime) -> str | None:
    """The secret of a new session; None for a wrong login or password, and for one who is locked or disabled."""
    user = service.users.signed_in(login, password, now)
    if user is None:
        service.log.append(Entry(now.isoformat(), "pages", "sign_in", "refused", ())).result()
        return None
    service.noted(user.principal, "sign_in", (), "signed in", now).result()
    return service.sessions.begin(user, now)


def sign_out(service: Service, who: Principal, secret: str, now: datetime) -> None:
    """End a session."""
    service.sessions.end(secret)
    service.noted(who, "sign_out", (), "signed out", now).result()


def change_password(service: Service, session: Session, old: str, new: str, now: datetime) -> None:
    """Take another password; all sessions of the user end. Raises UsageError for a wrong old one, or a weak new one."""
    user = service.users.signed_in(session.user.login, old, now)
    if user is None:
        raise UsageError("the present password is wrong. / 当前密码不正确。")
    if old == new:
        raise UsageError("the new password is the present one. / 新密码不能与当前密码相同。")
    service.users.set_password(user, new)
    service.noted(user.principal, "password", (), "password changed", now).result()
