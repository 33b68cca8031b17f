from __future__ import annotations

from datetime import date

import pytest

from worked_example import faults, row


@pytest.mark.parametrize(
    ("name", "index", "changes"),
    [
        ("enrolments", 0, {"known_at": date(2024, 8, 1)}),
    ],
)
def test_a_row_at_the_edge_of_a_rule_passes(name: str, index: int, changes: dict[str, object]) -> None:
    assert faults(name, row(name, index, **changes)) == []
