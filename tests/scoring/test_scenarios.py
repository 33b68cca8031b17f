from __future__ import annotations

from datetime import date

import pytest

from riskmodel.errors import NothingInForce, UsageError
from riskmodel.features import REGISTRY
from riskmodel.policy import KINDS, Policy
from riskmodel.scoring.scenarios import SCENARIOS, complete, range_of, scenario_named
from scenario import policy_of

DAY = date(2025, 3, 5)
SHIPPED = Policy.load()


def test_every_scenario_says_what_it_changes_and_has_ranges_in_the_policy() -> None:
    kinds = {f"whatif.{s.code}.{name}.{end}" for s in SCENARIOS.values() for name in s.parameters for end in ENDS}
    assert kinds == {kind for kind in KINDS if kind.startswith("whatif.")}
    for scenario in SCENARIOS.values():
        assert len(scenario.changes) > 40
        for name in scenario.parameters:
            limits = range_of(scenario, name, SHIPPED, "990101", DAY)
            assert limits.least <= limits.usual <= limits.most
            assert not limits.confirmed


ENDS = ("usual", "least", "most")


def test_what_a_scenario_makes_known_are_features() -> None:
    assert {name for s in SCENARIOS.values() for name in s.tells} <= set(REGISTRY)


def test_every_refusal_is_in_english_and_chinese() -> None:
    post = SCENARIOS["public_post"]
    for given in ({"wage": 1.0}, {"months": 1.5}, {"pay": 1.0}):
        with pytest.raises(UsageError, match=r"\. / 安排公益岗位（public_post）.*。$"):
            complete(post, given, SHIPPED, "990101", DAY)
    with pytest.raises(UsageError, match=r" / 没有名为“tea”的试算"):
        scenario_named("tea")


def test_what_is_not_given_has_the_usual_value() -> None:
    post = SCENARIOS["public_post"]
    assert complete(post, {}, SHIPPED, "990101", DAY) == {"wage": 800, "months": 12}
    assert complete(post, {"wage": 300}, SHIPPED, "990101", DAY) == {"wage": 300, "months": 12}


@pytest.mark.parametrize("wage", [299.99, 3000.01, -1])
def test_a_value_outside_the_range_of_the_policy_is_refused(wage: float) -> None:
    with pytest.raises(UsageError, match="outside the policy's range, 300 to 3000 yuan/month"):
        complete(SCENARIOS["public_post"], {"wage": wage}, SHIPPED, "990101", DAY)


def test_a_part_of_a_month_and_an_unknown_parameter_are_refused() -> None:
    with pytest.raises(UsageError, match=r"months=1\.5 must be a whole number of months"):
        complete(SCENARIOS["public_post"], {"months": 1.5}, SHIPPED, "990101", DAY)
    with pytest.raises(UsageError, match="has no parameter 'pay'; it takes: wage, months"):
        complete(SCENARIOS["public_post"], {"pay": 1}, SHIPPED, "990101", DAY)
    with pytest.raises(UsageError, match="it takes: none"):
        complete(SCENARIOS["house_repair"], {"grade": 1}, SHIPPED, "990101", DAY)


def test_an_unknown_scenario_points_to_the_nearest_and_a_missing_range_says_what_to_enter() -> None:
    with pytest.raises(UsageError, match="Did you mean public_post"):
        scenario_named("public_posts")
    assert scenario_named("dibao").zh == "纳入农村低保"
    with pytest.raises(NothingInForce, match=r"whatif\.medical_aid\.share\.usual"):
        complete(SCENARIOS["medical_aid"], {}, policy_of(), "990101", DAY)
