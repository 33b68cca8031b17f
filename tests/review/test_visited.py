from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.review.visited import last_told, standing, visited
from riskmodel.review.visits import add

if TYPE_CHECKING:
    from riskmodel.review.store import Store

DAY = date(2026, 1, 5)
END = date(2026, 3, 1)


def told(
    store: Store, household: str, day: date, finding: str, *, visitor: str = "K1", retracted: bool = False
) -> None:
    row: dict[str, Any] = {"household_id": household, "visited_on": day, "visitor_id": visitor, "reason": "routine"}
    row |= {"finding": finding, "cause_1": None, "cause_2": None, "retracted": retracted, "known_at": day}
    with store.writing() as connection:
        add(connection, [row], "k")


@pytest.fixture
def found(store: Store) -> Store:
    """Two households: one met twice, one whose visit was taken back."""
    told(store, "A", DAY, "not_home")
    told(store, "A", date(2026, 1, 9), "no_risk", visitor="K2")
    told(store, "B", date(2026, 1, 7), "risk")
    told(store, "B", date(2026, 1, 7), "risk", retracted=True)
    told(store, "C", date(2025, 12, 31), "risk")
    return store


def test_the_newest_visit_that_stands_is_told(found: Store) -> None:
    met = visited(found, DAY, END)
    assert {home: (one.visited_on.day, one.finding) for home, one in met.items()} == {"A": (9, "no_risk")}
    assert visited(found, DAY, date(2026, 1, 9))["A"].finding == "not_home"
    assert visited(found, DAY, END, ["B", "C"]) == {}
    assert set(visited(found, date(2025, 12, 1), END, ["A", "C"])) == {"A", "C"}


def test_every_finding_has_a_larger_number(store: Store) -> None:
    assert last_told(store) == 0
    told(store, "A", DAY, "risk")
    first = last_told(store)
    told(store, "A", DAY, "no_risk")
    assert last_told(store) > first > 0


def test_all_visits_that_stand_are_told_by_household(found: Store) -> None:
    told(found, "A", DAY, "risk")
    rows = standing(found, ["A", "B", "D"])
    assert [(row["visited_on"].day, row["finding"]) for row in rows["A"]] == [(5, "risk"), (9, "no_risk")]
    assert (rows["B"], rows["D"]) == ([], [])
