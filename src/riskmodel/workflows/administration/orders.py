"""Orders of an administrator: each with a reason, inside their own area, and in the audit log before it is done."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from riskmodel.errors import RiskModelError, UsageError
from riskmodel.review.access import checked_area, role_of
from riskmodel.review.identities import LONG_NUMBER
from riskmodel.workflows.known_areas import known_area

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal, Role
    from riskmodel.workflows.service import Service

MOST_REASON: Final = 500


def checked_reason(text: str) -> str:
    """A reason as it goes into the audit log. Raises UsageError for none, one too long, and one with a long number."""
    reason = " ".join(text.split())
    if not 2 <= len(reason) <= MOST_REASON or not reason.isprintable():
        raise UsageError(
            f"say why, in 2 to {MOST_REASON} letters: the reason goes into the audit log. / "
            f"请写明理由（2 至 {MOST_REASON} 个字），理由会记入审计日志。"
        )
    if re.search(LONG_NUMBER, reason):
        raise UsageError(
            "the reason holds a long number. Numbers of persons do not belong into the log; leave it out. / "
            "理由中有很长的数字。审计日志不得记录证件号、电话等，请删去。"
        )
    return reason


def checked_roles(codes: Sequence[str]) -> list[Role]:
    """The roles of these codes. Raises UsageError for an unknown one."""
    return [role_of(code) for code in codes]


def area_to_give(service: Service, who: Principal, text: str) -> str:
    """An area that somebody may give to others: one inside their own that is known. Raises UsageError for another."""
    area = checked_area(text)
    if not who.sees(area):
        raise UsageError(
            f"{area or 'everywhere'} is not inside your own area {who.area}. / "
            f"只能授予您自己辖区（{who.area}）之内的辖区。"
        )
    return known_area(service.workspace, service.store, area)


@contextmanager
def ordered(service: Service, who: Principal, action: str, order: str, reason: str, now: datetime) -> Iterator[None]:
    """Around what is done: the order is in the audit log before, and after it that it was refused, where it was."""
    service.noted(who, action, (), f"{order}: {reason}", now).result()
    try:
        yield
    except RiskModelError:
        service.noted(who, action, (), f"refused: {order}", now).result()
        raise
