from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from opened_service import HOMES, made, opened_service
from riskmodel.review.access import Role
from riskmodel.review.clocks import Standing
from riskmodel.serving.pages.ledger_words import STANDINGS, staff_of

if TYPE_CHECKING:
    from pathlib import Path


def test_every_standing_of_a_clock_has_a_word() -> None:
    assert set(STANDINGS) == set(Standing)


def test_people_of_the_township_are_suggested_and_nobody_else(tmp_path: Path) -> None:
    (village, *_) = HOMES.values()
    with opened_service(tmp_path / "home") as service, closing(service):
        for login, area in (("here", village[:9]), ("there", "990302001"), ("above", "990301")):
            made(service, login, Role.OFFICER, area=area)
        assert [user.staff for user in staff_of(service, village)] == ["Khere"]
