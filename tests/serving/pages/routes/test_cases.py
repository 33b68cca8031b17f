from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Role
from sent_forms import CASE
from signed_in import Person, person

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office


@pytest.fixture(scope="module")
def officer(service: Running) -> Person:
    """Somebody of the township."""
    return person(service, Role.OFFICER, area="990301")


def test_an_entry_is_opened_once_for_a_double_click(officer: Person, office: Office) -> None:
    path = f"/households/{office.riskiest}/ledger"
    assert "本户没有台账条目" in officer.get(path).text
    first, second = (officer.post(path, CASE | {"token": "double"}) for _ in range(2))
    assert first.status_code == 303
    assert second.headers["location"] == first.headers["location"]
    page = officer.get(path).text
    assert page.count("自付医疗费过高") == 1
    assert "健康帮扶、综合保障" in page


def test_what_is_wrong_is_told_and_nothing_typed_is_lost(officer: Person, office: Office) -> None:
    told = CASE | {"token": "past", "deadline": "2020-01-01", "problem": "<b>{{7*7}}"}
    refused = officer.post(f"/households/{office.riskiest}/ledger", told)
    assert refused.status_code == 422
    assert "完成时限 2020-01-01 已过" in refused.text
    assert "&lt;b&gt;{{7*7}}" in refused.text
    assert 'value="health" checked' in refused.text


def test_steps_of_an_identification_start_its_clocks(officer: Person, office: Office) -> None:
    path = f"/households/{office.riskiest}"
    for step, day in (("clue", "2026-03-02"), ("judgement", "2026-03-03")):
        sent = {"clue_on": "2026-03-02", "step": step, "done_on": day}
        assert officer.post(f"{path}/steps", sent).status_code == 303
    page = officer.get(f"{path}/ledger").text
    assert "线索日期 2026年3月2日" in page
    assert "记录经过（2 次）" in page
    assert "未设定：评议公示启动时限" in page or "个自然日" in page or "个工作日" in page
    refused = officer.post(f"{path}/steps", {"clue_on": "2026-03-02", "step": "visit", "done_on": "2026-03-01"})
    assert refused.status_code == 422
    assert "应在线索日期" in refused.text
    wrong = officer.post(f"{path}/steps", {"clue_on": "x", "step": "visit", "done_on": ""})
    assert "请填写“风险线索”" in wrong.text
