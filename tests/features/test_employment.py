from __future__ import annotations

from datetime import date
from typing import Any

import pytest

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


@pytest.mark.parametrize(
    ("until", "months", "share"),
    [
        (None, None, 0),
        (date(2025, 3, 4), None, 0),  # ended yesterday
        (date(2025, 3, 5), 0, 1),
        (date(2025, 9, 1), 6, 1),
        (date(2025, 9, 2), 6, 0),  # 181 days ahead
    ],
)
def test_a_post_runs_until_the_end_of_its_last_day(until: date | None, months: int | None, share: float) -> None:
    features = made({}, P1={"public_post": True, "public_post_until": until, "wage": 800})
    assert (features["post_months_left"], features["post_ending_wage_share"]) == (months, share)


def test_the_first_post_to_end_counts() -> None:
    posts = {f"P{n}": {"public_post": True, "public_post_until": date(2025, m, 9)} for n, m in ((1, 8), (2, 4))}
    assert made({}, {}, **posts)["post_months_left"] == 1


def test_a_break_is_a_month_at_work_followed_by_one_without() -> None:
    def breaks(*worked: tuple[int, int, bool]) -> float | None:
        rows = [{"person_id": "P1", "month": date(y, m, 1), "employed": employed} for y, m, employed in worked]
        return features_of(AS_OF, members=[{"person_id": "P1"}], employment=rows)["work_breaks_12m"]

    assert breaks((2024, 10, True), (2024, 11, False), (2024, 12, True), (2025, 1, False), (2025, 2, False)) == 2
    assert breaks((2024, 10, True), (2024, 12, False)) is None  # November is not known
    assert breaks((2024, 2, True), (2024, 3, False)) is None  # February 2024 is 13 months ago
    assert breaks((2024, 3, True), (2024, 4, False)) == 1
    assert breaks((2024, 11, False), (2024, 12, True)) == 0


def test_the_province_is_left_by_those_outside_or_abroad() -> None:
    places = {f"P{n}": {"place": place} for n, place in enumerate(("outside", "abroad", "county", None), start=1)}
    assert made({}, {}, {}, {}, **places)["outside_workers_share"] == 2 / 3
    assert made({}, P1={"place": "outside", "employed": False})["outside_workers_share"] is None
