from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("incomes", 0, {"known_at": date(2024, 6, 30)}, "D09"),
    ("income_surveys", 0, {"year": 2013}, "year_range"),
    ("income_surveys", 0, {"year": 1989, "source": "stats"}, "year_range"),
    ("income_surveys", 0, {"year": 2101}, "year_range"),
    ("income_surveys", 0, {"wage_public_post": 4200101}, "S06"),
    ("income_surveys", 0, {"transfer_assistance": 200000, "transfer_pension": 50101}, "S06"),
    ("income_surveys", 2, {"known_at": date(2025, 4, 29)}, "D09"),
    ("employment", 0, {"known_at": date(2024, 9, 30)}, "D09"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {
        (name, rule) for name in ("incomes", "income_surveys", "employment") for rule in TABLES[name].rules
    }


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("income_surveys", 0, {"year": 1990, "source": "stats"}),
        ("income_surveys", 1, {"known_at": date(2024, 9, 1)}),
        ("income_surveys", 0, {"wage_public_post": None, "transfer_assistance": None, "transfer_pension": None}),
        ("income_surveys", 0, {"net_total": -100, "net_per_capita": -25, "reference_per_capita": None}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
