from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from filled_lists import filled_of, refilled
from opened_service import NOW
from published_lists import NEWEST, household, publish_list, service_of_lists, tell
from riskmodel.errors import UsageError
from riskmodel.policy import Finding, VisitReason
from riskmodel.review.access import NotAllowed, Principal, Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.verdicts import newest_of
from riskmodel.review.visited import standing
from riskmodel.workflows.filled_lists import NotTheirs, PublishedAnew, keep_filled, preview_filled
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.list_books import AskedBook, list_book
from riskmodel.workflows.list_page import AskedList
from riskmodel.workflows.verdicts import Seen, correct, shown, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.service import Service

WHO = Principal("u", "u", (Role.OFFICER,), "990301", "user")
DAY = date(2026, 1, 5)
RISK = {"走访日期": DAY, "走访人编号": "K017", "走访结果": "有风险", "风险原因1": "因病"}
WHY = "理由（结果与名单不一致时必填）"
PLAIN = {"走访日期": DAY, "走访人编号": "K017", "走访结果": "无风险"}
NO_RISK = PLAIN | {WHY: "已就业，收入稳定"}
TOKEN = "sheet-0001"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_of_lists(tmp_path) as found:
        yield found


def sheet(service: Service, filled: dict[int, dict[str, Any]], **more: Any) -> bytes:
    """The workbook as it was handed out, filled in by the number of the household; `more`: a row that was added."""
    made = list_book(service, WHO, None, AskedBook(AskedList(status="planned"), form=True), NOW)
    assert made is not None
    return refilled(made.content, {household(number): values for number, values in filled.items()}, more)


def test_what_was_filled_in_is_previewed_kept_and_the_second_time_changes_nothing(service: Service) -> None:
    filled = filled_of(sheet(service, {1: RISK, 2: NO_RISK}))
    assert (len(filled.rows), filled.blank, filled.faults) == (2, 6, [])
    seen = preview_filled(service, WHO, filled, NOW)
    assert (len(seen.new), seen.known, seen.usable) == (2, 0, True)
    assert standing(service.store, [household(1)]) == {household(1): []}
    assert len(keep_filled(service, WHO, TOKEN, filled, NOW).new) == 2
    (row,) = standing(service.store, [household(1)])[household(1)]
    assert (row["finding"], row["cause_1"], row["visitor_id"]) == ("risk", "ILL", "K017")
    assert row["reason"] == VisitReason.ROUTINE.value
    again = keep_filled(service, WHO, TOKEN, filled, NOW)
    assert (again.new, again.known) == ([], 2)


def test_every_look_and_every_keeping_is_in_the_log(service: Service) -> None:
    keep_filled(service, WHO, TOKEN, filled_of(sheet(service, {1: RISK})), NOW)
    entries = [entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry]
    assert [(entry.action, entry.purpose) for entry in entries[-2:]] == [
        ("read", "filled work list, preview"),
        ("verdict", "decide 1 version 1"),
    ]


def test_a_row_that_others_told_of_meanwhile_is_stale_and_nothing_is_kept(service: Service) -> None:
    content = sheet(service, {1: RISK, 2: NO_RISK})
    tell(service, 1, "no_risk", visitor="K020")
    filled = filled_of(content)
    seen = preview_filled(service, WHO, filled, NOW)
    assert [row.values["household_id"] for row in seen.stale] == [household(1)]
    with pytest.raises(UsageError, match="没有保存"):
        keep_filled(service, WHO, TOKEN, filled, NOW)
    assert standing(service.store, [household(2)]) == {household(2): []}


def test_a_workbook_without_marks_is_taken_only_for_households_of_which_nothing_was_told(service: Service) -> None:
    tell(service, 1, "no_risk", visitor="K020")
    filled = filled_of(sheet(service, {1: RISK | {"校验码": None}, 2: NO_RISK | {"校验码": None}}))
    seen = preview_filled(service, WHO, filled, NOW)
    assert [len(seen.new), len(seen.stale)] == [1, 1]


@pytest.mark.parametrize("strange", [household(7), household(99), "H1", "=1+1"])
def test_a_row_of_another_area_refuses_the_whole_workbook(service: Service, strange: str) -> None:
    filled = filled_of(sheet(service, {1: RISK}, 户编号=strange, **NO_RISK, 走访原因="日常走访"))
    with pytest.raises(NotTheirs, match="第 11 行：您的辖区内没有这一户"):
        preview_filled(service, WHO, filled, NOW)
    with pytest.raises(NotTheirs, match="第 11 行"):
        keep_filled(service, WHO, TOKEN, filled, NOW)
    assert standing(service.store, [household(1)]) == {household(1): []}


@pytest.mark.parametrize(
    ("values", "title"),
    [
        (RISK | {"走访日期": "不知道"}, "走访日期"),
        (RISK | {"走访日期": date(2026, 2, 1)}, "走访日期"),
        (RISK | {"走访结果": "没人"}, "走访结果"),
        (RISK | {"走访结果": None}, "走访结果"),
        (RISK | {"走访人编号": None}, "走访人编号"),
        (RISK | {"走访人编号": "张三 13800000000"}, "走访人编号"),
        (NO_RISK | {"风险原因1": "因病"}, "风险原因1"),
        (RISK | {"风险原因1": "<img src=x onerror=alert(1)>"}, "风险原因1"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(service: Service, values: dict[str, Any], title: str) -> None:
    seen = preview_filled(service, WHO, filled_of(sheet(service, {1: values, 2: NO_RISK})), NOW)
    assert not seen.usable
    assert {fault.row for fault in seen.faults} == {3}
    assert title in {fault.title for fault in seen.faults}


def test_the_same_visit_twice_in_a_workbook_is_told(service: Service) -> None:
    content = sheet(service, {1: RISK}, 户编号=household(1), **NO_RISK, 走访原因="日常走访")
    seen = preview_filled(service, WHO, filled_of(content), NOW)
    assert {fault.row for fault in seen.faults} == {3, 11}


def test_who_does_not_visit_sends_nothing(service: Service) -> None:
    filled = filled_of(sheet(service, {1: RISK}))
    with pytest.raises(NotAllowed):
        keep_filled(service, Principal("a", "a", (Role.ANALYST,), "990301", "user"), TOKEN, filled, NOW)


def test_what_disagrees_with_the_list_lacks_its_reason_row_by_row_as_on_the_page(service: Service) -> None:
    seen = preview_filled(service, WHO, filled_of(sheet(service, {1: PLAIN, 2: PLAIN, 3: RISK})), NOW)
    assert {(one.row, one.title) for one in seen.faults} == {(3, "整行"), (5, "整行")}
    assert "走访结果“无风险”与名单（高风险）不一致，请说明理由。" in {one.why for one in seen.faults}
    assert len(seen.new) == 1


def test_rows_become_verdicts_with_the_explanation_of_their_month(service: Service) -> None:
    filled = filled_of(sheet(service, {1: NO_RISK | {"备注": "已核对（两次），属实"}}))
    keep_filled(service, WHO, TOKEN, filled, NOW)
    (kept,) = verdicts(service, WHO, household(1), NOW)
    assert (kept.verdict.finding, kept.verdict.why) == (Finding.NO_RISK, "已就业，收入稳定")
    assert kept.verdict.note == "已核对（两次），属实"
    assert (kept.shown_date, kept.shown) == (NEWEST, '{"meaning": "一成"}'.encode())


def test_a_verdict_that_was_corrected_or_taken_back_since_is_corrected_on_the_page_alone(service: Service) -> None:
    filled = filled_of(sheet(service, {1: NO_RISK}))
    keep_filled(service, WHO, TOKEN, filled, NOW)
    found = shown(service, WHO, household(1), NEWEST)
    assert found is not None
    seen = Seen(household(1), NEWEST, found.sha256)
    (kept,) = newest_of(service.store, [household(1)], WHO.sees)
    for version, withdrawn in ((1, False), (2, True)):
        other = replace(kept.verdict, why="另")
        correct(service, WHO, f"form-{version}", seen, (kept.id, version), other, NOW, withdrawn=withdrawn)
        told = preview_filled(service, WHO, filled, NOW)
        assert [(one.row, "请在该户的页面更正" in one.why) for one in told.faults] == [(3, True)]


def test_a_reason_beside_a_finding_that_others_told_already_is_not_lost(service: Service) -> None:
    tell(service, 1, "no_risk", visitor="K017")
    seen = preview_filled(service, WHO, filled_of(sheet(service, {1: NO_RISK})), NOW)
    assert (len(seen.new), seen.known) == (1, 0)


def test_a_month_that_was_published_again_or_never_refuses_the_form(service: Service) -> None:
    content = sheet(service, {1: RISK})
    publish_list(service.store, NEWEST)
    with pytest.raises(PublishedAnew, match=r"2026-01-05.*重新发布"):
        preview_filled(service, WHO, filled_of(content), NOW)
    for edition in ("2030-01-05 2030-01-05T00:00:00Z", "x"):
        with pytest.raises(PublishedAnew):
            keep_filled(service, WHO, TOKEN, replace(filled_of(content), edition=edition), NOW)
