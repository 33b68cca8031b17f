from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("guarantee_checks", 0, {"known_at": date(2024, 11, 19)}, "D09"),
    ("visits", 2, {"cause_1": None}, "D08"),
    ("visits", 2, {"cause_2": "ILL"}, "D08"),
    ("visits", 2, {"known_at": date(2025, 5, 11)}, "D09"),
    ("visits", 2, {"finding": "no_risk"}, "cause_with_risk"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("guarantee_checks", "visits") for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("visits", 2, {"cause_1": None, "cause_2": None}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
