from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Role
from signed_in import person

if TYPE_CHECKING:
    from running_service import Running


def test_other_roles_count_at_once(service: Running) -> None:
    someone = person(service, Role.ANALYST)
    assert someone.get("/overview").status_code == 200
    service.service.users.alter(someone.login, roles=(Role.ADMINISTRATOR,), area="")
    assert someone.get("/overview").headers["location"].startswith("/sign-in")


def test_a_page_names_who_is_signed_in(service: Running) -> None:
    someone = person(service, Role.OFFICER)
    assert f"{someone.login}某" in someone.get("/overview").text
