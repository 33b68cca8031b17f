from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from signed_in import person

if TYPE_CHECKING:
    from running_service import Running


def test_one_goes_where_ones_roles_lead(service: Running) -> None:
    assert person(service, Role.ANALYST).get("/").headers["location"] == "/overview"
    assert person(service, Role.ADMINISTRATOR, Role.ANALYST).get("/").headers["location"] == "/overview"
    assert person(service, Role.ADMINISTRATOR).get("/").headers["location"] == "/administration"
