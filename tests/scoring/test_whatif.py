from __future__ import annotations

import pytest

from riskmodel.scoring.whatif import Judged, horizons, margin, moved_features, moved_groups, outcome, own

BEFORE = Judged(
    {
        **{"horizon_months": 12, "probability": 0.4, "probability_6m": 0.2, "margin": 1.0},
        **{"group_ILL": 0.5, "group_JOB": 0.1, "group_DATA": 0.0},
        **{"contribution_a": 0.4, "contribution_b": 0.1, "contribution_c": 0.1},
    },
    {"a": 2.0, "b": None, "c": 1.0},
)
AFTER = Judged(
    BEFORE.scored
    | {"probability": 0.3, "probability_6m": 0.1, "margin": 0.4, "group_ILL": 0.2, "group_JOB": -0.3}
    | {"contribution_a": 0.1, "contribution_b": -0.3, "contribution_c": 0.05},
    {"a": 1.0, "b": 0.0, "c": 1.0},
)


def test_each_horizon_is_told() -> None:
    told = [(h.months, h.before, h.after) for h in horizons(BEFORE, AFTER)]
    assert told == [(12, 0.4, 0.3), (6, 0.2, 0.1)]


def test_groups_come_by_the_size_of_their_change_and_those_that_stay_are_left_out() -> None:
    moved = moved_groups(BEFORE, AFTER)
    assert [m.code for m in moved] == ["JOB", "ILL"]
    assert [m.change for m in moved] == pytest.approx([-0.4, -0.3])
    assert margin(BEFORE, AFTER).change == pytest.approx(-0.6)


def test_only_features_whose_value_differs_are_told() -> None:
    assert [m.code for m in moved_features(BEFORE, AFTER)] == ["b", "a"]
    assert moved_features(BEFORE, BEFORE) == []


def test_a_value_that_becomes_known_is_seen_and_one_that_no_model_weighs_moves_nothing() -> None:
    assert outcome(BEFORE, BEFORE) == "unseen"
    assert outcome(BEFORE, Judged(BEFORE.scored, BEFORE.features | {"b": 0.0})) == "unmoved"
    assert outcome(BEFORE, AFTER) == "changed"
    sooner = Judged(BEFORE.scored | {"probability_6m": 0.19}, BEFORE.features | {"b": 0.0})
    assert outcome(BEFORE, sooner) == "changed"


def test_the_probability_of_the_longest_horizon_alone_is_told_where_a_shorter_one_lifted_it() -> None:
    assert own(BEFORE) is None
    assert own(Judged(BEFORE.scored | {"probability_own": 0.4}, {})) is None
    assert own(Judged(BEFORE.scored | {"probability_own": 0.3}, {})) == 0.3
