from __future__ import annotations

from riskmodel.sources.synthetic.observation.identities import RENAMED_SINCE, Identities
from riskmodel.sources.synthetic.observation.places import renamed, villages
from riskmodel.tables import check_rows, table
from sources.synthetic.simulated_county import LAST, canonical, county, fresh


def test_every_village_is_listed_and_passes_the_checks() -> None:
    rows = villages(county(), LAST, Identities(1, county().villages)).rows
    _, failures = check_rows(table("villages"), canonical("villages", rows))
    assert failures.is_empty(), failures
    assert rows.height == len(county().villages)
    assert rows["registered_households"].sum() == county().homes.active.sum()


def test_the_old_code_ends_with_a_successor_and_the_new_one_begins() -> None:
    identities = Identities(1, county().villages)
    rows = renamed(county(), RENAMED_SINCE, identities)[0].rows
    assert rows["successor_code"].to_list() == [len(identities.codes) - 1, None]
    assert rows["village_code"].to_list()[1] == len(identities.codes) - 1
    assert rows["valid_to"][0] == rows["valid_from"][1]
    assert renamed(county(), RENAMED_SINCE + 1, identities) == []


def test_a_county_of_two_villages_has_none_to_rename() -> None:
    state = fresh(100)
    assert renamed(state, RENAMED_SINCE, Identities(1, state.villages)) == []
