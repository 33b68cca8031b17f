from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

from filled_lists import refilled
from published_lists import HOSTILE, NEWEST, household
from riskmodel.review.access import Role
from riskmodel.review.verdicts import newest_of
from riskmodel.review.visited import standing
from riskmodel.tables.staff_code import STAFF_CODE_ZH
from running_service import Running
from signed_in import Person, field_of, person

if TYPE_CHECKING:
    pass

WHY = "理由（结果与名单不一致时必填）"


@pytest.fixture(scope="module")
def officer(lists: Running) -> Person:
    return person(lists, Role.OFFICER, area="990301")


def lines_of(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def filled(officer: Person, number: int, **values: Any) -> bytes:
    """The workbook of the page, with what a visitor wrote into the row of a household."""
    content = officer.get(f"/worklist/workbook?month={NEWEST}&status=planned&kind=form").content
    told = {"走访日期": NEWEST, "走访人编号": "K1", "走访结果": "无风险", WHY: f"已就业，{HOSTILE}"} | values
    return refilled(content, {household(number): told})


def send(who: Person, content: bytes) -> Any:
    return who.post("/worklist/filled", files={"book": ("a.xlsx", content)})


def test_the_workbook_has_the_filtered_list(officer: Person) -> None:
    answer = officer.get("/worklist/workbook?tier=high&kind=list")
    assert answer.headers["content-disposition"] == f'attachment; filename="worklist-scores-{NEWEST}.xlsx"'
    form = officer.get("/worklist/workbook?tier=high&kind=form")
    assert form.headers["content-disposition"] == f'attachment; filename="visit-form-{NEWEST}.xlsx"'
    assert answer.headers["cache-control"] == "no-store"
    assert {row[5] for row in lines_of(answer.content)[2:]} == {"较高风险"}


def test_a_filled_workbook_is_shown_and_then_kept_once(officer: Person, lists: Running) -> None:
    page = send(officer, filled(officer, 1)).text
    assert "确认保存 1 条走访结果" in page
    assert "理由：<bdi>已就业，&lt;img src=x" in page
    store = lists.service.store
    assert standing(store, [household(1)]) == {household(1): []}
    sent = {name: field_of(page, name) for name in ("rows", "token")}
    for _ in range(2):
        answer = officer.post("/worklist/filled/keep", sent)
        assert answer.headers["location"] == "/worklist?said=visits-kept"
    assert [row["finding"] for row in standing(store, [household(1)])[household(1)]] == ["no_risk"]
    (verdict,) = newest_of(store, [household(1)], lambda _: True)
    assert verdict.verdict.why.startswith("已就业，<img src=x")


def test_what_the_page_of_a_verdict_refuses_the_import_refuses_and_says_the_row(officer: Person) -> None:
    page = send(officer, filled(officer, 2, **{WHY: None})).text
    assert "走访结果“无风险”与名单（较高风险）不一致，请说明理由。" in page
    assert "确认保存" not in page


def test_what_a_visitor_typed_with_a_will_runs_nothing(officer: Person) -> None:
    page = send(officer, filled(officer, 2, 走访人编号=HOSTILE)).text
    assert STAFF_CODE_ZH in page
    assert "<img" not in page
    page = send(officer, filled(officer, 2, 走访结果=HOSTILE)).text
    assert "&lt;img src=x onerror=a”无法识别，应填：无风险、有风险、未见到人" in page
    assert "<img" not in page
    assert "确认保存" not in page


def test_a_row_of_another_area_and_a_file_that_is_none_are_refused_in_words(officer: Person, lists: Running) -> None:
    content = filled(officer, 2)
    stranger = person(lists, Role.OFFICER, area="990302")
    answer = send(stranger, content)
    assert (answer.status_code, "辖区内没有这一户" in answer.text) == (404, True)
    rows = field_of(send(officer, content).text, "rows")
    assert stranger.post("/worklist/filled/keep", {"rows": rows}).status_code == 404
    for wrong in (b"", b"PK", b"a,b"):
        assert send(officer, wrong).status_code == 422


def test_who_does_not_visit_may_take_the_list_and_sends_nothing(lists: Running, officer: Person) -> None:
    analyst = person(lists, Role.ANALYST, area="990301")
    assert analyst.get("/worklist/workbook?kind=list").status_code == 200
    assert analyst.get("/worklist/filled").status_code == 403
    assert send(analyst, filled(officer, 2)).status_code == 403
    assert analyst.post("/worklist/workbook", {"purpose": "入户核查"}).status_code == 403
    assert officer.post("/worklist/workbook", {"purpose": ""}).status_code == 422
