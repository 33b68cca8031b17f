"""Words and lists that the pages of the ledger share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel.policy import Lamp, LedgerClass, LedgerState, Measure, Step, Track
from riskmodel.review.clocks import Standing
from riskmodel.review.ledger_rules import TITLES
from riskmodel.review.user_list import user_page

if TYPE_CHECKING:
    from riskmodel.review.users import User
    from riskmodel.workflows.service import Service

TOWNSHIP: Final = 9
STANDINGS: Final = {
    Standing.WAITING: "未开始",
    Standing.RUNNING: "进行中",
    Standing.KEPT: "已按期完成",
    Standing.LATE: "超期",
    Standing.UNSET: "未设定",
}
WORDS: Final[dict[str, Any]] = {
    "kinds": LedgerClass,
    "tracks": Track,
    "states": LedgerState,
    "measures": Measure,
    "lamps": Lamp,
    "steps": Step,
    "titles": TITLES,
    "standings": STANDINGS,
}
"""For the templates."""


def staff_of(service: Service, village_code: str) -> list[User]:
    """People of the township of a village who may be made responsible, as suggestions of a form; at most fifty."""
    return [user for user in user_page(service.store, village_code[:TOWNSHIP]).users if user.disabled_at is None]
