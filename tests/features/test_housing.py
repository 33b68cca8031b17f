from __future__ import annotations

from datetime import date

import pytest

from riskmodel.features.housing import SOURCES
from riskmodel.policy import WaterSource
from scenario import features_of

AS_OF = date(2025, 3, 5)
DAY = date(2024, 6, 1)


@pytest.mark.parametrize(("grade", "value"), [("A", 1), ("B", 2), ("C", 3), ("D", 4)])
def test_grades_rise_from_safe_to_dangerous(grade: str, value: int) -> None:
    features = features_of(AS_OF, dwellings=[{"inspected_on": DAY, "house_grade": grade}])
    assert (features["house_grade"], features["water_supply"]) == (value, None)


def test_every_kind_of_supply_has_a_value() -> None:
    assert set(SOURCES) == set(WaterSource.codes())


def test_an_inspection_that_does_not_say_leaves_it_missing_even_after_one_that_did() -> None:
    said = {"inspected_on": date(2020, 1, 1), "water_safe": True, "water_source": "well"}
    silent = {"inspected_on": DAY, "water_source": "central", "source": "stats"}
    features = features_of(AS_OF, dwellings=[said, silent])
    assert (features["water_unsafe"], features["water_supply"]) == (None, 0)


def test_a_repaired_house_is_seen_when_the_inspection_is_known() -> None:
    rows = [{"inspected_on": DAY, "house_grade": "D"}]
    rows.append({"inspected_on": date(2025, 2, 1), "house_grade": "A", "known_at": AS_OF})
    assert features_of(date(2025, 3, 4), dwellings=rows)["house_grade"] == 4
    assert features_of(AS_OF, dwellings=rows)["house_grade"] == 1


@pytest.mark.parametrize(
    ("grade", "occupied", "unsafe"),
    [("C", True, 1), ("D", False, 0), ("D", None, 1), ("B", None, 0), (None, True, None), ("A", True, 0)],
)
def test_an_unsafe_house_counts_where_people_live_in_it(grade: str, occupied: bool | None, unsafe: int | None) -> None:
    row = {"inspected_on": date(2024, 6, 1), "house_grade": grade, "occupied": occupied}
    assert features_of(AS_OF, dwellings=[row])["lives_in_unsafe_house"] == unsafe


@pytest.mark.parametrize(
    ("rebuilt_on", "months"),
    [(date(2025, 2, 28), 1), (date(2025, 3, 1), 0), (date(2025, 4, 1), None), (None, None)],
)
def test_a_house_was_rebuilt_as_many_complete_months_ago(rebuilt_on: date | None, months: int | None) -> None:
    row = {"inspected_on": date(2024, 6, 1), "house_grade": "A", "rebuilt_on": rebuilt_on}
    features = features_of(AS_OF, dwellings=[row])
    assert (features["months_since_rebuilt"], features["house_inspection_age_days"]) == (months, 277)


def test_days_without_water_are_those_of_the_newest_inspection_of_the_water() -> None:
    rows = [{"inspected_on": date(2024, m, 1), "water_safe": True, "outage_days": d} for m, d in ((1, 30), (6, 0))]
    assert features_of(AS_OF, dwellings=rows)["water_outage_days"] == 0
