from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import IdentityStore
from riskmodel.workflows.installation import LOG, identity_key, identity_store_path, init
from signed_in import Person, field_of, person
from trained_county import NOW

if TYPE_CHECKING:
    from running_service import Running
    from trained_county import Office

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"


@pytest.fixture(scope="module")
def analyst(service: Running) -> Person:
    """Somebody who reads."""
    return person(service, Role.ANALYST, area="990301")


@pytest.fixture(scope="module")
def officer(service: Running, office: Office) -> Person:
    """Somebody who may see names, one of which a department typed with a will."""
    place = service.workspace
    init(place)
    told = {"id": office.riskiest, "kind": "household", "number": "10001", "name": None, "head_name": HOSTILE}
    store = IdentityStore(identity_store_path(place), identity_key(place))
    store.put(pl.DataFrame([told | {"address": "某村1号", "phone": "13800000000"}]).cast(pl.String), NOW.date())
    return person(service, Role.OFFICER, area="990301")


def test_the_page_says_what_the_probability_means_and_why(analyst: Person, office: Office) -> None:
    page = analyst.get(f"/households/{office.riskiest}").text
    assert "推高风险的原因" in page
    assert "本分数仅用于安排走访先后" in page
    assert "这是本户第一次评估" in page
    assert office.riskiest in page


def test_that_it_was_read_is_in_the_audit_log(service: Running, analyst: Person, office: Office) -> None:
    before = len(list(AuditLog(service.workspace.home / LOG).entries()))
    for path in ("", "/facts", "/help", "/letter", "/visit-sheet"):
        assert analyst.get(f"/households/{office.riskiest}{path}").status_code == 200
    entries = list(AuditLog(service.workspace.home / LOG).entries())[before:]
    assert [entry.ids for entry in entries if entry] == [(office.riskiest,)] * 5


def test_names_are_shown_to_who_may_know_for_a_purpose(service: Running, officer: Person, office: Office) -> None:
    path = f"/households/{office.riskiest}"
    assert "13800000000" not in officer.get(path).text
    assert officer.post(f"{path}/names", {"purpose": ""}).status_code == 422
    shown = officer.post(f"{path}/names", {"purpose": "入户核查"}).text
    assert "13800000000" in shown
    assert HOSTILE not in shown, "it is escaped"
    assert "49" not in re.findall(r"户主 <b>(.*?)</b>", shown)[0]
    entries = [entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry]
    assert any("入户核查" in entry.purpose for entry in entries)


def test_who_may_not_know_names_does_not_see_them(analyst: Person, officer: Person, office: Office) -> None:
    assert officer.login
    assert analyst.post(f"/households/{office.riskiest}/names", {"purpose": "入户核查"}).status_code == 403
    assert analyst.post(f"/households/{office.riskiest}/visit-sheet", {"purpose": "x y"}).status_code == 403


def test_the_visit_sheet_tells_neither_score_nor_rank_nor_reason(officer: Person, office: Office) -> None:
    path = f"/households/{office.riskiest}/visit-sheet"
    for page in (officer.get(path).text, officer.post(path, {"purpose": "打印"}).text):
        assert not re.search("风险等级|高风险|概率|第 *[0-9,]+ *位|推高|情况相近的农户每 100 户", page)
    assert "13800000000" in page
    assert "某村1号" in page


def test_the_letter_says_that_nobody_is_refused_help_by_it(analyst: Person, office: Office) -> None:
    page = analyst.get(f"/households/{office.riskiest}/letter").text
    assert "任何一户都不会因为估算结果被拒绝帮扶" in page
    assert "第二十四条" in page


def test_facts_are_those_known_by_the_date_and_of_the_household_alone(analyst: Person, office: Office) -> None:
    page = analyst.get(f"/households/{office.riskiest}/facts").text
    assert "收入与监测线" in page
    assert "时间线" in page
    known = re.findall(r"<td class=\"one-line\">(\d{4}-\d\d-\d\d)</td>", page)
    assert known
    assert max(known) <= office.scored.as_of


def test_a_what_if_says_that_it_claims_no_effect(analyst: Person, office: Office) -> None:
    path = f"/households/{office.riskiest}/help"
    asked = {"scenario": "basic_insurance", "public_post.wage": "800"}
    page = analyst.post(path, asked).text
    assert "试算结果" in page
    assert "不表示帮扶措施的效果" in page
    wrong = analyst.post(path, {"scenario": "public_post", "public_post.wage": "-5"})
    assert wrong.status_code == 422
    assert 'role="alert"' in wrong.text


def test_a_household_that_is_none_is_not_there(analyst: Person) -> None:
    assert analyst.get("/households/H" + "0" * 24).status_code == 404
    assert analyst.get("/households/nobody").status_code == 400


def test_a_server_without_facts_shows_the_scores_and_says_what_is_away(service: Running, office: Office) -> None:
    reader = person(service, Role.ANALYST, area="990301")
    lake, away = service.workspace.home / "results", service.workspace.home / "elsewhere"
    shutil.move(lake, away)
    try:
        assert reader.get(f"/households/{office.riskiest}").status_code == 200
        assert "本机没有该县的数据" in reader.get(f"/households/{office.riskiest}/facts").text
        assert "本机没有该县的数据" in reader.get(f"/households/{office.riskiest}/help").text
    finally:
        shutil.move(away, lake)


def test_the_form_of_names_belongs_to_the_session(analyst: Person, office: Office) -> None:
    assert field_of(analyst.get(f"/households/{office.riskiest}/help").text, "csrf") == analyst.csrf()
