from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("medical_settlements", 0, {"total_cost": 42101}, "S01"),
    ("medical_settlements", 0, {"compliant_self_pay": 24101}, "S02"),
    ("medical_settlements", 1, {"admitted_on": date(2024, 12, 13)}, "D01"),
    ("medical_settlements", 0, {"admitted_on": date(2024, 6, 18)}, "D01"),
    ("medical_settlements", 0, {"known_at": date(2024, 6, 17)}, "D09"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("medical_settlements",) for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("medical_settlements", 0, {"total_cost": 42100}),
        ("medical_settlements", 0, {"total_cost": 41900, "compliant_self_pay": None}),
        ("medical_settlements", 1, {"admitted_on": None}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
