from __future__ import annotations

from datetime import date

import pytest

from riskmodel.tables.catalogue import TABLES
from worked_example import faults, row

BROKEN = [
    ("shocks", 0, {"known_at": date(2024, 7, 21)}, "D09"),
]
"""Table, row of the worked example, changes, the rule that they break."""


@pytest.mark.parametrize(("name", "index", "changes", "rule"), BROKEN)
def test_a_row_that_breaks_a_rule_is_refused_for_that_rule_alone(
    name: str, index: int, changes: dict[str, object], rule: str
) -> None:
    assert faults(name, row(name, index, **changes)) == [(TABLES[name].rules[rule].columns[0], rule)]


def test_every_rule_is_tried() -> None:
    tried = {(name, rule) for name, _, _, rule in BROKEN}
    assert tried == {(name, rule) for name in ("shocks",) for rule in TABLES[name].rules}
