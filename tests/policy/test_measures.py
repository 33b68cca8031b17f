from __future__ import annotations

from riskmodel.policy import Measure, MeasureOption


def test_exactly_four_measures_are_development_measures() -> None:
    assert [measure.value for measure in Measure if measure.development] == [
        *("industry", "employment", "finance", "public_post")
    ]


def test_every_option_belongs_to_a_measure() -> None:
    assert {option for measure in Measure for option in measure.options} == set(MeasureOption)


def test_only_the_option_other_is_shared_by_measures() -> None:
    listed = [option for measure in Measure for option in measure.options]
    assert {option for option in listed if listed.count(option) > 1} == {MeasureOption.OTHER}


def test_a_measure_without_named_options_has_none() -> None:
    assert Measure.RELOCATION.options == ()
