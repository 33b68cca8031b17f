from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.workflows.household_facts import household_facts
from riskmodel.workflows.supposed import FactsAway

if TYPE_CHECKING:
    from trained_county import Office


def test_everything_known_by_the_day_is_there_newest_first(office: Office) -> None:
    found = household_facts(office.workspace, office.riskiest, "990301", office.as_of)
    assert {"households", "members"} <= {table.name for table in found.tables}
    assert all(len(row) == len(table.head) for table in found.tables for row in table.rows)
    days = [one.on for one in found.timeline]
    assert days == sorted(days, reverse=True)
    assert all(one.known_at <= office.as_of for one in found.timeline)
    assert len(found.income) == 24
    assert found.income[-1].month < office.as_of.replace(day=1)
    assert any(one.line for one in found.income)


def test_an_earlier_day_knows_less(office: Office) -> None:
    now = household_facts(office.workspace, office.riskiest, "990301", office.as_of)
    assert sum(len(table.rows) for table in now.tables) > 0
    with pytest.raises(FactsAway):
        household_facts(office.workspace, office.riskiest, "990301", date(2000, 1, 1))


def test_a_county_without_facts_here_is_away(office: Office) -> None:
    with pytest.raises(FactsAway):
        household_facts(office.workspace, office.riskiest, "990309", office.as_of)
