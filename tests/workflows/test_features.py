from __future__ import annotations

import pytest

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY, declared
from riskmodel.workflows.features import Read, feature_named, listing, shown


def test_all_features_are_listed_in_order_of_declaration() -> None:
    assert [found.name for found in listing()] == [f.name for f in declared()]


def test_a_group_is_a_cause_or_a_background() -> None:
    for group in ("ILL", "DEBT"):
        assert [found.name for found in listing(group)] == [f.name for f in declared() if f.group.value == group]
        assert listing(group)


def test_a_group_without_features_has_none_and_an_unknown_one_is_refused() -> None:
    assert listing("OTH") == []
    with pytest.raises(UsageError, match=r"there is no group 'HEALTH'.*DEBT.*ILL"):
        listing("HEALTH")


def test_a_feature_is_shown_with_everything_that_is_declared() -> None:
    found, f = shown("bills_to_warning"), REGISTRY["bills_to_warning"]
    assert (found.label, found.english, found.unit, found.definition) == (f.label, f.english, f.unit, f.definition)
    assert (found.group, found.group_zh, found.risk, found.ratio, found.actionable) == (
        "ILL",
        "因病",
        "up",
        True,
        False,
    )
    assert found.declared_in == "features/medical.py"
    assert found.reads == [
        Read(
            ["medical_settlements"],
            "complete months of the year of the last one",
            ["months_ago", "self_pay", "visit_type"],
        ),
        Read(["households"], "state at the as-of date", ["category"]),
    ]
    assert found.policy == ["tripwire.TW_MED_YTD.other", "tripwire.TW_MED_YTD.registered"]
    assert not found.of_other_households
    assert shown("village_overdue_share").of_other_households


def test_an_unknown_feature_is_refused_with_its_neighbours() -> None:
    with pytest.raises(UsageError, match=r"there is no feature 'income_to_lin'\. Did you mean income_to_line or"):
        feature_named("income_to_lin")
    with pytest.raises(UsageError, match="riskmodel features list"):
        feature_named("xyzzy")
