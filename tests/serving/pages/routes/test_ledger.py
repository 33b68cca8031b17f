from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.policy import Measure
from riskmodel.review.access import Role
from sent_forms import CASE, written_case
from signed_in import Person, field_of, person

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office


@pytest.fixture(scope="module")
def officer(service: Running) -> Person:
    """Somebody of the township."""
    return person(service, Role.OFFICER, area="990301")


@pytest.fixture(scope="module")
def reviewer(service: Running) -> Person:
    """The second person."""
    return person(service, Role.REVIEWER, area="990301")


def change(someone: Person, number: int, **fields: Any) -> Any:
    """Send the form of the entry as its page stands, with other fields."""
    page = someone.get(f"/ledger/{number}").text
    hidden = {name: field_of(page, name) for name in ("token", "version", "stands")}
    return someone.post(f"/ledger/{number}", CASE | hidden | {"act": "save"} | fields)


def test_an_entry_goes_its_way_and_a_second_person_closes_it(
    service: Running, officer: Person, reviewer: Person, office: Office
) -> None:
    number = written_case(service.service, office.riskiest, "the way")
    assert change(officer, number, act="to_verify").status_code == 422, "nothing says what was done"
    assert change(officer, number, act="to_verify", evidence="已办理医疗救助").status_code == 303
    assert 'value="closed"' not in officer.get(f"/ledger/{number}").text
    assert change(officer, number, act="closed", reason="我看行").status_code == 422
    assert change(reviewer, number, act="closed", reason="").status_code == 422
    assert change(reviewer, number, act="closed", reason="到户核实").status_code == 303
    assert change(officer, number, act="reopened", reason="又住院", deadline="2099-01-01").status_code == 303
    page = officer.get(f"/ledger/{number}").text
    for told in ("重新打开", "又住院", "到户核实", "已办理医疗救助", "2099年1月1日"):
        assert told in page


def test_another_responsible_person_needs_a_reason(service: Running, officer: Person, office: Office) -> None:
    number = written_case(service.service, office.riskiest, "another person")
    refused = change(officer, number, responsible_id="W18", responsible_name="吴某")
    assert refused.status_code == 422
    assert "更换责任人须填写理由" in refused.text
    assert 'value="吴某"' in refused.text
    assert change(officer, number, responsible_id="W18", responsible_name="吴某", reason="调离").status_code == 303


def test_in_two_windows_the_second_gets_both_texts_and_loses_nothing(
    service: Running, officer: Person, reviewer: Person, office: Office
) -> None:
    number = written_case(service.service, office.riskiest, "two windows")
    page = officer.get(f"/ledger/{number}").text
    hidden = {name: field_of(page, name) for name in ("token", "version", "stands")}
    assert change(reviewer, number, problem="复核人的文字").status_code == 303
    late = officer.post(f"/ledger/{number}", CASE | hidden | {"act": "save", "problem": "办理人的文字"})
    assert late.status_code == 409
    assert "复核人的文字" in late.text
    assert late.text.count("办理人的文字") == 2, "beside the other, and in the form"
    again = {name: field_of(late.text, name) for name in ("token", "version", "stands")}
    kept = officer.post(f"/ledger/{number}", CASE | again | {"act": "save", "problem": "两人的文字"})
    assert kept.status_code == 303


def test_a_double_click_saves_once(service: Running, officer: Person, office: Office) -> None:
    number = written_case(service.service, office.riskiest, "double click")
    page = officer.get(f"/ledger/{number}").text
    sent = CASE | {name: field_of(page, name) for name in ("token", "version", "stands")} | {"problem": "新的"}
    assert [officer.post(f"/ledger/{number}", sent | {"act": "save"}).status_code for _ in range(2)] == [303, 303]
    assert '<th scope="row">3</th>' not in officer.get(f"/ledger/{number}").text


def test_hostile_text_of_an_entry_is_text(service: Running, officer: Person, office: Office) -> None:
    text = "<img src=x onerror=alert(1)>{{7*7}}\u202e" + "字" * 9_000
    number = written_case(service.service, office.riskiest, "hostile", problem=text)
    for path in ("/ledger", f"/ledger/{number}", f"/households/{office.riskiest}/ledger"):
        page = officer.get(path).text
        assert "<img src=x" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in page
        assert "\u202e" not in page


def test_measures_that_the_rules_exclude_are_warned_of_once_they_are_saved(
    service: Running, officer: Person, office: Office
) -> None:
    number = written_case(service.service, office.riskiest, "measures")
    saved = change(officer, number, measure=[measure.value for measure in Measure])
    assert saved.headers["location"] == f"/ledger/{number}?said=case"
    assert "请核对措施" in officer.get(saved.headers["location"]).text
    assert "请核对措施" not in officer.get(f"/ledger/{number}").text


def test_text_that_was_typed_is_not_lost_with_the_session(service: Running, office: Office) -> None:
    number = written_case(service.service, office.riskiest, "session")
    someone = person(service, Role.OFFICER, area="990301")
    page = someone.get(f"/ledger/{number}").text
    sent = CASE | {name: field_of(page, name) for name in ("token", "version", "stands", "csrf")}
    someone.post("/sign-out")
    late = someone.client.post(f"/ledger/{number}", data=sent | {"act": "save", "evidence": "写了半天的<b>"})
    assert late.status_code == 403
    assert "没有保存" in late.text
    assert "写了半天的&lt;b&gt;" in late.text


def test_who_worked_on_an_entry_does_not_close_it(
    service: Running, officer: Person, reviewer: Person, office: Office
) -> None:
    number = written_case(service.service, office.riskiest, "hands")
    assert change(reviewer, number, evidence="复核人自己办的").status_code == 303
    assert change(officer, number, act="to_verify", evidence="复核人自己办的").status_code == 303
    refused = change(reviewer, number, act="closed", reason="属实")
    assert refused.status_code == 422
    assert "填写过办理情况" in refused.text
    another = person(service, Role.REVIEWER, area="990301")
    assert change(another, number, act="closed", reason="属实").status_code == 303
