"""What happened to households later."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from lake_rows import income, many, state
from riskmodel.errors import UsageError
from riskmodel.tables import View
from riskmodel.tables.outcomes import (
    episodes,
    happened_before_its_end,
    month_incomes,
    new_entries,
    open_episodes,
    same_people,
)
from worked_example import full_id, row

D = date(2025, 3, 5)
M0 = date(2025, 3, 1)
START = date(2024, 1, 1)
LATER = date(2026, 6, 5)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def episode(household: int, identified: str, known_at: date, eliminated: str | None = None) -> pl.DataFrame:
    end = month(eliminated) if eliminated else None
    return row(
        "monitoring_episodes",
        household_id=full_id(f"H{household}"),
        identified_month=month(identified),
        clue_on=None,
        eliminated_month=end,
        elimination_mode="natural" if end else None,
        known_at=known_at,
    )


def views(*rows: pl.DataFrame, households: int = 1, as_of: date = D) -> tuple[View, View]:
    known = [
        state(n, date(2024, 1, 1), 3, date(2024, 2, 1), exit_year=None, category="ordinary")
        for n in range(1, households + 1)
    ]
    tables = {"households": pl.concat(known), "monitoring_episodes": pl.concat(rows)}
    return View.of(tables, as_of), View.of(tables, LATER)


def cohort(view: View, later: View, months: int = 12) -> dict[int, bool]:
    after = date(M0.year + (M0.month - 1 + months) // 12, (M0.month - 1 + months) % 12 + 1, 1)
    found = new_entries(view, later, M0, after).collect()
    ids = view.ids.decode("H", found["household_id"])
    return {int(h[1:]): event for h, event in zip(ids, found["event"], strict=True)}


def test_episodes_are_numbered_and_an_open_one_ends_where_a_newer_begins() -> None:
    view, _ = views(
        episode(1, "2024-05", date(2024, 6, 1)),
        episode(1, "2021-08", date(2021, 9, 1)),
        episode(2, "2023-01", date(2023, 2, 1), "2023-09"),
        households=2,
    )
    found = episodes(view).sort("household_id", "episode_no").collect()
    assert found["episode_no"].to_list() == [1, 2, 1]
    assert found["eliminated_month"].to_list() == [month("2024-05"), None, month("2023-09")]
    assert view.ids.decode("H", open_episodes(view).collect()["household_id"]).to_list() == [full_id("H1")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([episode(1, "2024-05", date(2024, 6, 1), "2024-12")], {1: False}),
        ([episode(1, "2025-03", date(2025, 4, 1))], {1: True}),
        ([episode(1, "2026-02", date(2026, 3, 1))], {1: True}),
        ([episode(1, "2026-03", date(2026, 4, 1))], {1: False}),
        ([episode(1, "2024-05", date(2024, 6, 1))], {}),  # open
        ([episode(1, "2025-02", date(2025, 4, 1))], {}),  # in the pipeline
        ([episode(1, "2024-02", date(2025, 4, 1), "2024-12")], {1: False}),  # over before the as-of date
    ],
    ids=["no entry", "first month", "last month", "a month too late", "open", "pipeline", "late but over"],
)
def test_who_could_enter_and_who_did(rows: list[pl.DataFrame], expected: dict[int, bool]) -> None:
    assert cohort(*views(*rows)) == expected


def test_households_that_are_not_active_cannot_enter() -> None:
    view, later = views(episode(2, "2025-05", date(2025, 6, 1)), households=2)
    gone = state(1, date(2025, 1, 1), 0, date(2025, 2, 1), status="moved_out")
    everybody = pl.concat([view.canonical("households"), gone])
    tables = {
        "households": everybody,
        "monitoring_episodes": later.canonical("monitoring_episodes").with_columns(episode_no=pl.lit(None, pl.Int32)),
    }
    assert cohort(View.of(tables, D), View.of(tables, LATER)) == {2: True}


@pytest.mark.parametrize(
    ("ended", "identified", "expected"),
    [
        (date(2026, 2, 28), None, {}),  # the last day of the horizon
        (date(2026, 3, 1), None, {1: False}),
        (date(2025, 9, 15), "2025-08", {1: True}),
        (date(2025, 9, 15), "2025-09", {1: True}),
        (date(2025, 9, 15), "2025-10", {}),  # not an episode of its own
        (date(2025, 9, 1), "2025-09", {}),
    ],
)
def test_a_household_that_ended_without_an_episode_is_neither_yes_nor_no(
    ended: date, identified: str | None, expected: dict[int, bool]
) -> None:
    found = [episode(1, identified, date(2026, 4, 1))] if identified else []
    first, end = (state(1, d, size, d, status=s) for d, size, s in ((START, 3, "active"), (ended, 0, "merged")))
    tables = {"households": pl.concat([first, end]), "monitoring_episodes": pl.concat([row_of_another(), *found])}
    assert cohort(View.of(tables, D), View.of(tables, LATER)) == expected


def row_of_another() -> pl.DataFrame:
    return episode(2, "2020-01", date(2020, 2, 1))


def test_a_household_that_the_later_view_knows_no_more_is_left_out() -> None:
    view, later = views(episode(2, "2025-05", date(2025, 6, 1)), households=2)
    mistaken = view.canonical("households").with_columns(known_at=date(2025, 12, 1), retracted=True)
    every = pl.concat([view.canonical("households"), mistaken.head(1)])
    assert cohort(view, View.of({"households": every}, LATER)) == {2: False}
    assert cohort(view, later) == {1: False, 2: True}


def test_a_month_lies_before_an_end_when_it_began_before() -> None:
    days = [None, date(2025, 5, 2), date(2025, 5, 1), date(2025, 4, 30)]
    found = pl.DataFrame({"ended_on": days}).select(happened_before_its_end(pl.lit(date(2025, 5, 1)))).to_series()
    assert found.to_list() == [True, True, False, False]


def test_views_that_number_households_differently_are_not_compared() -> None:
    view, _ = views(episode(1, "2025-05", date(2025, 6, 1)))
    other = View.of({"households": state(5, date(2024, 1, 1), 3, date(2024, 2, 1))}, LATER)
    with pytest.raises(UsageError, match="ids of kind H differently"):
        cohort(view, other)


def test_costs_count_negative_in_the_income_of_a_month() -> None:
    rows = [income(1, 500, D), income(1, 200, D, component="cost_crop"), income(2, 70, D), income(2, 9, D, month=2)]
    view = View.of({"incomes": pl.concat(rows)}, D)
    found = month_incomes(view, date(2024, 1, 1)).sort("household_id").collect()
    assert found["net"].to_list() == [300, 70]


def test_a_dwelling_with_another_family_is_not_the_same_household() -> None:
    start, end = date(2024, 1, 1), date(2025, 1, 1)
    persons = [
        ("P1", "H1", date(1980, 1, 1)),
        ("P2", "H1", date(2010, 1, 1)),
        ("P3", "H2", date(1950, 1, 1)),
        ("P4", "H3", date(1950, 1, 1)),
    ]
    births_later = {"P1": date(1981, 12, 1), "P2": date(2013, 1, 1), "P3": date(1990, 1, 1)}
    rows = [(p, h, start, birth) for p, h, birth in persons] + [(p, h, end, births_later[p]) for p, h, _ in persons[:3]]
    members = many(
        "members",
        {
            "person_id": [full_id(p) for p, *_ in rows],
            "household_id": [full_id(h) for _, h, *_ in rows],
            "valid_from": [v for *_, v, _ in rows],
            "known_at": [v for *_, v, _ in rows],
            "birth_month": [b for *_, b in rows],
        },
    )
    view, later = View.of({"members": members}, date(2024, 6, 1)), View.of({"members": members}, date(2025, 6, 1))
    for share, expected in ((0.5, ["H1", "H3"]), (0.6, ["H3"])):
        found = same_people(view, later, date(2025, 6, 1), share).collect()
        assert sorted(view.ids.decode("H", found["household_id"])) == [full_id(h) for h in expected]
