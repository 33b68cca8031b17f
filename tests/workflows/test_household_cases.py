from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from opened_service import HERE, NOW, THERE, made, opened_service
from riskmodel.policy import Lamp, Step
from riskmodel.review.access import Role
from riskmodel.workflows.household_cases import household_cases
from riskmodel.workflows.identification import note
from sent_forms import written_case

if TYPE_CHECKING:
    from pathlib import Path


def test_the_page_tells_entries_with_lamps_and_identifications_of_ones_own_area(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        ann = made(service, "ann", Role.OFFICER, area="990301")
        written_case(service, HERE)
        note(service, ann, HERE, date(2026, 1, 2), Step.JUDGEMENT, date(2026, 1, 3), NOW)
        page = household_cases(service, ann, HERE, NOW)
        assert page is not None
        assert [(entry.problem, lamp) for entry, lamp in page.entries] == [("自付医疗费过高", Lamp.GREEN)]
        assert [course.identification.clue_on for course in page.courses] == [date(2026, 1, 2)]
        assert household_cases(service, ann, THERE, NOW) is None
