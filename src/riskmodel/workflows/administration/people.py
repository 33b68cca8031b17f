"""Users as an administrator manages them: those whose area lies in the administrator's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.review.user_list import UserPage, user_of_id, user_page
from riskmodel.workflows.administration.orders import area_to_give, checked_reason, checked_roles, ordered
from riskmodel.workflows.people import Welcomed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.users import User
    from riskmodel.workflows.service import Service

ACTION: Final = "users"
"""Named in the audit log."""


@dataclass(frozen=True)
class Asked:
    """What a form says of a new user; checked nowhere yet."""

    login: str
    name: str
    roles: Sequence[str]
    area: str
    staff: str
    """Staff code; empty = as the login."""


def people(service: Service, who: Principal, find: str = "", number: int = 1) -> UserPage:
    """A page of the users who may be managed."""
    return user_page(service.store, who.area, find, number)


def managed(service: Service, who: Principal, user_id: str) -> User | None:
    """A user who may be managed; None also for one of another area."""
    found = user_of_id(service.store, user_id)
    return found if found and who.sees(found.area) else None


def welcome(service: Service, who: Principal, asked: Asked, reason: str, now: datetime) -> Welcomed:
    """Make a user. Raises UsageError for whatever makes no sense, and an area that may not be given."""
    why, area = checked_reason(reason), area_to_give(service, who, asked.area)
    staff = asked.staff or asked.login
    made = service.users.make(asked.login, asked.name, checked_roles(asked.roles), area, staff, now)
    service.noted(who, ACTION, (), f"user made: {made[0].id} {_granted(made[0])}: {why}", now).result()
    return Welcomed(*made)


def alter(
    service: Service, who: Principal, user: User, roles: Sequence[str], area: str, reason: str, now: datetime
) -> User:
    """Give other roles and another area; their sessions end. Raises UsageError, also where nobody would be left, and
    for oneself."""
    if user.id == who.id:
        raise UsageError(
            "nobody gives themselves other roles or another area: another administrator does. / "
            "不能修改自己的角色和辖区，请由其他管理员办理。"
        )
    why, wanted = checked_reason(reason), checked_roles(roles)
    given = area if area == user.area else area_to_give(service, who, area)
    order = f"user altered: {user.id} to {' '.join(role.value for role in wanted)} in {given or 'everywhere'}"
    with ordered(service, who, ACTION, order, why, now):
        return service.users.alter(user.login, roles=wanted, area=given)


def reset(service: Service, who: Principal, user: User, reason: str, now: datetime) -> Welcomed:
    """Give a new password that is shown this once; sessions and lock end."""
    with ordered(service, who, ACTION, f"password reset: {user.id}", checked_reason(reason), now):
        return Welcomed(*service.users.reset(user.login))


def disable(service: Service, who: Principal, user: User, reason: str, now: datetime) -> User:
    """Let nobody in under this login. Raises UsageError for the last administrator of an area."""
    with ordered(service, who, ACTION, f"user disabled: {user.id}", checked_reason(reason), now):
        return service.users.disable(user.login, now)


def enable(service: Service, who: Principal, user: User, reason: str, now: datetime) -> User:
    """Let somebody in again, and lift the lock."""
    with ordered(service, who, ACTION, f"user enabled: {user.id}", checked_reason(reason), now):
        return service.users.enable(user.login)


def _granted(user: User) -> str:
    return f"{' '.join(role.value for role in user.roles)} in {user.area or 'everywhere'}"
