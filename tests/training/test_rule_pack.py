from __future__ import annotations

from datetime import date

import pytest

from riskmodel.features import declared
from riskmodel.models import RuleModel, Wire
from riskmodel.training.rows import model_columns
from riskmodel.training.rule_pack import GROUNDS, rule_pack
from riskmodel.training.wires import wires_in_force
from scenario import policy_of

DAY = date(2024, 6, 1)


def test_the_pack_stands_on_declared_features_and_holds_the_trip_wires() -> None:
    assert {wire.column for wire in GROUNDS} <= {f.name for f in declared()}
    policy = policy_of(**{"tripwire.TW_DROPOUT": 1})
    assert set(wires_in_force(policy, "990101", DAY)) < set(rule_pack(policy, "990101", DAY))
    RuleModel(model_columns(declared()), rule_pack(policy, "990101", DAY))  # no code twice


@pytest.mark.parametrize("wire", GROUNDS, ids=lambda w: w.code)
def test_a_rule_never_speaks_against_the_direction_of_its_feature(wire: Wire) -> None:
    directions = {f.name: int(f.direction) for f in declared()}
    assert directions[wire.column] in ((-1, 0) if wire.below else (1, 0))
