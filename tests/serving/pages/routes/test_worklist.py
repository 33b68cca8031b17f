from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from published_lists import NEWEST, A, household
from riskmodel.review.access import Role
from running_service import Running
from signed_in import Person, field_of, person

if TYPE_CHECKING:
    pass


@pytest.fixture(scope="module")
def officer(lists: Running) -> Person:
    return person(lists, Role.OFFICER, area="990301")


@pytest.fixture(scope="module")
def analyst(lists: Running) -> Person:
    return person(lists, Role.ANALYST, area="990301")


def rows(page: str) -> list[str]:
    """The households of a page, in order."""
    return re.findall(r'href="/households/(H[0-9a-f]{24})\?month=', page)


def test_the_line_is_drawn_below_the_households_to_be_visited(officer: Person) -> None:
    page = officer.get("/worklist").text
    before, line, after = page.partition("走访名额线：以上 8 户")
    assert line
    assert len(dict.fromkeys(rows(before))) == 8
    assert len(dict.fromkeys(rows(page))) == 50
    assert rows(after)


def test_the_address_keeps_what_was_asked_for(officer: Person) -> None:
    page = officer.get(f"/worklist?month={NEWEST}&area=990301001&tier=low&order=village").text
    assert f"/worklist?month={NEWEST}&amp;area=990301001&amp;tier=low&amp;order=village" not in page  # a single page
    assert '<option value="low" selected>' in page
    assert '<option value="village" selected>' in page
    every = officer.get("/worklist?order=risk").text
    assert f"/worklist?month={NEWEST}&amp;area=990301&amp;order=risk&amp;page=2" in every


def test_names_are_masked_until_asked_for_and_run_nothing(officer: Person, analyst: Person) -> None:
    assert "onerror" not in officer.get("/worklist").text
    assert officer.post("/worklist/names", {"purpose": ""}).status_code == 422
    page = officer.post("/worklist/names", {"purpose": "入户核查"}).text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page
    assert "<img src=x" not in page
    assert "10001" in page
    assert analyst.post("/worklist/names", {"purpose": "入户核查"}).status_code == 403


def test_a_household_is_found_by_its_number_and_the_address_has_its_id(officer: Person, lists: Running) -> None:
    by_number = officer.post("/worklist/find", {"text": "10001"}).headers["location"]
    assert re.fullmatch(r"/worklist\?find=H[0-9a-f]{24}", by_number)
    by_id = officer.post("/worklist/find", {"text": household(1)}).headers["location"]
    assert by_id == f"/worklist?find={household(1)}"
    assert set(rows(officer.get(by_id).text)) == {household(1)}
    stranger = person(lists, Role.OFFICER, area="990302")
    assert rows(stranger.get(f"/worklist?find={household(1)}").text) == []


def test_a_name_is_looked_for_in_a_village(officer: Person, analyst: Person) -> None:
    asked = {"text": "onerror", "purpose": "找人", "area": "990301001", "village": A}
    assert set(rows(officer.post("/worklist/find", asked).text)) == {household(1)}
    assert officer.post("/worklist/find", asked | {"area": "990302001", "village": "990302001001"}).status_code == 404
    assert analyst.post("/worklist/find", asked).status_code == 403


def test_without_a_village_the_search_by_name_offers_them_and_goes_on_from_there(officer: Person) -> None:
    at = "?area=990301001&tier=very_high&order=risk"
    page = officer.post(f"/worklist/find{at}", {"text": "onerror", "purpose": "找人"})
    assert page.status_code == 422
    assert "请先选定一个村" in page.text
    assert f'<option value="{A}">' in page.text
    assert "990301002001" not in page.text
    again = {"text": field_of(page.text, "text"), "purpose": field_of(page.text, "purpose"), "village": A}
    assert set(rows(officer.post(f"/worklist/find{at}", again).text)) == {household(1)}


def test_after_names_the_way_back_and_the_pages_keep_the_filters(officer: Person) -> None:
    at = f"month={NEWEST}&area=990301&order=risk&page=2"
    named = officer.post(f"/worklist/names?{at}", {"purpose": "入户核查"}).text.replace("&amp;", "&")
    assert f"/worklist?month={NEWEST}&area=990301&order=risk&page=1" in named
    assert f"/worklist?{at}" in named, "the way back"
    assert officer.get(f"/worklist/names?{at}").headers["location"] == f"/worklist?{at}"
    found = officer.post("/worklist/find?area=990301001&tier=low", {"text": household(1)}).headers["location"]
    assert found == f"/worklist?area=990301001&tier=low&find={household(1)}"
    assert f"/worklist?month={NEWEST}&area=990301001&tier=low" in officer.get(found).text.replace("&amp;", "&")


@pytest.mark.parametrize(
    "query", ["tier=x", "cause=%3Cb%3E", "area=99", "area=990301001001001", "page=-1", "find=x", "month=x", "order=1"]
)
def test_an_address_that_nobody_was_given_is_refused_in_words(officer: Person, query: str) -> None:
    answer = officer.get(f"/worklist?{query}")
    assert answer.status_code in (400, 404)
    assert "工作清单" in answer.text or "辖区" in answer.text


def test_who_visits_is_not_told_who_was_drawn_by_lot(officer: Person, analyst: Person) -> None:
    assert "走访户（抽查）" in analyst.get("/worklist").text
    page = officer.get("/worklist").text
    assert "走访户（抽查）" not in page
    assert '"audit"' not in page
    assert officer.get("/worklist?status=audit").status_code == 400


def test_a_text_to_be_found_is_bounded(officer: Person) -> None:
    assert officer.post("/worklist/find", {"text": "9" * 10_000}).status_code == 422
    assert officer.post("/worklist/find", {"text": " "}).status_code == 422
