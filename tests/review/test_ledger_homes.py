from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from ledger_cases import ANN, CASE, HOUSEHOLD, NOW, everywhere
from published_households import publish_households
from riskmodel.policy import Policy
from riskmodel.review.lamps import lamps
from riskmodel.review.ledger import add_entry, entry
from riskmodel.review.ledger_homes import follow_homes
from riskmodel.review.ledger_pages import AskedEntries, entry_page

if TYPE_CHECKING:
    from riskmodel.review.store import Store


def test_an_entry_goes_where_its_household_lives_now(store: Store) -> None:
    with store.writing() as connection:
        add_entry(connection, CASE, ANN, NOW)
    publish_households(store, {HOUSEHOLD: "990302007001"}, date(2026, 1, 5))
    assert follow_homes(store, date(2026, 1, 5)) == 1
    assert follow_homes(store, date(2026, 1, 5)) == 0
    assert (entry(store, 1, everywhere).village_code, entry(store, 1, everywhere).version) == ("990302007001", 1)
    assert entry_page(store, AskedEntries("990302007"), lamps(Policy.load(), NOW.date())).total == 1
    assert follow_homes(store, date(2026, 2, 5)) == 0
