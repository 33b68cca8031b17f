from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from published_lists import A, household
from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.serving.pages.routes.ledger_list import ROWS
from riskmodel.workflows import ledger_names, list_names
from riskmodel.workflows.installation import LOG
from sent_forms import written_case
from signed_in import Person, field_of, person

if TYPE_CHECKING:
    from running_service import Running


@pytest.fixture(scope="module")
def officer(lists: Running) -> Person:
    """Somebody of a county with 56 entries: one of the riskiest household, five of the others."""
    for number in (1, *range(2, 13)):
        for at in range(1 if number == 1 else 5):
            written_case(lists.service, household(number), f"{number}-{at}", responsible_id=f"W{number}")
    return person(lists, Role.OFFICER, area="990301")


def numbers(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'href="/ledger/([0-9]+)"', page)]


def last_look(lists: Running) -> tuple[str, str, tuple[str, ...]]:
    *_, entry = AuditLog(lists.service.workspace.home / LOG).entries()
    assert entry is not None
    return entry.action, entry.purpose, entry.ids


def test_the_list_is_filtered_and_its_look_is_in_the_audit_log(lists: Running, officer: Person) -> None:
    assert "共 1 条" in officer.get("/ledger?responsible=W1&kind=ILL&lamp=green&state=open").text
    assert "没有符合条件的条目" in officer.get("/ledger?responsible=W1&kind=HOU").text
    assert officer.get("/ledger?kind=nonsense&lamp=%3Cb%3E&page=x").status_code == 200
    assert officer.get("/ledger?area=abc").status_code == 400
    assert officer.get("/ledger?area=990302").status_code == 404
    assert set(numbers(officer.get(f"/ledger?area=990301001&village={A}").text)) < set(
        numbers(officer.get("/ledger?area=990301001").text)
    )
    assert last_look(lists)[1].startswith("ledger 990301001")


def test_pages_follow_each_other_and_keep_the_filters(officer: Person) -> None:
    first, second = (numbers(officer.get(f"/ledger?kind=ILL&page={page}").text) for page in (1, 2))
    assert len(first) == ROWS
    assert second
    assert not set(first) & set(second)
    assert "/ledger?kind=ILL&amp;page=1" in officer.get("/ledger?kind=ILL&page=2").text


@pytest.mark.parametrize("text", [household(1), "10001"])
def test_entries_are_found_by_a_household_and_the_way_back_keeps_the_filters(officer: Person, text: str) -> None:
    where = officer.post("/ledger/find?kind=HOU&page=2", {"text": text}).headers["location"]
    assert re.fullmatch("/ledger[?]kind=HOU&household=H[0-9a-f]{24}", where)
    assert 'href="/ledger?kind=HOU"' in officer.get(where).text


def test_a_household_of_another_area_or_without_entries_has_none(lists: Running, officer: Person) -> None:
    assert numbers(officer.get(f"/ledger?household={household(1)}&responsible=nobody").text) == [1]
    assert numbers(officer.get(f"/ledger?household={household(59)}").text) == []
    stranger = person(lists, Role.OFFICER, area="990302")
    assert numbers(stranger.get(f"/ledger?household={household(1)}").text) == []
    assert officer.get("/ledger?household=x").status_code == 400


def test_entries_are_found_by_a_name_for_a_purpose_and_all_names_looked_through_are_in_the_log(
    lists: Running, officer: Person
) -> None:
    asked = {"text": "onerror", "purpose": "找人"}
    page = officer.post("/ledger/find?area=990301001", asked).text
    assert numbers(page) == [1]
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page
    assert "<img src=x" not in page
    looked = [
        entry for entry in AuditLog(lists.service.workspace.home / LOG).entries() if entry and "找人" in entry.purpose
    ]
    assert len(looked[-1].ids) > 1
    assert officer.post("/ledger/find", asked | {"purpose": ""}).status_code == 422
    assert officer.post("/ledger/find?area=990302", asked).status_code == 404
    assert person(lists, Role.ANALYST, area="990301").post("/ledger/find", asked).status_code == 403


def test_too_many_households_for_a_search_by_name_lead_to_a_village(
    officer: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (ledger_names, list_names):
        monkeypatch.setattr(module, "MOST_NAMES", 6)
    page = officer.post("/ledger/find?state=open", {"text": "onerror", "purpose": "找人"})
    assert page.status_code == 422
    assert "请先选定一个村" in page.text
    again = {"text": field_of(page.text, "text"), "purpose": field_of(page.text, "purpose"), "village": A}
    assert numbers(officer.post("/ledger/find?state=open", again).text) == [1]


def test_names_stand_on_a_page_when_they_are_asked_for(lists: Running, officer: Person) -> None:
    at = "area=990301001&responsible=W1"
    assert "onerror" not in officer.get(f"/ledger?{at}").text
    assert officer.post(f"/ledger/names?{at}", {"purpose": ""}).status_code == 422
    page = officer.post(f"/ledger/names?{at}", {"purpose": "电话回访"}).text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page
    assert last_look(lists) == ("look_up", "names: 电话回访", (household(1),))
    assert officer.get(f"/ledger/names?{at}").headers["location"] == f"/ledger?{at}"
