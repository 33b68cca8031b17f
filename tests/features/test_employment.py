from __future__ import annotations

from datetime import date
from typing import Any

from scenario import features_of

AS_OF = date(2025, 3, 5)
FEBRUARY = date(2025, 2, 1)


def made(*people: dict[str, Any], **work: Any) -> dict[str, float | None]:
    members = [{"person_id": f"P{n}"} | person for n, person in enumerate(people, start=1)]
    rows = [{"person_id": person, "month": FEBRUARY} | cells for person, cells in work.items()]
    return features_of(AS_OF, members=members, employment=rows)


def test_a_wish_that_is_not_known_does_not_count_as_seeking_work() -> None:
    work = {"P1": {"employed": False}, "P2": {"employed": False, "wants_work": True}, "P3": {"wants_work": True}}
    assert made({}, {}, {}, **work)["workers_seeking"] == 1


def test_several_heads_at_work_count_only_if_all_are() -> None:
    head = {"relation": "head"}
    assert made(head, head, P1={}, P2={"employed": False})["head_employed"] == 0
    assert made(head, head, P1={}, P2={})["head_employed"] == 1
    assert made(head, {}, P2={})["head_employed"] is None


def test_wages_that_are_not_known_are_not_zero() -> None:
    features = made({}, P1={"wage": None})
    assert features["workers_employed"] == 1
    assert features["top_wage_share"] is None
    assert made({}, {}, P1={"wage": 3000}, P2={"wage": 1000})["top_wage_share"] == 0.75


def test_only_members_at_work_whose_pension_is_known_count_for_its_share() -> None:
    people = [{"pension_status": "paying"}, {"pension_status": "none"}, {}, {"pension_status": "paying"}]
    work: dict[str, Any] = {"P1": {}, "P2": {}, "P3": {}, "P4": {"employed": False}}
    features = made(*people, **work)
    assert features["pension_payers_of_workers"] == 0.5
    assert features["pension_payers"] == 2
    assert made({}, P1={})["pension_payers"] is None
