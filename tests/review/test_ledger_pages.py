from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ledger_cases import ANN, BOB, CASE, NOW, TODAY
from riskmodel.policy import Lamp, LedgerClass, LedgerState, Policy
from riskmodel.review.lamps import lamps
from riskmodel.review.ledger import add_entry, change_entry
from riskmodel.review.ledger_pages import (
    AskedEntries,
    counts,
    entry_page,
    overdue,
    villages_with_entries,
    with_entries,
    with_open_entry,
)

if TYPE_CHECKING:
    from riskmodel.review.store import Store

LATER = lamps(Policy.load(), TODAY + timedelta(days=3))
CLOSED: tuple[dict[str, Any], ...] = ({"state": LedgerState.TO_VERIFY, "evidence": "x"}, {"state": LedgerState.CLOSED})


@pytest.fixture
def ledger(store: Store) -> Store:
    """Entries of two townships: overdue, due soon, in time, closed."""
    with store.writing() as connection:
        for village, days in (("990301001001", 1), ("990301001002", 5), ("990301002001", 30), ("990301002001", 0)):
            entry = replace(CASE, village_code=village, deadline=TODAY + timedelta(days=days))
            made = add_entry(connection, entry, ANN, NOW)
        for wish, actor in zip(CLOSED, (ANN, BOB), strict=True):
            made = change_entry(connection, made, wish, "已核实", actor, NOW)
        work = replace(CASE, village_code="990302001001", kind=LedgerClass.WORK, responsible_id="K020")
        add_entry(connection, work, ANN, NOW)
    return store


def numbers(store: Store, asked: AskedEntries) -> list[int]:
    found = entry_page(store, asked, LATER)
    assert found.total >= len(found.entries)
    return [one.id for one in found.entries]


def test_open_entries_come_first_by_deadline_and_pages_follow_each_other(ledger: Store) -> None:
    assert numbers(ledger, AskedEntries("")) == [1, 2, 5, 3, 4]
    pages = [numbers(ledger, AskedEntries("", first=first, most=2)) for first in (0, 2, 4, 6)]
    assert pages == [[1, 2], [5, 3], [4], []]
    assert entry_page(ledger, AskedEntries("", first=4, most=2), LATER).total == 5


def test_each_filter_narrows(ledger: Store) -> None:
    assert numbers(ledger, AskedEntries("990301")) == [1, 2, 3, 4]
    assert numbers(ledger, AskedEntries("990301001")) == [1, 2]
    assert numbers(ledger, AskedEntries("990301001002")) == [2]
    assert numbers(ledger, AskedEntries("", kind=LedgerClass.WORK)) == [5]
    assert numbers(ledger, AskedEntries("", state=LedgerState.CLOSED)) == [4]
    assert numbers(ledger, AskedEntries("", responsible="K020")) == [5]
    lit = {lamp: numbers(ledger, AskedEntries("990301", lamp=lamp)) for lamp in Lamp}
    assert lit == {Lamp.GREEN: [3], Lamp.YELLOW: [2], Lamp.RED: [1], Lamp.OUT: [4]}


def test_entries_of_some_households_and_the_places_that_have_entries(ledger: Store) -> None:
    assert numbers(ledger, AskedEntries("9903", households=(CASE.household_id, "x"))) == [1, 2, 5, 3, 4]
    assert numbers(ledger, AskedEntries("", households=())) == []
    assert with_entries(ledger, "9903", 5) == [CASE.household_id]
    assert with_entries(ledger, "51", 5) == []
    assert villages_with_entries(ledger, "990301001") == ["990301001001", "990301001002"]


def test_counts_by_township_and_state_add_up(ledger: Store) -> None:
    found = counts(ledger, "9903", LATER)
    told = [(one.township[6:], one.state.value, one.entries, one.red, one.yellow, one.green) for one in found]
    assert told == [
        ("001", "open", 2, 1, 1, 0),
        ("002", "closed", 1, 0, 0, 0),
        ("002", "open", 1, 0, 0, 1),
        ("001", "open", 1, 0, 0, 1),
    ]
    assert [overdue(ledger, area, LATER) for area in ("", "990301002", "990301001001")] == [1, 0, 1]
    assert counts(ledger, "51", LATER) == []


def test_a_household_with_an_entry_that_is_not_closed_is_marked_for_those_who_see_it(ledger: Store) -> None:
    asked = [CASE.household_id, "H" + "9" * 24]
    assert with_open_entry(ledger, asked, lambda _: True) == {CASE.household_id}
    assert with_open_entry(ledger, asked, lambda village: village.startswith("9904")) == set()
    assert with_open_entry(ledger, asked[1:], lambda _: True) == set()
