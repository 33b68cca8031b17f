from __future__ import annotations

from dataclasses import replace
from datetime import date

from riskmodel.features import declared
from riskmodel.models import Wire
from riskmodel.policy import KINDS, Policy
from riskmodel.training.wires import WIRES, wires_in_force
from scenario import policy_of

DAY = date(2024, 6, 1)


def test_every_wire_has_a_kind_of_policy_value_and_a_feature() -> None:
    assert {f"tripwire.{code}" for code, _ in WIRES} <= KINDS.keys()
    assert {column for _, column in WIRES} <= {f.name for f in declared()}
    assert not [code for code, _ in WIRES if KINDS[f"tripwire.{code}"].required]


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
    entries = Policy.load().entries
    assert {f"tripwire.{code}" for code, _ in WIRES} <= {entry.kind for entry in entries}
