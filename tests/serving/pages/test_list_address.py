from __future__ import annotations

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl

import pytest

from riskmodel.review.access import Role
from riskmodel.review.assessments import Month
from riskmodel.review.sessions import Session
from riskmodel.review.users import User
from riskmodel.serving.pages.list_address import address, asked_list, purpose_of, state_of
from riskmodel.serving.pages.refused import Refused
from riskmodel.serving.pages.visitor import Visitor
from riskmodel.workflows.list_page import AskedList, ListPage

MONTH = Month(date(2026, 1, 5), "x", "m", None, "f", "p", 1, "2026-01-05T00:00:00Z")
FULL = AskedList("990301001001", "", "ordinary", "high", "waiting", "village", None, 3)


def visitor(role: Role = Role.OFFICER) -> Visitor:
    user = User("u", "u", "某某", (role,), "990301", "K1", must_change=False, created_at="")
    return Visitor(Session(user, "csrf"), "secret")


def asked(**fields: str) -> tuple[date | None, AskedList]:
    return asked_list(lambda name: fields.get(name, ""), visitor())


def page(wanted: AskedList) -> ListPage:
    return ListPage(MONTH, wanted, 0, 0, 1, None, False, 0, [], [], [])


def test_nothing_asks_for_the_newest_list() -> None:
    assert asked() == (None, AskedList())


def test_an_address_comes_back_as_what_it_was_made_of() -> None:
    fields = dict(parse_qsl(address(state_of(page(FULL)) | {"page": 3})))
    assert asked(**fields) == (MONTH.as_of, FULL)
    assert address(state_of(page(AskedList()))) == "month=2026-01-05"


def test_a_village_of_another_township_is_left_out() -> None:
    _, found = asked(area="990301002", village="990301001001")
    assert found == replace(AskedList(), area="990301002")


@pytest.mark.parametrize(
    "fields",
    [
        *({"tier": "no"}, {"status": "audit"}, {"area": "9903010"}, {"page": "x"}, {"page": "1" * 9}),
        *({"find": "H1"}, {"month": "2026-13-01"}, {"cause": "<b>"}, {"area": "９９０３０１"}),
    ],
)
def test_what_no_page_offers_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        asked(**fields)


def test_names_need_the_right_and_a_purpose() -> None:
    assert purpose_of(visitor(), "入户核查") == "入户核查"
    with pytest.raises(Refused):
        purpose_of(visitor(), "x")
    with pytest.raises(Refused):
        purpose_of(visitor(Role.ANALYST), "入户核查")
