from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from signed_in import person

if TYPE_CHECKING:
    from running_service import Running


def test_the_newest_month_is_told(service: Running) -> None:
    answer = person(service, Role.ANALYST).get("/overview")
    assert answer.status_code == 200
    assert "本月总览" in answer.text
