from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from published_households import publish_households
from published_lists import BEFORE, NEWEST, household
from riskmodel.review.access import Role
from riskmodel.settings import Settings
from riskmodel.workflows.workspace import Workspace
from running_service import Running, running
from signed_in import Person, person

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def analyst(lists: Running) -> Person:
    return person(lists, Role.ANALYST, area="990301")


def test_the_newest_month_is_told_with_its_places_causes_and_departments(analyst: Person) -> None:
    page = analyst.get("/overview").text
    assert "2026年1月5日" in page
    assert "评估农户" in page
    assert f"/overview?month={NEWEST}&area=990301001" in page.replace("&amp;", "&")
    assert "超期未报" in page
    assert "990302" not in page
    assert "半年回头看" in page


def test_an_earlier_month_and_a_township_are_told_when_asked_for(analyst: Person) -> None:
    page = analyst.get(f"/overview?month={BEFORE}&area=990301001").text
    assert "2025年12月5日" in page
    assert "返回上级" in page
    assert "village=990301001001" in page


@pytest.mark.parametrize("query", ["area=990302", "month=2020-01-05", "area=990302001001"])
def test_what_is_not_ones_own_is_not_there(analyst: Person, query: str) -> None:
    assert analyst.get(f"/overview?{query}").status_code == 404


@pytest.mark.parametrize("query", ["area=9", "area=%3Cscript%3E", "month=soon"])
def test_an_address_that_nobody_was_given_is_refused_in_words(analyst: Person, query: str) -> None:
    answer = analyst.get(f"/overview?{query}")
    assert (answer.status_code, "无法识别" in answer.text) == (400, True)


def test_before_the_first_month_and_with_one_of_an_older_version_it_says_what_to_do(tmp_path: Path) -> None:
    with running(Workspace(Settings(tmp_path))) as found:
        someone = person(found, Role.ANALYST)
        assert "还没有发布任何月份" in someone.get("/overview").text
        publish_households(found.service.store, {household(1): "990301001001"}, NEWEST)
        answer = someone.get("/overview")
        assert answer.status_code == 422
        assert f"riskmodel publish --as-of {NEWEST}" in answer.text
