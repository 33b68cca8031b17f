"""Keys of case systems as an administrator manages them: those whose area lies in the administrator's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from riskmodel.errors import UsageError
from riskmodel.workflows.administration.orders import area_to_give, checked_reason, checked_roles, ordered
from riskmodel.workflows.database import ACTION, MOST_DAYS, MadeKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.keys import Key
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class Asked:
    """What a form says of a new key; checked nowhere yet."""

    name: str
    roles: Sequence[str]
    area: str
    days: str
    per_minute: str


def keys(service: Service, who: Principal) -> list[Key]:
    """Every key that may be managed, the newest first."""
    return [key for key in service.keys.all() if who.sees(key.area)]


def key_of(service: Service, who: Principal, key_id: str) -> Key | None:
    """A key that may be managed; None also for one of another area."""
    return next((key for key in keys(service, who) if key.id == key_id), None)


def give(service: Service, who: Principal, asked: Asked, reason: str, now: datetime) -> MadeKey:
    """Make a key. Raises UsageError for whatever makes no sense, an area that may not be given, and a name in use.

    So a form that came twice makes one key; its text is told once, and who missed it revokes the key.
    """
    why, area = checked_reason(reason), area_to_give(service, who, asked.area)
    if any(key.name == asked.name and key.valid(now) for key in keys(service, who)):
        raise UsageError(
            "there is a valid key of this name. Revoke it first, or take another name. / 已有同名的有效密钥。"
            "请换一个名称；如果是重复提交、没有看到密钥，请先吊销那一个，再重新签发。"
        )
    days, rate = _number(asked.days, MOST_DAYS, "有效天数"), _number(asked.per_minute, 1_000_000, "每分钟请求数")
    roles = checked_roles(asked.roles)
    made = MadeKey(*service.keys.make(asked.name, roles, area, now + timedelta(days=days), now, rate))
    granted = f"{' '.join(role.value for role in roles)} in {area or 'everywhere'} for {days} days"
    service.noted(who, ACTION, (), f"key made: {made.key.id} {granted}: {why}", now).result()
    return made


def revoke(service: Service, who: Principal, key: Key, reason: str, now: datetime) -> Key:
    """Make a key void, for good."""
    with ordered(service, who, ACTION, f"key revoked: {key.id}", checked_reason(reason), now):
        return service.keys.revoke(key.id, now)


def _number(text: str, most: int, title: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and 1 <= int(text) <= most):
        raise UsageError(f"{text[:20]!r} is no number from 1 to {most:,}. / {title}须为 1 至 {most:,} 的整数。")
    return int(text)
