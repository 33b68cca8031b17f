from __future__ import annotations

from datetime import date

import pytest

from check_cases import Case, Told, finds, sentences
from check_stories import of

NOW, THEN = date(2025, 1, 1), date(2020, 1, 1)
CERTIFICATE = {"disability_type": "visual", "disability_grade": 2}


@pytest.mark.parametrize("case", of("2_11_001", "2_11_006", "5_11_029", "5_15_020", "X_05"), ids=str)
def test_a_check_of_causes_finds_what_its_rule_names(case: Case) -> None:
    assert finds(case.code, case.told) == case.fires


@pytest.mark.parametrize(("ended", "expected"), [(None, False), (date(2023, 6, 1), True), (NOW, False)])
def test_an_eliminated_episode_is_judged_by_the_members_of_its_end(ended: date | None, expected: bool) -> None:
    mode = {"eliminated_month": ended, "elimination_mode": "natural"} if ended else {}
    told: Told = {
        "monitoring_episodes": [{"identified_month": date(2023, 1, 1), "cause_1": "DIS", **mode}],
        "members": [{"person_id": "P1", "valid_from": THEN}, {"person_id": "P1", "valid_from": NOW, **CERTIFICATE}],
    }
    assert finds("2_11_001", told) == expected


def test_a_member_who_moved_to_another_household_is_no_evidence_here() -> None:
    moved = {"person_id": "P2", "household_id": "H9", "valid_from": NOW, **CERTIFICATE}
    told: Told = {
        "monitoring_episodes": [{"identified_month": date(2025, 2, 1), "cause_1": "DIS"}],
        "members": [{"person_id": "P1"}, {"person_id": "P2", **CERTIFICATE}, moved],
    }
    assert finds("2_11_001", told)
    assert not finds("2_11_001", {**told, "members": told["members"][:2]})


def test_members_known_only_after_the_end_of_an_episode_say_nothing_of_it() -> None:
    ended = {"identified_month": date(2021, 1, 1), "eliminated_month": date(2021, 9, 1), "elimination_mode": "natural"}
    told: Told = {
        "monitoring_episodes": [{"cause_1": "DIS", **ended}],
        "members": [{"person_id": "P1", "valid_from": date(2021, 10, 1)}],
    }
    assert not finds("2_11_001", told)


def test_a_finding_counts_the_members() -> None:
    (case,) = (case for case in of("5_11_029") if case.fires)
    assert sentences(case.told, "5_11_029")[0] == "2024-11识别,原因含缺劳动力,4人中2人有劳动能力"
