from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("villages", 1, {"valid_to": date(2014, 1, 1)}, "D02"),
    ("villages", 1, {"valid_to": None}, "successor_use"),
    ("villages", 1, {"successor_code": "990101001007"}, "successor_use"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("villages",) for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("villages", 0, {"known_at": date(2013, 8, 1)}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
