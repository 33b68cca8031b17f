"""What happened to households later."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from lake_rows import income, many, state
from riskmodel.errors import UsageError
from riskmodel.tables import View
from riskmodel.tables.outcomes import (
    decided,
    episodes,
    followed,
    happened_before_its_end,
    month_incomes,
    new_entries,
    of_its_own,
    open_episodes,
    rigid_spending,
    same_people,
    without,
)
from scenario import rows_of
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


def households_that_end() -> tuple[View, View]:
    """1 goes on, 2 is merged in September 2025, 3 is dissolved before the as-of date, 4 appears after it."""
    states = [
        *(state(n, START, 3, START) for n in (1, 2, 3)),
        state(2, date(2025, 9, 15), 0, date(2025, 9, 15), status="merged"),
        state(3, date(2025, 2, 1), 0, date(2025, 2, 1), status="dissolved"),
        state(4, date(2025, 6, 1), 2, date(2025, 6, 1)),
    ]
    tables = {"households": pl.concat(states)}
    return View.of(tables, D), View.of(tables, LATER)


def test_active_households_are_followed_to_their_end() -> None:
    view, later = households_that_end()
    found = followed(view, later, date(2026, 3, 1)).sort("household_id").collect()
    assert view.ids.decode("H", found["household_id"]).to_list() == [full_id("H1"), full_id("H2")]
    assert found["ended_on"].to_list() == [None, date(2025, 9, 15)]
    assert followed(view, later, date(2025, 9, 1)).collect()["ended_on"].to_list() == [None, None]


def test_what_is_decided_of_a_cohort() -> None:
    """1 and 2 go on, 3 and 4 ended; 1 and 3 have the event, of 2 nothing may be told."""
    ends = {"household_id": [1, 2, 3, 4], "ended_on": [None, None, date(2025, 9, 15), date(2025, 9, 15)]}
    cohort = pl.LazyFrame(ends, schema_overrides={"ended_on": pl.Date})
    happened = pl.LazyFrame({"household_id": [1, 3, 3, 9]})
    for told, expected in (
        (None, [(1, True), (2, False), (3, True)]),
        ([2, 4], [(1, True), (2, False), (3, True)]),
        ([1], [(1, True), (3, True)]),
    ):
        rows = None if told is None else pl.LazyFrame({"household_id": told})
        assert sorted(decided(cohort, happened, rows).collect().rows()) == expected
    assert without(cohort, happened).collect()["household_id"].to_list() == [2, 4]
    days = pl.LazyFrame({"household_id": [1, 3, 3, 9], "day": [date(2025, 9, d) for d in (20, 14, 15, 1)]})
    own = of_its_own(days, cohort, "day").select("household_id", "day").collect()
    assert sorted(own.rows()) == [(1, date(2025, 9, 20)), (3, date(2025, 9, 14))]


def test_rigid_spending_is_self_pay_and_what_no_claim_paid_of_disasters_and_accidents() -> None:
    day, shocks = date(2025, 6, 10), [("flood", 900, 200), ("fire", 100, 300), ("drought", None, None)]
    business = [("market_fall", 5000, None), ("project_failure", 5000, None)]
    rows = {
        "medical_settlements": rows_of(
            "medical_settlements", {"settlement_id": "S1", "service_end": day, "self_pay": 12.5}
        ),
        "shocks": rows_of(
            "shocks",
            *(
                {"happened_on": day, "kind": kind, "loss": loss, "claim_paid": paid}
                for kind, loss, paid in (*shocks, *business, ("traffic", 50, None))
            ),
        ),
    }
    found = rigid_spending(View.of(rows, LATER)).collect()
    assert found.columns == ["household_id", "day", "amount"]
    assert sorted(found["amount"].to_list()) == [0, 0, 1250, 5000, 70000]
    assert set(found["day"].to_list()) == {day}
    assert rigid_spending(View.of({}, LATER)).collect().is_empty()
