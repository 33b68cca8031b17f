from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from riskmodel.features.plans import Mould, Place, followed, kept
from riskmodel.features.windows import Moment, Seen
from riskmodel.tables import View
from scenario import COUNTY, rows_of

AS_OF = date(2025, 3, 5)


def view(*members: dict[str, Any]) -> View:
    return View.of({"members": rows_of("members", *members)}, AS_OF, COUNTY)


def test_a_plan_is_followed_with_the_rows_that_were_put_into_its_place_last() -> None:
    place = Place(pl.Schema({"a": pl.Int64}))
    plan = kept(place.plan.select(pl.col("a").sum()))
    found = [followed(plan).item()]
    for rows in ([1, 2], [5]):
        place.rows = pl.DataFrame({"a": rows})
        found.append(followed(plan).item())
    assert found == [0, 3, 5]


def test_a_place_heeds_what_polars_pushes_down_to_it() -> None:
    place = Place(pl.Schema({"a": pl.Int64, "b": pl.Int64}))
    place.rows = pl.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    assert place.plan.filter(pl.col("a") > 1).select("b").head(1).collect().rows() == [(5,)]


def test_a_mould_gives_what_the_view_that_fills_it_gives() -> None:
    mould = Mould.for_views(COUNTY, AS_OF)
    plan = kept(Seen(mould, Moment(AS_OF)).present.select("person_id", "age", "major_illness_before"))
    born = [{"person_id": f"P{year % 7}", "birth_month": date(year, 4, 1)} for year in (1980, 1981, 2010)]
    for members in (born, born[:1], born[1:]):
        filled = view(*members)
        mould.fill(filled)
        own = Seen(filled, Moment(AS_OF)).present.select("person_id", "age", "major_illness_before")
        assert followed(plan).sort("person_id").equals(own.collect().sort("person_id"))
        assert followed(plan).height == len(members)
