from __future__ import annotations

import pytest

from riskmodel.policy import Education, Labour, SchoolStage


def test_skilled_ordinary_and_weak_labour_is_able() -> None:
    assert [labour.value for labour in Labour if labour.able] == ["skilled", "ordinary", "weak"]


@pytest.mark.parametrize("word", ["弱劳动力", "半劳动力", "弱劳动力或半劳动力"])
def test_half_labour_is_weak_labour(word: str) -> None:
    assert Labour.from_label(word) is Labour.WEAK


def test_two_school_stages_are_vocational() -> None:
    assert [stage.value for stage in SchoolStage if stage.vocational] == ["vocational", "vocational_college"]


def test_schooling_stands_from_least_to_most() -> None:
    assert Education.codes() == ("none", "primary", "junior", "senior", "college", "bachelor")


def test_a_vocational_school_is_a_stage_of_its_own_but_no_higher_schooling_than_senior() -> None:
    assert SchoolStage.from_label("中职") is SchoolStage.VOCATIONAL
    assert Education.from_label("中专") is Education.SENIOR
