from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.errors import NothingInForce
from riskmodel.tables import View
from riskmodel.workflows.list_places import quotas, with_places, with_visit_facts
from scenario import policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 1, 5)
POLICY = policy_of(**{"visits.per_township_month": 10, "visits.audit_share": 0.1})


def test_a_place_is_the_township_or_the_person_responsible_where_there_is_one() -> None:
    assert with_places(scores(), views(), "township")["place"].to_list() == ["990101001"] * 2 + ["990101002"]
    by_person = with_places(scores(), views(), "person")
    assert by_person["place"].to_list() == ["990101001/W07", "990101001", "990101002/W07"]
    assert by_person["responsible_id"].to_list() == ["W07", None, "W07"]


def test_a_capacity_is_dealt_in_proportion_to_the_households_that_may_be_listed() -> None:
    rows = many(a=60, b=30, c=10, monitored=("c",))
    dealt = quotas(rows, POLICY, AS_OF, 9)
    assert dict(dealt.select("place", "visits").iter_rows()) == {"a": 6, "b": 3}
    assert dealt["households"].to_list() == [60, 30]
    assert dealt["audit_share"].to_list() == [0.1, 0.1]
    assert quotas(rows, POLICY, AS_OF, 10_000)["visits"].sum() == 90


def test_without_a_capacity_each_township_deals_its_own_visits_to_its_places() -> None:
    rows = many(a=60, b=30, c=4).with_columns(
        township=pl.col("place").replace_strict({"a": "990101001", "b": "990101001", "c": "990101002"})
    )
    dealt = quotas(rows, POLICY, AS_OF, None)
    assert dict(dealt.select("place", "visits").iter_rows()) == {"a": 7, "b": 3, "c": 4}


def test_a_number_that_nobody_entered_is_an_error() -> None:
    with pytest.raises(NothingInForce, match=r"visits\.per_township_month"):
        quotas(many(a=3), policy_of(**{"visits.audit_share": 0.1}), AS_OF, None)


def test_nobody_to_list_makes_no_places() -> None:
    assert quotas(many(a=3, monitored=("a",)), POLICY, AS_OF, 5).is_empty()


def test_villages_have_names_and_only_those_to_be_visited_have_questions() -> None:
    rows = scores().with_columns(visit_order=pl.Series([1, None, 1]))
    told = with_visit_facts(rows, views(), POLICY)
    assert told["village_name"].to_list() == ["示例村", "示例村", None]
    assert told["own"].is_not_null().to_list() == [True, False, True]


def views() -> dict[str, View]:
    homes = rows_of(
        "households",
        {"household_id": "H1", "village_code": "990101001001", "responsible_id": "W07"},
        {"household_id": "H2", "village_code": "990101001001"},
        {"household_id": "H3", "village_code": "990101002001", "responsible_id": "W07"},
    )
    villages = rows_of("villages", {"village_code": "990101001001"})
    return {"990101": View.of({"households": homes, "villages": villages}, AS_OF, "990101")}


def scores() -> pl.DataFrame:
    villages = ["990101001001", "990101001001", "990101002001"]
    ids = [full_id(id_) for id_ in ("H1", "H2", "H3")]
    return pl.DataFrame({"household_id": ids, "county": "990101", "village_code": villages}).with_columns(
        township=pl.col("village_code").str.slice(0, 9)
    )


def many(monitored: tuple[str, ...] = (), **places: int) -> pl.DataFrame:
    names = [name for name, count in places.items() for _ in range(count)]
    return pl.DataFrame({"township": "990101001", "place": names}).with_columns(
        monitored=pl.col("place").is_in(monitored), too_new=pl.lit(False)
    )
