from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("dwellings", 0, {"known_at": date(2024, 6, 10)}, "D09"),
    ("dwellings", 0, {"outage_days": 0}, "N01"),
    ("dwellings", 1, {"house_area": 1.0}, "N01"),
    ("dwellings", 0, {"house_grade": None}, "grade_present"),
    ("dwellings", 1, {"water_safe": None}, "safety_present"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("dwellings",) for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("dwellings", 1, {"water_safe": None, "source": "stats"}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
