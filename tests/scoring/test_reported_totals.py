from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.scoring.household_rows import HouseholdRows
from riskmodel.scoring.reported_totals import totals_moved
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import warn_rows
from supposed import SURVEY, household

TOTALS = ("net_total", "net_per_capita", "reference_per_capita")


def surveyed(**cells: float | None) -> HouseholdRows:
    return household(income_surveys=[SURVEY | cells])


def moved(rows: HouseholdRows, **fen: int) -> dict[str, int | None]:
    every = pl.lit(value=True)
    changed = rows.changed("income_surveys", every, **{name: pl.lit(value) for name, value in fen.items()})
    after = totals_moved(changed, rows, "income_surveys").rows("income_surveys")
    return dict(after.select(TOTALS).row(0, named=True))


@settings(max_examples=60)
@given(st.integers(1, 9), st.lists(st.integers(0, 10**8), min_size=7, max_size=7))
def test_what_agreed_agrees_again_to_the_fen(persons: int, fen: list[int]) -> None:
    names = ("wage", "business", "property", "transfer", "business_cost", "claims", "compliant_self_pay")
    rows = surveyed(persons=persons, net_per_capita=10000 // persons, reference_per_capita=0)
    consistent = totals_moved(rows, rows, "income_surveys")
    assert consistent.changes_since(rows) == []
    exact = {name: TABLES["income_surveys"].follows[name] for name in TOTALS}
    for name, formula in exact.items():
        rows = rows.changed("income_surveys", pl.lit(value=True), **{name: formula})
    after = rows.changed("income_surveys", pl.lit(value=True), **dict(zip(names, map(pl.lit, fen), strict=True)))
    frame = totals_moved(after, rows, "income_surveys").rows("income_surveys")
    assert frame.select(TOTALS).row(0) == frame.select(**exact).row(0)
    assert warn_rows(TABLES["income_surveys"], frame).is_empty()


def test_what_was_off_stays_off_by_as_much_and_what_is_not_known_stays_so() -> None:
    rows = surveyed(net_total=10007, reference_per_capita=None)
    assert moved(rows, wage=1200000) == {
        "net_total": 1200700,
        "net_per_capita": 600000,
        "reference_per_capita": None,
    }


def test_a_total_that_was_given_stands_and_the_next_follows_from_it() -> None:
    rows = surveyed()
    changed = rows.changed("income_surveys", pl.lit(value=True), wage=pl.lit(0), net_total=pl.lit(400000))
    made = totals_moved(changed, rows, "income_surveys", {"net_total": pl.lit(value=True)})
    assert made.rows("income_surveys").select(TOTALS).row(0) == (400000, 200000, 175000)
