from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, full_id, row

BROKEN = [
    ("households", 0, {"exit_year": None}, "K06"),
    ("households", 0, {"category": "ordinary"}, "K06"),
    ("households", 0, {"predecessor_id": full_id("H01")}, "K04"),
    ("households", 0, {"valid_from": date(2017, 2, 5)}, "D09"),
    ("households", 0, {"size": 0}, "size_of_active"),
    ("members", 0, {"birth_month": date(2017, 1, 1)}, "D07"),
    ("members", 0, {"birth_month": date(1895, 12, 1)}, "D07"),
    ("members", 0, {"known_at": date(2016, 12, 30)}, "D09"),
    ("members", 0, {"disability_grade": 2}, "N01"),
    ("members", 0, {"disability_type": "visual"}, "N01"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("households", "members") for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("households", 0, {"category": "ordinary", "exit_year": None}),
        ("households", 0, {"size": 0, "status": "merged"}),
        ("members", 0, {"birth_month": date(1896, 1, 1)}),
        ("members", 0, {"disability_type": "visual", "disability_grade": 4}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
