from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

from riskmodel.review.access import Role
from riskmodel.review.assessments import Asked
from riskmodel.review.visits import open_batches
from sent_forms import CLERK, VERDICT, seen_hash
from signed_in import Person, field_of, person
from trained_county import NOW

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}\u202e＝HYPERLINK(1)"
DAY = "2024-06-01"


@pytest.fixture(scope="module")
def officer(service: Running) -> Person:
    """Somebody who visits."""
    return person(service, Role.OFFICER, area="990301")


@pytest.fixture
def sent(service: Running, office: Office, address: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """The form of a verdict that finds a risk; each test's is another visit."""
    own = {
        "token": request.node.name,
        "visitor_id": f"W-{crc32(request.node.name.encode()):x}",
        "visited_on": DAY,
        "month": str(office.as_of),
        "why": "住院",
    }
    return VERDICT | own | {"seen": seen_hash(service.service, address.split("/")[2], office.as_of)}


@pytest.fixture(scope="module")
def address(service: Running, office: Office) -> str:
    """The page of a household that the list asks to visit."""
    (listed, *_) = service.service.ranked(CLERK, Asked(office.as_of, "990301"), NOW)
    return f"/households/{listed.household_id}/verdict"


def test_the_form_is_never_filled_in_by_the_model(officer: Person, address: str) -> None:
    page = officer.get(address).text
    form = page[page.index('class="verdict"') :]
    assert "checked" not in form
    assert "selected" not in form
    assert field_of(page, "seen")


def test_a_verdict_is_kept_and_goes_to_the_lake_once_for_a_double_click(
    service: Running, officer: Person, address: str, sent: dict[str, Any]
) -> None:
    answers = [officer.post(address, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert officer.get(address).text.count(sent["visitor_id"]) == 1
    rows = [row for batch in open_batches(service.service.store) for row in batch.rows]
    assert [row["cause_1"] for row in rows if row["visitor_id"] == sent["visitor_id"]] == ["ILL"]


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(officer: Person, address: str, sent: dict[str, Any]) -> None:
    told = sent | {"why": "", "note": HOSTILE}
    refused = officer.post(address, told)
    assert refused.status_code == 422
    assert "不一致，请说明理由" in refused.text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in refused.text
    assert 'value="risk" required checked' in refused.text
    again = told | {"token": field_of(refused.text, "token"), "why": HOSTILE}
    assert officer.post(address, again).status_code == 303
    kept = officer.get(address).text
    assert "<img src=x" not in kept
    assert "\u202e" not in kept


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"visited_on": "morgen"}, "请填写“走访日期”"),
        ({"visited_on": "2999-01-01"}, "晚于今天"),
        ({"finding": "maybe"}, "请选择“走访结果”"),
        ({"reason": ""}, "请选择“走访原因”"),
        ({"cause_2": "ILL"}, "不得重复"),
        ({"note": "字" * 10_001}, "最多 10000 个"),
        ({"wrong_name": "x", "wrong_table": "", "wrong_what": "", "wrong_right": "1"}, "错在哪里"),
    ],
)
def test_the_field_that_is_wrong_is_named(
    officer: Person, address: str, sent: dict[str, Any], change: dict[str, Any], told: str
) -> None:
    refused = officer.post(address, sent | change)
    assert refused.status_code == 422
    assert told in refused.text


def test_a_value_that_is_wrong_is_named_by_its_label_and_kept(
    officer: Person, address: str, sent: dict[str, Any]
) -> None:
    page = officer.get(f"{address}?wrong=bills_to_income_12m").text
    assert "近12个月自付医疗支出占纯收入比" in page
    told = {"wrong_name": "bills_to_income_12m", "wrong_table": "", "wrong_what": "是邻居的账单", "wrong_right": "0"}
    assert officer.post(address, sent | told).status_code == 303
    kept = officer.get(address).text
    assert "数据有误：近12个月自付医疗支出占纯收入比。是邻居的账单 正确的值：0" in kept


def test_somebody_who_corrects_an_older_version_gets_both_texts(
    officer: Person, address: str, sent: dict[str, Any]
) -> None:
    officer.post(address, sent)
    kept = officer.get(address).text
    number = kept.partition(sent["visitor_id"])[0].rpartition("<h3>第 ")[2].partition(" ")[0]
    path = f"{address}/{number}"
    first = sent | {"token": "first", "version": "1", "note": "第一人的话"}
    assert officer.post(path, first).status_code == 303
    late = officer.post(path, first | {"token": "second", "note": "第二人的话"})
    assert late.status_code == 409
    assert "第一人的话" in late.text
    assert "第二人的话" in late.text
    again = first | {
        "token": field_of(late.text, "token"),
        "version": field_of(late.text, "version"),
        "note": "两人的话",
    }
    assert officer.post(path, again).status_code == 303
    assert "第一人的话" in officer.get(address).text, "every version stays"
    withdrawn = again | {"token": "third", "version": "3", "act": "withdraw"}
    assert officer.post(path, withdrawn).status_code == 303
    assert "：已撤回" in officer.get(address).text


def test_an_explanation_that_was_not_the_one_on_the_page_is_not_signed(
    officer: Person, address: str, sent: dict[str, Any]
) -> None:
    refused = officer.post(address, sent | {"seen": "0" * 64})
    assert refused.status_code == 409
    assert "已重新发布" in refused.text
    assert field_of(refused.text, "token") != sent["token"]


def test_analysts_read_verdicts_and_write_none(service: Running, address: str, sent: dict[str, Any]) -> None:
    analyst = person(service, Role.ANALYST, area="990301")
    page = analyst.get(address)
    assert page.status_code == 200
    assert 'class="verdict"' not in page.text
    assert analyst.post(address, sent).status_code == 403
    assert analyst.get(f"{address}/1").status_code == 403
