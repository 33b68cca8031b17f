from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from properties import features, moved_by_row_order, moved_by_the_future
from riskmodel.tables import View
from riskmodel.tables.lineage import ancestors, endings, first_states, with_inherited
from scenario import Rows, rows_of
from strategies import AS_OF_DATES, HOUSEHOLDS, histories
from worked_example import full_id

AS_OF = date(2025, 3, 5)
SHORT = {full_id(f"H{n}"): f"H{n}" for n in range(1, 10)}


def state(household: str, since: date, origin: str | None = None, **cells: Any) -> dict[str, Any]:
    return {"household_id": household, "valid_from": since, "predecessor_id": origin, **cells}


def view_of(*states: dict[str, Any], as_of: date = AS_OF, **tables: list[dict[str, Any]]) -> View:
    rows = {name: rows_of(name, *listed) for name, listed in tables.items()}
    return View.of({"households": rows_of("households", *states), **rows}, as_of)


def kin(view: View) -> set[tuple[str, str, date, int]]:
    """Household, ancestor, day, distance; ids shortened."""
    found = ancestors(view)
    who, whose = (view.ids.decode("H", found[c]).replace_strict(SHORT) for c in ("household_id", "ancestor_id"))
    return set(zip(who, whose, found["until"], found["distance"], strict=True))


FIRST, SPLIT, AGAIN = date(2016, 1, 1), date(2022, 5, 10), date(2024, 9, 1)


# --- who came from whom ---


def test_a_household_that_was_split_off_has_the_old_one_as_its_ancestor_until_that_day() -> None:
    view = view_of(state("H1", FIRST), state("H2", SPLIT, "H1"), state("H2", AGAIN, "H1", size=2), state("H3", FIRST))
    assert kin(view) == {("H2", "H1", SPLIT, 1)}


def test_chains_are_followed_to_the_oldest() -> None:
    view = view_of(state("H3", AGAIN, "H2"), state("H2", SPLIT, "H1"), state("H1", FIRST), state("H4", AGAIN, "H1"))
    expected = {("H3", "H2", AGAIN, 1), ("H3", "H1", SPLIT, 2), ("H2", "H1", SPLIT, 1), ("H4", "H1", AGAIN, 1)}
    assert kin(view) == expected


def test_a_chain_out_of_order_gives_nothing_that_came_after_any_of_its_splits() -> None:
    view = view_of(state("H3", SPLIT, "H2"), state("H2", AGAIN, "H1"), state("H1", FIRST))
    assert ("H3", "H1", SPLIT, 2) in kin(view)


def test_an_ancestor_in_another_county_is_none() -> None:
    assert kin(view_of(state("H2", SPLIT, "H1"))) == set()
    assert kin(view_of(state("H3", AGAIN, "H2"), state("H2", SPLIT, "H1"))) == {("H3", "H2", AGAIN, 1)}


def test_a_predecessor_known_later_is_none_yet() -> None:
    late = state("H2", SPLIT, "H1", known_at=date(2025, 3, 6))
    assert kin(view_of(state("H1", FIRST), state("H2", SPLIT), late)) == set()
    assert kin(view_of(state("H1", FIRST), state("H2", SPLIT), late, as_of=date(2025, 3, 6))) != set()


def test_of_two_predecessors_the_one_of_the_newest_state_counts() -> None:
    states = [state("H1", FIRST), state("H2", FIRST), state("H3", SPLIT, "H1"), state("H3", AGAIN, "H2")]
    assert kin(view_of(*states)) == {("H3", "H2", SPLIT, 1)}
    assert kin(view_of(*states, state("H3", date(2025, 1, 1)))) == {("H3", "H2", SPLIT, 1)}


@pytest.mark.parametrize("circle", [{"H1": "H1"}, {"H1": "H2", "H2": "H1"}, {"H1": "H2", "H2": "H3", "H3": "H1"}])
def test_households_that_name_each_other_in_a_circle_have_no_ancestors(circle: dict[str, str]) -> None:
    states = [state(who, FIRST, whose) for who, whose in circle.items()]
    assert kin(view_of(*states)) == set()
    assert kin(view_of(*states, state("H5", SPLIT, "H1"))) == {("H5", "H1", SPLIT, 1)}


# --- what is inherited ---


def inherited(view: View) -> list[tuple[str, str]]:
    """Household and month of the episodes it has, inherited ones included."""
    rows = view.table("monitoring_episodes").select("household_id", "identified_month", "category")
    found = with_inherited(rows, ancestors(view), "identified_month").collect()
    assert found.columns == ["household_id", "identified_month", "category"]
    who = view.ids.decode("H", found["household_id"]).replace_strict(SHORT)
    return sorted((h, f"{month:%Y-%m}") for h, month in zip(who, found["identified_month"], strict=True))


def episode(household: str, month: str) -> dict[str, Any]:
    return {"household_id": household, "identified_month": date.fromisoformat(f"{month}-01")}


def test_only_what_happened_before_the_split_is_inherited() -> None:
    family = [state("H1", FIRST), state("H2", SPLIT, "H1"), state("H3", AGAIN, "H2")]
    told = [episode("H1", "2022-05"), episode("H1", "2022-06"), episode("H2", "2024-08"), episode("H2", "2024-09")]
    expected = [("H1", "2022-05"), ("H1", "2022-06"), ("H2", "2022-05"), ("H2", "2024-08"), ("H2", "2024-09")]
    assert inherited(view_of(*family, monitoring_episodes=told)) == [
        *expected,
        ("H3", "2022-05"),  # of H1, before H2 was split off
        ("H3", "2024-08"),  # of H2; 2024-09 is not before the first of September
    ]


def test_an_episode_copied_to_the_new_household_counts_once() -> None:
    family = [state("H1", FIRST), state("H2", SPLIT, "H1"), state("H3", AGAIN, "H2")]
    copied = [episode(h, "2020-04") for h in ("H1", "H2")]
    assert inherited(view_of(*family, monitoring_episodes=copied)) == [(h, "2020-04") for h in ("H1", "H2", "H3")]


# --- since when ---


def test_a_household_is_as_old_as_its_oldest_ancestor() -> None:
    view = view_of(state("H1", FIRST), state("H2", SPLIT, "H1"), state("H3", AGAIN, "H2"), state("H4", AGAIN, "H9"))
    found = first_states(view)
    who = view.ids.decode("H", found["household_id"]).replace_strict(SHORT)
    since = dict(zip(who, found["since"], strict=True))
    assert since == {"H1": FIRST, "H2": FIRST, "H3": FIRST, "H4": AGAIN}


def test_the_first_state_counts_from_the_day_it_holds_and_not_from_the_day_it_was_known() -> None:
    view = view_of(state("H1", FIRST, known_at=date(2025, 3, 1)), state("H1", AGAIN, known_at=AGAIN))
    assert first_states(view)["since"].to_list() == [FIRST]


# --- the end ---


def ended(view: View, before: date = date(2026, 3, 1)) -> dict[str, date | None]:
    found = endings(view, before).collect()
    who = view.ids.decode("H", found["household_id"]).replace_strict(SHORT)
    return dict(zip(who, found["ended_on"], strict=True))


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
def test_a_household_ends_with_the_first_day_on_which_it_is_no_longer_active(status: str) -> None:
    view = view_of(state("H1", FIRST), state("H1", SPLIT, status=status), state("H2", FIRST))
    assert ended(view) == {"H1": SPLIT, "H2": None}
    assert ended(view, SPLIT) == {"H1": None, "H2": None}
    assert ended(view, FIRST) == {}


def test_what_ended_twice_ended_the_first_time_and_what_came_back_lasts() -> None:
    merged, dissolved = state("H1", SPLIT, status="merged"), state("H1", AGAIN, status="dissolved")
    assert ended(view_of(state("H1", FIRST), merged, dissolved)) == {"H1": SPLIT}
    assert ended(view_of(state("H1", FIRST), merged, state("H1", AGAIN))) == {"H1": None}
    again = state("H1", date(2025, 1, 1), status="moved_out")
    assert ended(view_of(state("H1", FIRST), merged, state("H1", AGAIN), again)) == {"H1": date(2025, 1, 1)}
    assert ended(view_of(merged, dissolved)) == {"H1": SPLIT}  # never seen active


# --- properties ---

quick = drawn(4)


@st.composite
def families(draw: st.DrawFn) -> Rows:
    """Histories in which households name each other as predecessors, in circles too."""
    rows = draw(histories())
    origins = st.one_of(st.none(), st.sampled_from([*HOUSEHOLDS, "H9"]).map(full_id))
    named = [draw(origins) for _ in range(rows["households"].height)]
    households = rows["households"].with_columns(predecessor_id=pl.Series(named, dtype=pl.String))
    return {**rows, "households": households}


@quick
@given(families(), families(), st.sampled_from(AS_OF_DATES))
def test_rows_known_later_change_no_feature_of_a_family(rows: Rows, other: Rows, as_of: date) -> None:
    assert moved_by_the_future(features, rows, other, as_of) == []


@quick
@given(families(), st.sampled_from(AS_OF_DATES), st.integers(0, 1000))
def test_the_order_of_rows_never_matters_to_a_family(rows: Rows, as_of: date, seed: int) -> None:
    assert moved_by_row_order(features, rows, as_of, seed) == []


@given(families(), st.sampled_from(AS_OF_DATES))
@drawn(20)
def test_ancestors_are_those_that_one_finds_by_walking(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of)
    states = view.canonical("households").sort("valid_from")
    since = dict(states.group_by("household_id").agg(pl.col("valid_from").min()).iter_rows())
    up = dict(states.drop_nulls("predecessor_id").select("household_id", "predecessor_id").iter_rows())
    up = {who: whose for who, whose in up.items() if whose in since}
    circles = {who for who in up if who in walk(up, up[who])}
    up = {who: whose for who, whose in up.items() if who not in circles}
    expected = {
        (SHORT[who], SHORT[way[distance]], min(since[h] for h in way[:distance]), distance)
        for who in up
        for way in [walk(up, who)]
        for distance in range(1, len(way))
    }
    assert kin(view) == expected


def walk(up: dict[str, str], start: str) -> list[str]:
    """A household and those above it, until one would come again."""
    way = [start]
    while (above := up.get(way[-1])) and above not in way:
        way.append(above)
    return way
