from __future__ import annotations

from riskmodel.policy import EVIDENCE, KINDS, MEASURE_RULES, REMEDIES, Cause, Measure
from riskmodel.policy.measure_rules import FITTING


def test_the_twelve_rules_and_the_map_are_there_in_both_languages_with_their_source() -> None:
    assert list(MEASURE_RULES) == [*(f"M{n:02}" for n in range(1, 13)), "MAP"]
    for rule in MEASURE_RULES.values():
        assert min(map(len, (rule.zh, rule.en, rule.text_zh, rule.text_en, rule.source))) > 5
        assert rule.en.isascii()
        assert not rule.text_zh.isascii()
        assert set(rule.policy) <= set(KINDS)


def test_only_the_decision_of_this_project_is_confirmed() -> None:
    assert [rule.code for rule in MEASURE_RULES.values() if rule.confirmed] == ["M12"]


def test_every_cause_has_measures_and_says_what_its_evidence_is() -> None:
    assert {remedy.cause for remedy in REMEDIES} == set(EVIDENCE) == set(Cause)
    assert [cause for cause, names in EVIDENCE.items() if not names] == [Cause.OTH]


def test_an_option_is_one_of_its_measure_and_no_measure_is_there_twice() -> None:
    assert [r for r in REMEDIES if r.option is not None and r.option not in r.measure.options] == []
    kinds = [(r.cause, r.measure, r.option) for r in REMEDIES]
    assert len(kinds) == len(set(kinds))


def test_a_must_names_its_rule_and_its_condition() -> None:
    assert {r.must for r in REMEDIES} == {"", "M01", "M04", "M09", "M10"}
    assert [r for r in REMEDIES if bool(r.must) != bool(r.when)] == []


def test_a_must_of_a_development_measure_speaks_of_development_measures() -> None:
    assert all(r.measure.development for r in REMEDIES if r.must == "M01")


def test_every_measure_answers_a_cause_that_says_what_is_needed() -> None:
    assert set(FITTING) == set(Cause)
    assert set().union(*(measures for cause, measures in FITTING.items() if cause is not Cause.OTH)) == set(Measure)
    assert FITTING[Cause.HOU] == {Measure.HOUSING, Measure.RELOCATION}
    assert FITTING[Cause.OTH] == set(Measure)
