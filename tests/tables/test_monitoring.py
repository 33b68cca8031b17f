from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("monitoring_episodes", 0, {"clue_on": date(2021, 9, 1)}, "D04"),
    ("monitoring_episodes", 1, {"eliminated_month": date(2021, 7, 1)}, "D04"),
    ("monitoring_episodes", 1, {"elimination_mode": None}, "D04"),
    ("monitoring_episodes", 0, {"clue_on": None, "elimination_mode": "natural"}, "D04"),
    ("monitoring_episodes", 2, {"cause_4": "EDU"}, "D08"),
    ("monitoring_episodes", 2, {"cause_3": "ILL"}, "D08"),
    ("monitoring_episodes", 2, {"known_at": date(2025, 4, 30)}, "D09"),
    ("monitoring_episodes", 2, {"disaster": "flood"}, "disaster_with_nat"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("monitoring_episodes",) for rule in TABLES[name].rules}


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("monitoring_episodes", 0, {"clue_on": date(2021, 8, 31)}),
        ("monitoring_episodes", 2, {"cause_3": "NAT", "disaster": "flood"}),
        ("monitoring_episodes", 2, {"cause_1": None, "cause_2": None}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
