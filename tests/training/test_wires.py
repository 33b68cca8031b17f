from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskmodel.features import declared
from riskmodel.models import Wire
from riskmodel.policy import KINDS, Policy
from riskmodel.training.wires import WIRES, wires_in_force
from scenario import features_of, policy_of

DAY = date(2024, 6, 1)


def test_every_wire_has_a_kind_of_policy_value_and_a_feature() -> None:
    kinds = {f"tripwire.{kind}" for rule in WIRES for kind in rule.kinds}
    assert kinds == {kind for kind in KINDS if kind.startswith("tripwire.")}
    assert {rule.column for rule in WIRES} <= {f.name for f in declared()}
    assert not [kind for kind in kinds if KINDS[kind].required]


def test_a_wire_that_no_policy_sets_does_not_fire() -> None:
    assert wires_in_force(policy_of(), "990101", DAY) == ()


def test_the_threshold_is_that_of_the_policy() -> None:
    policy = policy_of(**{"tripwire.TW_DROPOUT": 2})
    assert wires_in_force(policy, "990101", DAY) == (Wire("TW_DROPOUT", "out_of_school", 2.0),)
    assert policy.used == {entry for entry in policy.entries if entry.kind == "tripwire.TW_DROPOUT"}


def test_a_threshold_holds_where_and_when_it_is_in_force() -> None:
    (entry,) = (e for e in policy_of(**{"tripwire.TW_DROPOUT": 1}).entries if e.kind == "tripwire.TW_DROPOUT")
    policy = Policy([[replace(entry, area="990101", effective_from=DAY, published_on=DAY)]])
    assert [wire.code for wire in wires_in_force(policy, "990101", DAY)] == ["TW_DROPOUT"]
    assert wires_in_force(policy, "990102", DAY) == ()
    assert wires_in_force(policy, "990101", date(2024, 5, 31)) == ()


def test_the_shipped_policy_sets_a_wire_somewhere() -> None:
    shipped = {entry.kind for entry in Policy.load().entries}
    assert {f"tripwire.{kind}" for rule in WIRES for kind in rule.kinds} <= shipped


def test_a_wire_on_an_amount_fires_at_its_threshold_or_above_it_as_its_rule_says() -> None:
    policy = policy_of(**{"tripwire.TW_MED_YTD.other": 20000, "tripwire.TW_MED_STAY.other": 10000})
    ytd, stay = wires_in_force(policy, "990101", DAY)
    assert (ytd.code, ytd.column, ytd.threshold) == ("TW_MED_YTD", "bills_to_warning", 1.0)
    assert (stay.code, stay.column) == ("TW_MED_STAY", "stay_to_warning")
    assert 1.0 < stay.threshold < 1.0 + 1e-9


@pytest.mark.parametrize(
    ("yuan", "fired"),
    [(9_999.99, set()), (10_000, set()), (10_000.01, {"TW_MED_STAY"}), (20_000, {"TW_MED_STAY", "TW_MED_YTD"})],
)
def test_the_wires_of_the_medical_insurance_fire_on_a_household(yuan: float, fired: set[str]) -> None:
    values = {"tripwire.TW_MED_YTD.other": 20000.0, "tripwire.TW_MED_STAY.other": 10000.0}
    bill = {"settlement_id": "S1", "service_end": date(2024, 5, 31), "self_pay": yuan}
    features = features_of(DAY, medical_settlements=[bill], policy=values)
    wires = wires_in_force(policy_of(**values), "990101", DAY)
    assert {w.code for w in wires if (features[w.column] or 0) >= w.threshold} == fired
