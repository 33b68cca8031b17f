from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from riskmodel.workflows.sent_case import Case, WrongFacts, asked_about
from riskmodel.workflows.sent_frames import own_id

DAY = date(2026, 1, 5)
HERE, ELSEWHERE = {"village_code": "990301101201"}, {"village_code": "990201101201"}


def case(*states: dict[str, Any], about: str | None = None, **tables: list[dict[str, Any]]) -> Case:
    return Case({"households": list(states), **tables}, DAY, about=about)


def rules(asked: Case) -> list[tuple[str, int, str]]:
    with pytest.raises(WrongFacts) as refused:
        asked_about(asked)
    return [(one.table, one.row, one.rule.split(";")[0]) for one in refused.value.found]


def test_it_is_the_one_that_all_rows_name_or_the_one_that_is_named() -> None:
    old, new = HERE | {"household_id": "old"}, HERE | {"household_id": "new", "predecessor_id": "old"}
    assert asked_about(case(HERE)) == own_id("household", "H")
    assert asked_about(case(HERE, members=[{"household_id": "new"}])) == own_id("new", "H")
    assert asked_about(case(old, new, about="new")) == own_id("new", "H")
    assert asked_about(case(old, HERE, about="new")) == own_id("new", "H"), "what names nobody is its own"


def test_several_are_refused_where_nobody_says_which() -> None:
    old, new = HERE | {"household_id": "old"}, HERE | {"household_id": "new"}
    assert rules(case(old, new)) == [("households", 1, "one household at a time")]
    assert rules(case(HERE, members=[{"household_id": "a"}, {"household_id": "b"}])) == [
        ("members", 1, "one household at a time")
    ]


def test_the_one_asked_about_needs_its_state() -> None:
    for asked in (case(), case(HERE | {"household_id": "old"}, about="new")):
        assert ("households", 0, "the state of the household has to be sent") in rules(asked)


def test_nobody_takes_over_from_another_county() -> None:
    old, new = ELSEWHERE | {"household_id": "old"}, HERE | {"household_id": "new"}
    assert [(name, row) for name, row, _ in rules(case(new, old, about="new"))] == [("households", 1)]
