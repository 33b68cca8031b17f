from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from properties import moved_by_row_order, moved_by_the_future
from riskmodel.features import assemble_view
from riskmodel.features.facts import rows_seen
from riskmodel.features.origins import NEWEST, ORIGIN, SOURCE, TOLD, noted, origins
from riskmodel.features.windows import PREPARED, Moment, Seen
from riskmodel.policy import Source
from riskmodel.tables import View
from riskmodel.tables.catalogue import TABLES
from scenario import COUNTY, Rows, policy_of, rows_of
from strategies import AS_OF_DATES, histories

AS_OF = date(2025, 3, 5)
quick = drawn(4)


def told(view: View) -> pl.DataFrame:
    """Date and department of every prepared table for every household."""
    newest = assemble_view(view, policy_of()).newest
    assert newest is not None
    return pl.concat([newest.select("household_id"), origins(newest)], how="horizontal")


@quick
@given(histories(), st.sampled_from(AS_OF_DATES))
def test_the_newest_row_is_the_newest_of_those_that_features_look_at(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of, COUNTY)
    found, seen = told(view), Seen(view, Moment(as_of))
    ids = dict(zip(view.ids.find("H", found["household_id"]), found["household_id"], strict=True))
    for name, prepared in PREPARED.items():
        event = TABLES[prepared.tables[0]].event
        days: dict[str, date] = {}
        for code, day in rows_seen(name, seen).select("household_id", event).collect().iter_rows():
            if code in ids:
                days[ids[code]] = max(day, days.get(ids[code], day))
        if name == "members":  # since somebody left, the others are the household
            for code, day in seen.departed.select("household_id", event).collect().iter_rows():
                if ids.get(code) in days:
                    days[ids[code]] = max(day, days[ids[code]])
        assert dict(found.select("household_id", f"{NEWEST}{name}").drop_nulls().iter_rows()) == days


@quick
@given(histories(), histories(), st.sampled_from(AS_OF_DATES))
def test_rows_known_later_change_no_date_and_no_department(rows: Rows, other: Rows, as_of: date) -> None:
    assert moved_by_the_future(told, rows, other, as_of) == []


@quick
@given(histories(), st.sampled_from(AS_OF_DATES), st.integers(0, 1000))
def test_the_order_of_rows_changes_no_date_and_no_department(rows: Rows, as_of: date, seed: int) -> None:
    assert moved_by_row_order(told, rows, as_of, seed) == []


def test_of_rows_of_one_day_the_last_department_of_the_vocabulary_counts() -> None:
    visits = [{"household_id": "H1", "visited_on": date(2025, 2, 1), "source": s} for s in ("village", "agri")]
    rows = {
        "households": rows_of("households", {"household_id": "H1"}),
        "visits": rows_of("visits", *visits[:1]),
    }
    found = told(View.of(rows, AS_OF, COUNTY))
    assert found.select(f"{NEWEST}visits", f"{SOURCE}visits").row(0) == (date(2025, 2, 1), "village")
    codes = list(Source.codes())
    days = pl.DataFrame({"visited_on": [date(2025, 2, 1)] * 2, "source": ["village", "agri"]})
    numbers = days.with_columns(pl.col("source").cast(pl.Enum(codes))).select(noted("visits")).to_series()
    assert (numbers.max() == numbers[0]) == (codes.index("village") > codes.index("agri"))


def test_a_household_is_as_it_is_since_the_last_member_left() -> None:
    head, son = {"person_id": "P1"}, {"person_id": "P2", "valid_from": date(2021, 1, 1)}
    died = son | {"valid_from": date(2024, 12, 3), "leave_reason": "died", "source": "police"}
    rows = {
        "households": rows_of("households", {"household_id": "H1"}),
        "members": rows_of("members", head, son, died),
    }
    found = told(View.of(rows, AS_OF, COUNTY)).row(0, named=True)
    assert (found[f"{NEWEST}members"], found[f"{SOURCE}members"]) == (date(2024, 12, 3), "police")


def test_a_table_without_rows_has_neither_date_nor_department() -> None:
    found = told(View.of({"households": rows_of("households", {"household_id": "H1"})}, AS_OF, COUNTY))
    assert found.width == 1 + 2 * len(TOLD)
    known = [name for name in TOLD if found[f"{NEWEST}{name}"][0] is not None]
    assert known == ["households"]
    assert found.schema[f"{NEWEST}bills"] == pl.Date
    assert found.schema[f"{SOURCE}bills"] == pl.String


def test_a_day_before_1970_comes_back() -> None:
    numbers = pl.DataFrame({f"members{ORIGIN}": pl.Series([-5 * 64 + 3, None], dtype=pl.Int32)})
    found = origins(numbers)
    assert found[f"{NEWEST}members"].to_list() == [date(1969, 12, 27), None]
    assert found[f"{SOURCE}members"].to_list() == [Source.codes()[3], None]


def test_all_departments_fit_beside_a_day() -> None:
    assert len(Source.codes()) <= 64
