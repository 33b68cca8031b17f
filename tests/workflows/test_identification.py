from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from opened_service import AS_OF, HERE, NOW, THERE, made, opened_service
from riskmodel.policy import Cause, Finding, Step, VisitReason
from riskmodel.review.access import NotAllowed, Role
from riskmodel.review.clocks import Standing
from riskmodel.review.verdict_rules import Verdict
from riskmodel.workflows.identification import courses, note, village_seen
from riskmodel.workflows.verdicts import Seen, decide, shown

if TYPE_CHECKING:
    from pathlib import Path

CLUE = date(2025, 12, 29)


def test_steps_are_noted_and_the_visit_is_that_of_the_first_verdict_since_the_judgement(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        ann = made(service, "ann", Role.OFFICER, area="990301001")
        assert note(service, ann, HERE, CLUE, Step.JUDGEMENT, date(2026, 1, 2), NOW)
        (course,) = courses(service, ann, HERE, NOW)
        assert course.clocks[0].standing is Standing.RUNNING
        found = shown(service, ann, HERE, AS_OF)
        assert found is not None
        verdict = Verdict(AS_OF, "K017", VisitReason.ALERT, Finding.RISK, (Cause.ILL,))
        decide(service, ann, "form-0001", Seen(HERE, AS_OF, found.sha256), verdict, NOW)
        (course,) = courses(service, ann, HERE, NOW)
        assert (course.clocks[0].standing, course.clocks[0].done_on) == (Standing.KEPT, AS_OF)
        note(service, ann, HERE, CLUE, Step.VISIT, date(2026, 1, 3), NOW)
        assert courses(service, ann, HERE, NOW)[0].clocks[0].done_on == date(2026, 1, 3)


def test_another_township_has_no_steps_and_an_analyst_notes_none(tmp_path: Path) -> None:
    with opened_service(tmp_path / "home") as service:
        ann = made(service, "ann", Role.OFFICER, area="990301001")
        assert not note(service, ann, THERE, CLUE, Step.JUDGEMENT, CLUE, NOW)
        assert courses(service, ann, THERE, NOW) == []
        assert (village_seen(service, ann, HERE), village_seen(service, ann, "H")) == ("990301001001", None)
        with pytest.raises(NotAllowed):
            note(service, made(service, "cai", Role.ANALYST), HERE, CLUE, Step.JUDGEMENT, CLUE, NOW)
