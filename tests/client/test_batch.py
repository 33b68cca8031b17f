from __future__ import annotations

from datetime import date

from riskmodel.client.batch import PORTION, Household, portions


def test_what_is_not_said_is_not_sent() -> None:
    assert Household({}).body() == {"complete": False, "tables": {}}
    assert Household({}, date(2026, 1, 4), complete=True).body()["as_of"] == date(2026, 1, 4)
    assert Household({}, household_id="new").body()["household_id"] == "new"


def test_portions_hold_all_in_their_order_and_know_their_place() -> None:
    sent = [Household({}, date.fromordinal(700_000 + number)) for number in range(2 * PORTION + 1)]
    found = list(portions(iter(sent)))
    assert [first for first, _ in found] == [0, PORTION, 2 * PORTION]
    assert [one for _, portion in found for one in portion] == sent


def test_facts_are_not_shown() -> None:
    assert "Zhang" not in repr(Household({"members": [{"person_id": "Zhang"}]}))


def test_nothing_is_no_portion() -> None:
    assert list(portions([])) == []
