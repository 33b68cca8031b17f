"""The worked example of the contract: one household, two as-of dates, every question answered as the contract says.

Each answer is looked up twice: in a view on the rows in memory, and in a lake that received them batch by batch.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest

from riskmodel.features.windows import first_open_month, months_before
from riskmodel.tables import TABLES, Batch, Lake, View
from riskmodel.tables.outcomes import episodes, new_entries
from worked_example import full_id, load

MARCH, JUNE, LATER = date(2025, 3, 5), date(2025, 6, 5), date(2026, 7, 5)
COUNTY = "990101"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """The example's batches, received in the order of their days and numbers."""
    received = Lake(tmp_path_factory.mktemp("lake"))
    parts = [
        (str(batch_id), name, rows)
        for name, frame in load().items()
        for (batch_id,), rows in frame.partition_by("batch_id", as_dict=True).items()
    ]
    received.receive(batch(*part) for part in sorted(parts, key=lambda p: (p[0][1:], p[1])))
    return received


def batch(batch_id: str, name: str, rows: pl.DataFrame) -> Batch:
    received_on = date.fromisoformat(batch_id[1:9])
    return Batch(COUNTY, name, rows, received_on, f"{name}-{batch_id}", mode=batch_id[0], rows_read=rows.height)


@pytest.fixture(params=["memory", "lake"])
def at(request: pytest.FixtureRequest, lake: Lake) -> Views:
    return Views(lake if request.param == "lake" else None)


class Views:
    """Views of the example on any day, from memory or from the lake."""

    def __init__(self, lake: Lake | None) -> None:
        self.lake = lake

    def __call__(self, day: date) -> View:
        return self.lake.view(COUNTY, day) if self.lake else replace(in_memory(), as_of=day)


@cache
def in_memory() -> View:
    """The example without a lake; the day is put in by `Views`."""
    return View.of(load(), LATER, COUNTY)


def month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def self_pay(view: View) -> dict[str, int]:
    """Self-pay in yuan of the settlements of the last 12 complete months, by the number of the settlement."""
    m0 = first_open_month(view.as_of)
    bills = view.canonical("medical_settlements")
    inside = bills.filter((pl.col("service_end") >= months_before(m0, 12)) & (pl.col("service_end") < m0))
    return {f"S{s[-2:]}": fen // 100 for s, fen in inside.select("settlement_id", "self_pay").iter_rows()}


def newest(rows: pl.DataFrame, event: str) -> dict[str, object]:
    return rows.sort(event).row(-1, named=True)


@pytest.mark.parametrize("day", [MARCH, JUNE])
def test_village_and_size(at: Views, day: date) -> None:
    state = at(day).states("households").collect()
    assert state.select("village_code", "size").rows() == [(990101001001, 3)]


def test_the_village_has_its_new_code_and_the_old_one_its_end(at: Views) -> None:
    found = at(MARCH).canonical("villages").sort("valid_from")
    assert found.select("village_code", "valid_to", "successor_code").rows() == [
        ("990101001007", date(2024, 7, 1), "990101001001"),
        ("990101001001", None, None),
    ]
    assert at(date(2024, 8, 11)).canonical("villages")["valid_to"].to_list() == [None]


def test_three_members_are_present_and_one_has_married_out(at: Views) -> None:
    members = at(MARCH).states("members").collect()
    assert members.height == 4
    assert members["leave_reason"].drop_nulls().to_list() == ["married_out"]
    assert at(date(2024, 12, 3)).states("members").collect()["leave_reason"].null_count() == 4


@pytest.mark.parametrize(
    ("day", "stage", "year", "yuan"), [(MARCH, "annual", 2024, 14035), (JUNE, "identification", 2025, 4980)]
)
def test_newest_survey(at: Views, day: date, stage: str, year: int, yuan: int) -> None:
    survey = newest(at(day).canonical("income_surveys"), "period_end")
    assert (survey["stage"], survey["year"], survey["reference_per_capita"]) == (stage, year, yuan * 100)


def test_settlements_and_self_pay_of_the_last_12_months(at: Views) -> None:
    assert self_pay(at(MARCH)) == {"S01": 240, "S02": 9600}
    assert self_pay(at(JUNE)) == {"S01": 240, "S02": 6600, "S03": 18400, "S04": 340}
    assert [sum(self_pay(at(day)).values()) for day in (MARCH, JUNE)] == [9840, 25580]


def test_with_hindsight_the_self_pay_of_march_was_another(at: Views) -> None:
    bills = at(LATER).canonical("medical_settlements").filter(pl.col("service_end") < month("2025-03"))
    assert bills["self_pay"].sum() == 25240_00


def test_complete_months() -> None:
    spans = [
        (months_before(first_open_month(day), 12), months_before(first_open_month(day), 1)) for day in (MARCH, JUNE)
    ]
    assert spans == [(month("2024-03"), month("2025-02")), (month("2024-06"), month("2025-05"))]
    assert first_open_month(date(2025, 2, 28)) == month("2025-03")


@pytest.mark.parametrize(("day", "last"), [(MARCH, "2024-11"), (JUNE, "2025-04")])
def test_newest_employment_month_of_the_head(at: Views, day: date, last: str) -> None:
    rows = at(day).canonical("employment").filter(pl.col("person_id") == full_id("P01"))
    found = newest(rows, "month")
    assert (found["month"], found["employed"]) == (month(last), False)


@pytest.mark.parametrize(
    ("day", "last", "status", "days"), [(MARCH, "2025-01", "normal", 0), (JUNE, "2025-04", "overdue", 11)]
)
def test_newest_month_of_the_loan(at: Views, day: date, last: str, status: str, days: int) -> None:
    found = newest(at(day).canonical("loan_statements"), "month")
    assert (found["month"], found["status"], found["days_past_due"]) == (month(last), status, days)


@pytest.mark.parametrize(("day", "term", "status"), [(MARCH, "2024-09", "enrolled"), (JUNE, "2025-03", "suspended")])
def test_newest_school_term_of_the_son(at: Views, day: date, term: str, status: str) -> None:
    rows = at(day).canonical("enrolments").filter(pl.col("person_id") == full_id("P03"))
    found = newest(rows, "term")
    assert (found["term"], found["status"]) == (month(term), status)


@pytest.mark.parametrize(
    ("day", "expected"), [(MARCH, [("flood", 1500_00)]), (JUNE, [("flood", 1500_00), ("market_fall", None)])]
)
def test_shocks(at: Views, day: date, expected: list[tuple[str, int | None]]) -> None:
    assert at(day).canonical("shocks").sort("happened_on").select("kind", "claim_paid").rows() == expected


@pytest.mark.parametrize(("day", "schemes"), [(MARCH, []), (JUNE, ["dibao_marginal", "temporary"])])
def test_assistance(at: Views, day: date, schemes: list[str]) -> None:
    assert sorted(at(day).canonical("social_assistance")["scheme"]) == schemes


@pytest.mark.parametrize(("day", "running"), [(MARCH, ["M01", "M02"]), (JUNE, ["M01", "M02", "M03"])])
def test_measures_running(at: Views, day: date, running: list[str]) -> None:
    rows = at(day).canonical("measures")
    open_ended = pl.col("ended_on").is_null() | (pl.col("ended_on") >= day)
    found = rows.filter(pl.col("delivered") & (pl.col("started_on") <= day) & open_ended)
    assert sorted(f"M{m[-2:]}" for m in found["measure_id"]) == running
    assert rows.height == len(running) + (day == JUNE)  # M04 is planned


@pytest.mark.parametrize("horizon", [6, 12])
def test_in_march_the_household_is_in_the_cohort_and_positive(at: Views, horizon: int) -> None:
    view, m0 = at(MARCH), first_open_month(MARCH)
    assert m0 == month("2025-03")
    found = new_entries(view, at(LATER), m0, months_before(m0, -horizon)).collect()
    assert [(full_id("H01"), True)] == list(
        zip(view.ids.decode("H", found["household_id"]), found["event"], strict=True)
    )


def test_in_june_the_household_is_monitored_and_not_in_the_cohort(at: Views) -> None:
    m0 = first_open_month(JUNE)
    assert new_entries(at(JUNE), at(LATER), m0, months_before(m0, -12)).collect().is_empty()


def test_episodes_by_number(at: Views) -> None:
    ends = [
        episodes(at(day)).collect().select("episode_no", "eliminated_month").rows()
        for day in (date(2021, 12, 5), MARCH, JUNE)
    ]
    assert ends == [[(1, None)], [(1, month("2022-06"))], [(1, month("2022-06")), (2, None)]]


@pytest.mark.parametrize("name", TABLES)
def test_lake_and_memory_agree_on_every_day(lake: Lake, name: str) -> None:
    days = sorted({d + timedelta(days=n) for d in load()[name]["known_at"] for n in (-1, 0)})
    tail = ("batch_id",)  # numbered by the lake
    for day in days:
        seen = [view.canonical(name).drop(tail).sort(pl.all()) for view in (Views(lake)(day), Views(None)(day))]
        assert seen[0].equals(seen[1]), day


def test_a_second_delivery_of_everything_changes_nothing(lake: Lake) -> None:
    before = {path: path.read_bytes() for path in lake.folder.rglob("*") if path.is_file()}
    for name, frame in load().items():
        for (batch_id,), rows in frame.partition_by("batch_id", as_dict=True).items():
            assert lake.receive([batch(str(batch_id), name, rows)]) == []
    assert {path: path.read_bytes() for path in lake.folder.rglob("*") if path.is_file()} == before
