from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.group_commit import GroupCommit
from riskmodel.workflows.assess import Assessor
from riskmodel.workflows.assess_in_turn import Request, Turns
from riskmodel.workflows.champions import Champions, Loaded
from riskmodel.workflows.sent_case import Case, WrongFacts
from trained_county import Office

STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary"}
STATE |= {"size": 2, "status": "active"}
DAY = date(2024, 6, 5)


class Notes:
    """An audit log as the service keeps it."""

    def __init__(self, path: Path) -> None:
        self.log = AuditLog(path)
        self.group = GroupCommit(self.log)

    def noted(self, household_id: str, answer: Any) -> Future[Any]:
        return self.group.answered(Entry("2026-01-05T09:00:00+08:00", "key", "assess", "", (household_id,)), answer)

    def households(self) -> list[str]:
        return sorted(household for entry in self.log.entries() if entry for household in entry.ids)


@pytest.fixture
def notes(tmp_path: Path) -> Iterator[Notes]:
    found = Notes(tmp_path / "audit.jsonl")
    yield found
    found.group.close()


@pytest.fixture(scope="module")
def models(office: Office) -> Loaded:
    found = Champions(office.workspace)
    found.refresh()
    assert found.current is not None
    return found.current


def test_requests_in_two_languages_good_and_bad_get_each_its_own_answer(
    office: Office, models: Loaded, notes: Notes
) -> None:
    turns = Turns(Assessor(office.workspace))
    states: list[dict[str, Any]] = [{"household_id": "a"}, {"size": -1}, {"status": "dissolved"}, {"household_id": "b"}]
    cases = [Case({"households": [STATE | state]}, DAY) for state in states]
    asked = [turns.ask(Request(case, models, "zh", False, notes.noted)) for case in cases]
    english = turns.ask(Request(cases[0], models, "en", True, notes.noted))
    turns.close()
    with pytest.raises(WrongFacts):
        asked[1].result(0)
    with pytest.raises(UsageError, match="not active"):
        asked[2].result(0)
    first, last, full = (done.result(0)[0] for done in (asked[0], asked[3], english))
    assert first["household_id"] != last["household_id"]
    assert (first["probability"], "margin" in first, "margin" in full) == (full["probability"], False, True)
    assert first["meaning"] != full["meaning"]
    assert notes.households() == sorted([first["household_id"], last["household_id"], full["household_id"]])


def test_what_cannot_be_thought_of_stops_only_the_request_that_brought_it(
    office: Office, models: Loaded, notes: Notes
) -> None:
    turns = Turns(Assessor(office.workspace))
    broken = Case({"households": [STATE | {"size": object()}]}, DAY)
    asked = [turns.ask(Request(Case({"households": [STATE]}, DAY), models, "zh", False, notes.noted)) for _ in range(2)]
    odd = turns.ask(Request(broken, models, "zh", False, notes.noted))
    turns.close()
    assert odd.exception(0) is not None
    assert all(done.result(0)[0]["probability"] > 0 for done in asked)


def test_nobody_is_answered_without_an_entry(office: Office, models: Loaded, tmp_path: Path) -> None:
    notes, turns = Notes(tmp_path), Turns(Assessor(office.workspace))  # a folder, into which nothing can be written
    asked = turns.ask(Request(Case({"households": [STATE]}, DAY), models, "zh", False, notes.noted))
    turns.close()
    with pytest.raises(OSError, match="directory"):
        asked.result(0)
    notes.group.close()
