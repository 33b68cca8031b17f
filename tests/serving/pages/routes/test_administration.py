from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from signed_in import person

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office


def test_months_and_retention_are_told(service: Running, office: Office) -> None:
    boss = person(service, Role.ADMINISTRATOR)
    assert boss.get("/administration").headers["location"] == "/administration/users"
    day = office.as_of
    assert f"{day.year}年{day.month}月{day.day}日" in boss.get("/administration/months").text
    assert "到期未清除" in boss.get("/administration/retention").text
