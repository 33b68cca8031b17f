from __future__ import annotations

from datetime import date
from typing import Any

from scenario import features_of

AS_OF = date(2025, 3, 5)


def made(*people: dict[str, Any]) -> dict[str, float | None]:
    return features_of(AS_OF, members=[{"person_id": f"P{n}"} | person for n, person in enumerate(people, start=1)])


def born(years_ago: int, month: int = 3) -> dict[str, Any]:
    return {"birth_month": date(2025 - years_ago, month, 1)}


def test_the_limits_of_working_age_belong_to_it() -> None:
    features = made(born(16), born(59), born(16, month=4), born(60))
    assert (features["children"], features["elders"], features["dependants_share"]) == (1, 1, 0.5)


def test_able_members_are_missing_where_one_of_working_age_is_not_known() -> None:
    able = {"labour": "ordinary"}
    assert made(able, {})["able_members"] is None
    assert made(able, born(70))["able_members"] == 1
    assert made(able, {"labour": "lost"}, born(70) | able)["able_members"] == 1


def test_of_several_heads_the_youngest_and_the_lowest_schooling_count() -> None:
    heads = [
        born(50) | {"relation": "head", "education": "college"},
        born(40) | {"relation": "head", "education": "none"},
    ]
    features = made(*heads)
    assert (features["head_age"], features["head_education"], features["best_education"]) == (40, 0, 4)


def test_a_household_without_a_head_has_no_age_of_the_head() -> None:
    features = made({"relation": "child"})
    assert features["head_age"] is None
    assert features["head_education"] is None
    assert features["mean_age"] == 45


def test_schooling_counts_for_adults_of_whom_it_is_known() -> None:
    features = made({"education": "senior"}, {"education": "primary"}, {}, born(12) | {"education": "bachelor"})
    assert (features["senior_share"], features["best_education"]) == (0.5, 3)
    assert made({})["senior_share"] is None


def test_somebody_who_is_old_and_ill_and_disabled_needs_care_once() -> None:
    old = {"birth_month": date(1950, 1, 1), "chronic_illness": True, "disability_type": "visual", "disability_grade": 1}
    able = {"labour": "ordinary"}
    assert features_of(AS_OF, members=people(old, able))["care_load"] == 0.5
    assert features_of(AS_OF, members=people(old))["care_load"] == 1
    assert features_of(AS_OF, members=people(old, {}))["care_load"] is None  # whether the other can work is not known
    assert features_of(AS_OF, members=people(able | {"major_illness": True}))["care_load"] == 0.5


def people(*given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"person_id": f"P{n}"} | person for n, person in enumerate(given, start=1)]
