"""The way of a file into the lake: what is loaded, repeated, kept waiting or refused, and that nothing else happens."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import DAY, Arrivals, arrives, at, income, settled
from lake_rows import COUNTY, contents, tables_in_force
from riskmodel.errors import RejectedFile
from riskmodel.policy import Policy
from riskmodel.sources.account import FileAccount
from riskmodel.sources.intake import Intake
from riskmodel.sources.source import Received
from riskmodel.tables import TABLES
from riskmodel.tables.generation import decode
from worked_example import full_id, load, row

if TYPE_CHECKING:
    from pathlib import Path


def example() -> list[Received]:
    """The worked example as its offices deliver it: a file per batch, the history without any day of knowledge."""
    files = []
    for name, rows in load().items():
        for (batch_id,), part in rows.group_by("batch_id", maintain_order=True):
            mode, day = str(batch_id)[0], date.fromisoformat(str(batch_id)[1:9])
            whole = part.unique(TABLES[name].key, keep="last", maintain_order=True) if mode == "h" else part
            file = arrives(name, whole, day, mode=mode, source=part["source"][0])
            files.append((day, list(TABLES).index(name), str(batch_id), file))
    return [file for *_, file in sorted(files, key=lambda f: f[:3])]


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    """The worked example, taken in as it arrives."""
    arrivals = at(tmp_path_factory.mktemp("example"))
    arrivals.take(*example())
    return arrivals


@pytest.mark.parametrize("name", TABLES)
def test_the_worked_example_is_in_the_lake_as_the_contract_writes_it_down(delivered: Arrivals, name: str) -> None:
    """The history load included: its days of knowledge and the two versions of an ended episode are derived."""
    view = delivered.lake.view(COUNTY, date(2026, 7, 5))
    got = decode(view.stored[name].collect().drop("known_until"), TABLES[name], view.ids)
    assert got.drop("batch_id").sort(pl.all()).equals(load()[name].select(got.columns).drop("batch_id").sort(pl.all()))


def test_nothing_of_it_is_refused_odd_or_kept_waiting(delivered: Arrivals) -> None:
    assert (delivered.rules(), delivered.warnings(), delivered.waiting()) == ([], [], [])


def test_one_delivery_after_the_other_gives_the_same_bytes_as_all_at_once(tmp_path: Path) -> None:
    at(tmp_path / "whole").take(*example())
    for file in example():
        at(tmp_path / "parts").take(file)
    assert tables_in_force(tmp_path / "whole/lake") == tables_in_force(tmp_path / "parts/lake")


def test_taking_everything_in_again_changes_no_byte(tmp_path: Path) -> None:
    at(tmp_path).take(*example())
    before = contents(tmp_path)
    accounts = at(tmp_path).take(*example())
    assert sum(account.rows_loaded for account in accounts) == 0
    assert contents(tmp_path) == before


# --- rows that wait ---------------------------------------------------------------------------------------------------


def test_a_row_of_an_unknown_household_waits_and_is_stored_when_the_household_arrives(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    (account,) = arrivals.take(arrives("incomes", pl.concat([income("H01", 100), income("H02", 200)])))
    assert (account.rows_loaded, account.rows_waiting) == (1, 1)
    assert arrivals.waiting() == [("incomes", 2, "household_id", "waits")]
    later = date(2025, 4, 10)
    arrivals.take(arrives("households", row("households", 2, household_id=full_id("H02")), later))
    assert (arrivals.waiting(), arrivals.released) == ([], 1)
    found = arrivals.rows("incomes").filter(pl.col("household_id") == full_id("H02"))
    assert found.select("amount", "known_at").row(0) == (200, later)
    (own,) = arrivals.rows("incomes").filter(pl.col("household_id") == full_id("H01"))["batch_id"]
    assert found["batch_id"].item() == own, "a released row keeps the id of the batch it came with"


def test_a_bill_of_an_unknown_person_waits_and_takes_the_household_of_the_person_later(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    bill = row("medical_settlements", person_id=full_id("P09")).drop("household_id")
    (account,) = arrivals.take(arrives("medical_settlements", bill))
    assert account.rows_waiting == 1
    assert arrivals.waiting() == [("medical_settlements", 1, "person_id", "waits")]
    later = date(2025, 4, 10)
    arrivals.take(arrives("members", row("members", 0, person_id=full_id("P09")), later))
    bills = arrivals.rows("medical_settlements")
    assert bills.select("household_id", "known_at").row(0) == (full_id("H01"), later)


def test_a_late_delivery_of_a_row_whose_household_is_known_by_now_counts_from_the_day_of_the_match(
    tmp_path: Path,
) -> None:
    """The same as if the row had waited: the order in which deliveries are taken in does not matter."""
    arrivals = settled(tmp_path)
    arrivals.take(arrives("households", row("households", 2, household_id=full_id("H02")), date(2025, 4, 10)))
    arrivals.take(arrives("incomes", income("H02", 200)))
    assert arrivals.rows("incomes")["known_at"].to_list() == [date(2025, 4, 10)]


def test_what_waits_is_kept_through_a_second_reading_of_the_same_file(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    for _ in range(2):
        arrivals.take(arrives("incomes", income("H02", 200)))
        assert arrivals.waiting() == [("incomes", 1, "household_id", "waits")]


def test_a_waiting_row_is_checked_first(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    (account,) = arrivals.take(arrives("incomes", income("H02", -5)))
    assert (account.rows_waiting, account.rows_refused) == (0, 1)
    assert arrivals.rules() == [("incomes", 1, "amount", "range")]


def test_a_row_that_names_nobody_is_refused(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    nobody = income("H01", 5).with_columns(household_id=pl.lit(None, dtype=pl.String))
    arrivals.take(arrives("incomes", nobody))
    assert arrivals.rules() == [("incomes", 1, "household_id", "required")]


# --- households, counties ---------------------------------------------------------------------------------------------


def test_a_person_counts_to_the_household_of_the_day_of_the_event(tmp_path: Path) -> None:
    """Before the first state the first state counts."""
    arrivals = settled(tmp_path)
    moved = row("members", 0, household_id=full_id("H02"), valid_from=date(2025, 2, 1))
    arrivals.take(
        arrives("households", row("households", 2, household_id=full_id("H02")), date(2025, 2, 10)),
        arrives("members", moved, date(2025, 2, 10)),
    )
    days = {"S1": date(2015, 5, 1), "S2": date(2025, 1, 31), "S3": date(2025, 2, 1)}
    bills = [row("medical_settlements", person_id=full_id("P01"), settlement_id=full_id(s), service_end=d)
             for s, d in days.items()]  # fmt: skip
    arrivals.take(arrives("medical_settlements", pl.concat(bills).drop("household_id")))
    found = dict(arrivals.rows("medical_settlements").select("settlement_id", "household_id").iter_rows())
    assert [found[full_id(s)] for s in days] == [full_id("H01"), full_id("H01"), full_id("H02")]


def test_a_file_of_two_counties_becomes_a_batch_in_each(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    far = row("villages", 2, village_code="990102001001", township_name="远乡")
    there = row("households", 2, household_id=full_id("H02"), village_code="990102001001")
    arrivals.take(arrives("villages", far), arrives("households", there))
    (account,) = arrivals.take(arrives("incomes", pl.concat([income("H01", 1), income("H02", 2)]), date(2025, 3, 11)))
    assert account.counties == (COUNTY, "990102")
    assert arrivals.lake.view("990102", date(2025, 4, 1)).canonical("incomes")["amount"].to_list() == [2]
    assert arrivals.rows("incomes")["amount"].to_list() == [1]


def test_a_household_is_found_through_the_index_where_the_delivery_names_no_county(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    (account,) = arrivals.take(arrives("incomes", income("H01", 1), county=None))
    assert (account.counties, account.rows_loaded) == ((COUNTY,), 1)


# --- states -----------------------------------------------------------------------------------------------------------


def test_columns_that_a_file_of_states_lacks_are_copied_from_the_state_before(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    news = pl.DataFrame({"person_id": [full_id("P01")], "chronic_illness": [True]})
    (account,) = arrivals.take(arrives("members", news, source="health", reference_date=date(2025, 2, 28)))
    assert account.rows_loaded == 1
    now = arrivals.rows("members").filter(pl.col("person_id") == full_id("P01")).sort("valid_from")
    before, after = now.rows(named=True)
    changed = {name for name in after if before[name] != after[name]}
    assert changed == {"chronic_illness", "valid_from", "known_at", "source", "batch_id"}
    assert after["valid_from"] == date(2025, 2, 28)


def test_the_first_state_of_a_person_must_be_whole(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    news = pl.DataFrame({"person_id": [full_id("P77")], "household_id": [full_id("H01")], "chronic_illness": [True]})
    arrivals.take(arrives("members", news))
    assert ("members", 1, "relation", "required") in arrivals.rules()


def test_a_monthly_export_adds_only_changes(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    people = load()["members"].unique("person_id", keep="last", maintain_order=True).drop("valid_from")
    grown = people.with_columns(education=pl.lit("senior"))
    (account,) = arrivals.take(arrives("members", pl.concat([people.head(3), grown.tail(1)])))
    assert (account.rows_read, account.rows_loaded, account.rows_duplicate) == (4, 1, 3)


def test_without_a_column_that_nothing_can_stand_in_for_the_file_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="amount"):
        settled(tmp_path).take(arrives("incomes", income("H01", 1).drop("amount")))


# --- rules between tables ---------------------------------------------------------------------------------------------


def test_the_order_of_the_files_of_households_and_members_makes_no_warning(tmp_path: Path) -> None:
    """The size of a household is compared when the whole delivery is in."""
    arrivals = settled(tmp_path)
    left = row("members", 2, leave_reason="moved_out", valid_from=date(2025, 3, 1))
    smaller = row("households", 2, size=2, valid_from=date(2025, 3, 1))
    arrivals.take(arrives("households", smaller), arrives("members", left))
    assert arrivals.warnings() == []


def test_deliveries_in_any_order_end_in_the_same_rows(tmp_path: Path) -> None:
    files = [
        arrives("incomes", income("H02", 200)),
        arrives("incomes", income("H01", 100), date(2025, 3, 12)),
        arrives("households", row("households", 2, household_id=full_id("H02")), date(2025, 4, 10)),
    ]
    seen = set()
    for number, order in enumerate(permutations(files)):
        arrivals = settled(tmp_path / str(number))
        for file in order:
            arrivals.take(file)
        rows = arrivals.rows("incomes").sort("household_id")
        seen.add(tuple(rows.select("household_id", "amount", "known_at").iter_rows()))
    assert len(seen) == 1


def test_a_file_that_is_passed_over_tells_the_files_after_it_where_to_look(tmp_path: Path) -> None:
    """As after a kill: the households of the delivery were taken in, the members were not."""
    arrivals = settled(tmp_path)
    arrivals.take(arrives("members", row("members", 2, person_id=full_id("P8"))))
    aliases = pl.DataFrame({"noid_id": [full_id("P8")], "person_id": [full_id("P9")]})
    later = date(2025, 4, 10)
    file = arrives("members", row("members", 2, person_id=full_id("P9")), later, county=None, aliases=aliases)
    with arrivals.lake.writer() as writer:
        intake = Intake(writer, Policy.load())
        intake.skip(FileAccount("2025-04-10/households.csv", "households", "2025-04-10", counties=(COUNTY,)))
        intake.take(file)
        intake.finish(later)
    people = arrivals.rows("members")["person_id"].to_list()
    assert (full_id("P8") in people, full_id("P9") in people) == (False, True)


def test_a_delivery_of_an_older_day_leaves_what_a_kill_left_to_the_delivery_that_was_killed(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    arrivals.take(arrives("incomes", income("H02", 200)))
    killed = arrives("households", row("households", 2, household_id=full_id("H02")), date(2025, 4, 10))
    with arrivals.lake.writer() as writer:
        Intake(writer, Policy.load()).take(killed)  # and never finished
    arrivals.take(arrives("incomes", income("H01", 1), date(2025, 4, 9)))
    assert (arrivals.released, len(arrivals.waiting())) == (0, 1)
    arrivals.take(arrives("incomes", income("H01", 2), date(2025, 4, 10)))
    assert (arrivals.released, arrivals.waiting()) == (1, [])


def test_an_error_in_one_file_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    arrivals: Arrivals = settled(tmp_path)
    with pytest.raises(RejectedFile):
        arrivals.take(arrives("incomes", income("H01", 1)), arrives("incomes", income("H01", 2).drop("month"), DAY))
    assert arrivals.rows("incomes")["amount"].to_list() == [1]


# --- what must not happen ---------------------------------------------------------------------------------------------


def test_a_bill_and_its_correction_that_both_wait_are_stored_one_after_the_other(tmp_path: Path) -> None:
    """Without a county in the delivery neither has a batch to go back to."""
    arrivals = settled(tmp_path)
    bill = row("medical_settlements", 0, person_id=full_id("P09")).drop("household_id")
    back = bill.with_columns(retracted=True)
    arrivals.take(arrives("medical_settlements", bill, date(2025, 2, 5), county=None))
    arrivals.take(arrives("medical_settlements", back, date(2025, 3, 5), county=None, tail=("retracted",)))
    arrivals.take(arrives("members", row("members", 0, person_id=full_id("P09")), date(2025, 4, 5)))
    assert arrivals.rows("medical_settlements").is_empty(), "the bill was taken back"
    assert arrivals.waiting() == []


def test_an_older_delivery_never_learns_from_a_newer_one(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    ill = row("members", 1, major_illness=True, valid_from=date(2025, 1, 5))
    arrivals.take(arrives("members", ill, date(2025, 5, 5)))
    late = pl.DataFrame({"person_id": [full_id("P02")], "education": ["senior"], "valid_from": [date(2025, 2, 1)]})
    arrivals.take(arrives("members", late, date(2025, 3, 5)))
    april = arrivals.lake.view(COUNTY, date(2025, 4, 1)).states("members").collect()
    person = april.filter(pl.col("education") == "senior")
    assert person["major_illness"].to_list() == [False], "what arrived in May was not known in April"


def test_a_full_list_without_a_period_is_one_for_the_months_of_its_rows(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    for month, day in ((1, date(2025, 2, 10)), (2, date(2025, 3, 10))):
        arrivals.take(arrives("incomes", income("H01", 100, month), day, full_list=True))
    assert arrivals.rows("incomes").height == 2, "the list of February says nothing about January"


def test_a_full_list_tells_how_many_of_its_rows_could_not_be_used(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    bad, outside = income("H01", 1).with_columns(component=pl.lit("lottery")), income("H09", 1)
    nobody = bad.with_columns(household_id=pl.lit(None, dtype=pl.String))
    for number, (rows, read, unusable, unnamed) in enumerate(
        (
            ([income("H01", 1)], 1, 0, 0),
            ([income("H01", 2), bad, outside], 2, 1, 0),
            ([bad, outside], 1, 1, 0),
            ([income("H01", 3), outside], 1, 0, 0),  # who is not registered makes nobody absent
            ([income("H01", 4), bad, nobody], 3, 2, 1),
        ),
        start=10,
    ):
        file = arrives("incomes", pl.concat(rows, how="vertical_relaxed"), date(2025, 3, number), full_list=True)
        (account,) = arrivals.take(file)
        record = arrivals.lake.view(COUNTY, date(2025, 3, number)).records[-1]
        assert (record.rows_read, record.rows_unusable, record.rows_unnamed) == (read, unusable, unnamed)
        assert record.in_doubt == ((full_id("H01"),) if unusable else ())
        assert record.tells_of_absence == (unnamed == 0)
        assert any("do not count as absent" in remark for remark in account.remarks) == (unusable > 0)


def test_a_county_that_is_a_slip_of_the_pen_is_left_out_of_account(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    (account,) = arrivals.take(arrives("incomes", income("H01", 1), county="990399"))
    assert (account.rows_loaded, account.counties) == (1, (COUNTY,))
    assert "990399" in account.remarks[-1]
    assert arrivals.lake.counties() == [COUNTY]


def test_the_first_delivery_of_a_county_needs_nobody_who_knows_it(tmp_path: Path) -> None:
    arrivals = at(tmp_path)
    (account,) = arrivals.take(arrives("villages", load()["villages"]))
    assert not any("county" in remark for remark in account.remarks)
    assert arrivals.lake.counties() == [COUNTY]
