"""Plans in plain Python give what the same plans give in Polars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest

from riskmodel.features.plain_plan import Given, PlainPlan, Sketch, as_lazy, as_plain
from riskmodel.tables import View
from riskmodel.tables.plain_rows import Rows
from scenario import COUNTY, rows_of

AS_OF = date(2025, 3, 5)
MEMBERS: tuple[dict[str, Any], ...] = (
    {"person_id": "P1", "household_id": "H1", "sex": "female", "birth_month": date(1960, 1, 1)},
    {"person_id": "P2", "household_id": "H1", "sex": "male", "birth_month": date(2001, 5, 1)},
    {"person_id": "P3", "household_id": "H2", "sex": "male", "birth_month": date(1990, 3, 1)},
)
WORK: tuple[dict[str, Any], ...] = (
    {"person_id": "P2", "household_id": "H1", "month": date(2025, 1, 1), "wage": 100},
    {"person_id": "P2", "household_id": "H1", "month": date(2025, 2, 1), "wage": 50},
    {"person_id": "P3", "household_id": "H2", "month": date(2025, 2, 1), "wage": 7},
)
BORN, PERSON = pl.col("birth_month"), pl.col("person_id")

PLANS: dict[str, Callable[[View], pl.LazyFrame]] = {
    "filter": lambda v: v.table("members").filter(pl.col("sex") == "male").select("person_id", "birth_month"),
    "with_columns": lambda v: (
        v.table("members").with_columns(year=BORN.dt.year()).with_columns(pl.col("year") + 1).select("year")
    ),
    "a column of another": lambda v: (
        v.table("members").with_columns(a=PERSON + 1).with_columns(b=pl.col("a") * 2).select("b", "a")
    ),
    "select under another name": lambda v: v.table("employment").select("person_id", wage=pl.col("wage") - 1, w="wage"),
    "drop and inner join": lambda v: (
        v.table("employment")
        .drop("household_id")
        .join(v.table("members").select("person_id", "sex"), on="person_id", how="inner")
    ).select("person_id", "wage", "sex"),
    "left join": lambda v: (
        v.table("members")
        .select("person_id")
        .join(v.table("employment").select("person_id", "wage"), "person_id", "left")
    ),
    "join on two": lambda v: (
        v.table("employment")
        .select("person_id", "month")
        .join(v.table("employment").select("person_id", "month", again="wage"), on=["person_id", "month"], how="left")
    ),
    "sort": lambda v: v.table("employment").sort("month", "wage").select("wage"),
    "each once": lambda v: v.table("employment").select("household_id").unique(),
    "states": lambda v: v.states("members").select("person_id", "valid_from"),
}


def view() -> View:
    return View.of({"members": rows_of("members", *MEMBERS), "employment": rows_of("employment", *WORK)}, AS_OF, COUNTY)


def followed(plan: PlainPlan, given: Given) -> list[tuple[Any, ...]]:
    rows, names = plan.rows(given), plan.like.collect_schema().names()
    return list(zip(*(rows[name] for name in names), strict=True))


@pytest.mark.parametrize("what", PLANS)
def test_a_plan_gives_the_rows_that_it_gives_in_polars(what: str) -> None:
    own, plan = view(), as_plain(PLANS[what](Sketch.for_views(COUNTY, AS_OF)))
    wanted = PLANS[what](own).collect()
    assert plan.like.collect_schema() == wanted.schema
    assert sorted(followed(plan, Given(own, 0)), key=repr) == sorted(wanted.iter_rows(), key=repr)


def test_sorted_rows_stand_in_their_order() -> None:
    plan = as_plain(PLANS["sort"](Sketch.for_views(COUNTY, AS_OF)))
    assert followed(plan, Given(view(), 0)) == [(10_000,), (700,), (5_000,)]


@pytest.mark.parametrize(("household", "wanted"), [(0, [(0, 15_000)]), (1, [(1, 700)]), (5, [])])
def test_rows_put_together_are_those_of_the_household_asked_about(
    household: int, wanted: list[tuple[int, int]]
) -> None:
    rows = Sketch.for_views(COUNTY, AS_OF).table("employment")
    plan = as_plain(rows.group_by("household_id").agg(pl.col("wage").sum()))
    assert followed(plan, Given(view(), household)) == wanted


def test_what_several_plans_begin_with_is_made_once_for_a_household() -> None:
    made: list[int] = []

    def begin(given: Given) -> Rows:
        made.append(given.household)
        return Rows(1, lambda _, __: [given.household])

    sketch = Sketch.for_views(COUNTY, AS_OF)
    plans = [
        as_plain(sketch.once(("a",), lambda: as_lazy(PlainPlan(pl.LazyFrame(schema={"x": pl.Int64}), begin))))
        for _ in range(2)
    ]
    for given in (Given(view(), 3), Given(view(), 4)):
        assert [followed(plan, given) for plan in plans] == [[(given.household,)]] * 2
    assert made == [3, 4]


def test_rows_that_are_put_under_a_name_are_those_that_a_plan_begins_with() -> None:
    given = Given(view(), 0, {"put": Rows(2, lambda _, __: [1, 2])})
    plan = as_plain(as_lazy(PlainPlan.put("put", {"x": pl.Int64()})).select(y=pl.col("x") * 2))
    assert followed(plan, given) == [(2,), (4,)]


def test_while_a_plan_is_made_it_has_no_rows() -> None:
    assert Sketch.for_views(COUNTY, AS_OF).table("members").collect().is_empty()
