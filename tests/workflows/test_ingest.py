"""From files on a disk to the lake and the report."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl
import pytest

from lake_rows import contents
from office_files import (
    COUNTIES,
    DELIVERIES,
    END,
    VILLAGES,
    A,
    B,
    counts,
    id_number,
    id_of,
    kept,
    known,
    lines_of,
    workspace_in,
    write_deliveries,
)
from riskmodel.errors import BusyError, UsageError
from riskmodel.tables import TABLES
from riskmodel.tables.files import locked
from riskmodel.workflows.ingest import MOST_LINES, ingest
from riskmodel.workflows.installation import identity_store_path
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.workspace import Workspace
from sources.eph_files import write_quarter

T = TypeVar("T")
INCOMES = "户编号,月份,收入项目,金额\n"


class Listening(Silent):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG002  # protocol
        self.heard.append(title)
        yield from steps

    def say(self, message: str) -> None:
        self.heard.append(message)


# --- what becomes of the rows ---


def test_every_row_read_is_accounted_for(place: Workspace, delivered: Path) -> None:
    listening = Listening()
    done = ingest(place, delivered, listening)
    assert counts(done) == (37, 30, 3, 3, 1)
    assert (done.files, done.rows_released, done.rejected) == (15, 2, [])
    assert listening.heard == ["loading deliveries", "writing the sorted form of the lake"]
    (worst,) = (account for account in done.accounts if account.rows_refused)
    assert (worst.file, worst.table, worst.counties) == ("2025-01-10/incomes.csv", "incomes", COUNTIES)
    assert (worst.rows_read, worst.rows_loaded, worst.rows_duplicate, worst.rows_waiting) == (6, 3, 1, 1)


def test_the_lake_knows_in_the_end_what_the_files_said(whole: Workspace) -> None:
    homes = {id_of(whole, "household", number): number for number in "12456"}
    incomes = [
        (homes[row["household_id"]], row["month"].month, row["amount"] // 100, row["known_at"].month)
        for county in COUNTIES
        for row in known(whole, "incomes", county).iter_rows(named=True)
    ]
    assert sorted(incomes) == [
        *(("1", 1, 110, 2), ("1", 12, 101, 2), ("2", 12, 200, 1)),
        *(("4", 4, 440, 5), ("4", 12, 400, 3)),  # waited until March
        *(("5", 1, 510, 2), ("5", 12, 500, 1)),
    ]
    bills = known(whole, "medical_settlements").select("household_id", "known_at").rows()
    assert sorted((homes[str(h)], day) for h, day in bills) == [
        *(("1", date(2025, 3, 10)), ("4", date(2025, 3, 10))),
    ]
    on_list = {homes[h] for c in COUNTIES for h in known(whole, "social_assistance", c)["household_id"]}
    assert on_list == {"1", "5"}, "household 2 is no longer on the full list"
    assert known(whole, "monitoring_episodes")["identified_month"].to_list() == [date(2025, 4, 1)]


def test_a_person_who_got_a_number_is_one_person_under_the_new_id(whole: Workspace) -> None:
    members = known(whole, "members")
    spouse = members.filter(pl.col("relation") == "spouse").sort("valid_from")
    assert spouse["person_id"].unique().to_list() == [id_of(whole, "person", B)]
    assert spouse["education"].to_list() == ["primary", "junior"]


def test_a_late_change_is_in_the_states_after_it(whole: Workspace) -> None:
    head = known(whole, "members").filter(pl.col("person_id") == id_of(whole, "person", A)).sort("valid_from")
    assert head.select("valid_from", "education", "major_illness").rows() == [
        (date(2025, 1, 1), "primary", None),
        (date(2025, 2, 1), "primary", True),
        (date(2025, 3, 1), "junior", True),
    ]


def test_a_second_ingest_reads_nothing_and_changes_no_byte(place: Workspace, delivered: Path) -> None:
    first = ingest(place, delivered)
    before = contents(place.home)
    for file in delivered.rglob("*.csv"):
        os.utime(file, (0, 0))
    again = ingest(place, delivered)
    assert contents(place.home) == before
    assert counts(again) == (0, 0, 0, 0, 0), "nothing was read"
    assert again.accounts == [replace(account, known_before=True) for account in first.accounts]
    assert (again.report, again.failed) == (None, False)


def test_a_file_that_changed_is_read_again_and_the_others_are_not(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered)
    file = delivered / "2025-02-10" / "incomes-2.csv"
    file.write_text(file.read_text("utf-8").replace("5,2025-01,务工,510", "5,2025-01,务工,511"), "utf-8")
    done = ingest(place, delivered)
    assert [account.file for account in done.accounts if not account.known_before] == ["2025-02-10/incomes-2.csv"]
    assert (done.rows_loaded, done.rows_read) == (1, 3)
    assert sorted(known(place, "incomes", COUNTIES[1])["amount"]) == [50000, 51100]


def test_the_same_file_on_another_day_is_another_delivery(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered)
    shutil.copytree(delivered / "2025-02-10", delivered / "2025-06-10")
    (later,) = (a for a in ingest(place, delivered).accounts if a.file == "2025-06-10/incomes-2.csv")
    assert (later.known_before, later.rows_loaded, later.rows_duplicate) == (False, 0, 3)


def test_one_delivery_of_the_folder_can_be_given_alone(
    place: Workspace, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(delivered / "2025-01-10")
    done = ingest(place, Path())
    assert counts(done) == (15, 12, 1, 1, 1)
    assert done.report is not None
    assert done.report.folder == place.reports / "ingest" / "2025-01-10-2025-01-10"
    rest = ingest(place, delivered)
    assert sum(account.rows_read for account in rest.accounts if account.known_before) == 15


def test_one_delivery_after_the_other_gives_the_same_bytes_as_all_at_once(
    place: Workspace, delivered: Path, whole: Workspace
) -> None:
    for folder in sorted(delivered.iterdir()):
        ingest(place, folder)
    assert kept(place) == kept(whole)


@pytest.mark.parametrize("order", [(0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_facts_end_up_the_same_in_whatever_order_their_deliveries_come(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Once the villages are known. The day of knowledge may be later: a fact is known when its household is."""
    days = ["2025-01-10", "2025-02-10", "2025-03-10"]
    files = {day: {name: text for name, text in DELIVERIES[day].items() if name != "delivery.toml"} for day in days}
    folder = write_deliveries(tmp_path / "in", {"2025-01-01": {"villages.csv": VILLAGES}, **files})
    straight, other = workspace_in(tmp_path / "straight"), workspace_in(tmp_path / "other")
    ingest(straight, folder)
    for day in ("2025-01-01", *(days[number] for number in order)):
        ingest(other, folder / day)
    for name in ("incomes", "employment", "medical_settlements", "social_assistance"):
        for county in COUNTIES:
            one, two = (known(w, name, county).select(TABLES[name].payload).sort(pl.all()) for w in (straight, other))
            assert one.equals(two), name
        assert known(straight, name).height > 1


# --- files that cannot be used ---


def test_bad_rows_are_quarantined_with_reasons_and_the_good_ones_go_on(place: Workspace, delivered: Path) -> None:
    done = ingest(place, delivered)
    assert done.report is not None
    assert lines_of(done.report.quarantine, "file", "row", "column", "value", "rule") == [
        ("2025-01-10/incomes.csv", 6, "amount", "many", "unreadable")
    ]
    assert lines_of(done.report.waiting, "file", "row", "rule") == [("2025-05-10/incomes.csv", 3, "waits")]
    warned = {(file, rule) for file, rule in lines_of(done.report.warnings, "file", "rule")}
    assert warned == {
        ("2025-03-10/households.csv", "K05"),
        ("2025-04-10/members.csv", "late_state"),
        ("2025-04-10/social_assistance.csv", "full_list"),
        ("2025-05-10/monitoring_episodes.csv", "2.16"),
    }
    assert done.report.folder == place.reports / "ingest" / "2025-05-10-deliveries"


def test_too_large_a_share_of_bad_rows_fails_a_file_by_name(place: Workspace, delivered: Path) -> None:
    done = ingest(place, delivered)
    assert (done.above_limit, done.failed) == (["2025-01-10/incomes.csv"], True)
    assert any("above the limit" in line for line in done.lines())


def test_a_rejected_file_is_reported_and_the_others_go_on(place: Workspace, delivered: Path) -> None:
    day = delivered / "2025-01-10"
    (day / "incomes.csv").write_text("户编号,金额\n1,100\n", "utf-8")
    (day / "income.csv").write_text(INCOMES, "utf-8")
    (day / "old").mkdir()
    done = ingest(place, delivered)
    assert [line.partition(": ")[0] for line in done.rejected] == [
        *("2025-01-10/income.csv", "2025-01-10/old", "2025-01-10/incomes.csv"),
    ]
    assert done.failed
    assert [account.rows_read for account in done.accounts if account.rejected] == [0, 0, 0]
    assert counts(done)[1] == 27
    text = "\n".join(done.lines())
    assert "Did you mean incomes" in text
    assert done.report is not None
    assert "income.csv" in done.report.page.read_text("utf-8")


def test_a_later_report_leaves_the_one_that_shows_the_lines(place: Workspace, delivered: Path) -> None:
    (delivered / "2025-01-10" / "unheard-of.csv").write_text("甲,乙\n1,2\n", "utf-8")
    first = ingest(place, delivered).report
    assert first is not None
    before = first.page.read_bytes()
    again, third = ingest(place, delivered).report, ingest(place, delivered).report
    assert again is not None
    assert third is not None
    assert len({first.folder, again.folder, third.folder}) == 3
    assert first.page.read_bytes() == before


def test_a_rejected_file_is_read_again_once_it_is_corrected(place: Workspace, delivered: Path) -> None:
    file = delivered / "2025-01-10" / "incomes.csv"
    right = file.read_bytes()
    file.write_text("户编号,金额\n1,100\n", "utf-8")
    assert len(ingest(place, delivered).rejected) == 1
    assert len(ingest(place, delivered).rejected) == 1, "it is still wrong"
    file.write_bytes(right)
    done = ingest(place, delivered)
    assert (done.rejected, done.rows_loaded + done.rows_released) == ([], 5 - 1)


def test_a_delivery_dated_after_today_is_refused_and_nothing_is_loaded(place: Workspace, delivered: Path) -> None:
    with pytest.raises(UsageError, match="dated after today"):
        ingest(place, delivered, today=date(2025, 5, 9))
    assert place.lake.counties() == []
    assert ingest(place, delivered, today=date(2025, 5, 10)).rows_loaded


@pytest.mark.parametrize("name", ["missing", "file.csv"])
def test_what_is_no_folder_is_refused(place: Workspace, tmp_path: Path, name: str) -> None:
    (tmp_path / "file.csv").write_text("a\n1\n", "utf-8")
    with pytest.raises(UsageError, match="is not a folder"):
        ingest(place, tmp_path / name)


def test_numbers_without_a_key_are_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    bare = workspace_in(tmp_path / "bare", key=False)
    village = {"villages.csv": VILLAGES, "delivery.toml": 'ids = "canonical"\n'}
    folder = write_deliveries(tmp_path / "in", {"2025-01-01": village, **DELIVERIES})
    with pytest.raises(UsageError, match="riskmodel init"):
        ingest(bare, folder)
    assert bare.lake.counties() == []
    assert ingest(bare, folder / "2025-01-01").rows_loaded == 2, "hashes and codes need no key"
    assert not identity_store_path(bare).exists()


def test_nothing_is_written_while_another_process_writes(place: Workspace, delivered: Path) -> None:
    lock = place.lake.folder / "locks" / f"county={COUNTIES[0]}"
    with locked(lock, "a test"), pytest.raises(BusyError, match="is writing here"):
        ingest(place, delivered)
    assert place.lake.counties() == []
    assert ingest(place, delivered).rows_loaded == 30


# --- reports ---


def test_a_report_never_shows_a_number_or_a_name(place: Workspace, delivered: Path) -> None:
    torn, unfit = id_number(11), "990101197403059999"
    (delivered / "2025-02-10" / "employment.csv").write_text(
        f"证件号码,姓名,月份,是否务工,月工资\n{torn}E,赵一,2025-01,是\n{unfit},赵一,2025-01,是,x\n", "utf-8"
    )
    done = ingest(place, delivered)
    assert done.report is not None
    assert done.report.quarantine is not None
    assert {row for (row,) in lines_of(done.report.quarantine, "row")} == {2, 3, 6}
    shown = done.report.page.read_text("utf-8") + str(pl.read_parquet(done.report.quarantine).rows())
    shown += "\n".join(done.lines())
    assert not [text for text in (torn, unfit, A, "赵一") if text in shown]
    lake = b"".join(contents(place.lake.folder).values())
    assert not [text for text in (A, B, "赵一", "李四") if text.encode() in lake]


def test_a_new_report_of_the_same_folder_stands_beside_the_old_one(place: Workspace, delivered: Path) -> None:
    first = ingest(place, delivered)
    assert first.report is not None
    assert first.report.quarantine is not None
    file = delivered / "2025-01-10" / "incomes.csv"
    file.write_text(file.read_text("utf-8").replace("many", "7"), "utf-8")
    second = ingest(place, delivered)
    assert second.report is not None
    assert second.report.folder == first.report.folder.with_name(f"{first.report.folder.name}-2")
    assert (second.report.quarantine, first.report.quarantine.exists()) == (None, True)
    assert (second.rows_loaded, second.rows_refused, second.failed) == (1, 0, False)


def test_of_many_files_the_terminal_shows_a_line_per_table(place: Workspace, tmp_path: Path) -> None:
    start = {"2025-01-10": {n: t for n, t in DELIVERIES["2025-01-10"].items() if n != "incomes.csv"}}
    many = {f"incomes-{n}.csv": f"{INCOMES}1,{2020 + n // 12}-{n % 12 + 1},务工,{n}\n" for n in range(MOST_LINES + 1)}
    done = ingest(place, write_deliveries(tmp_path / "in", {**start, "2025-02-10": {**many, "x.csv": "a\n"}}))
    lines = list(done.lines())
    assert len(lines) < 15
    (row,) = (line for line in lines if "月度收入" in line)
    assert row.split() == ["41", "份文件", "月度收入", *("41", "41", "0", "0", "0", "0", "0")]
    assert any("x.csv" in line for line in lines)


# --- the survey ---


def test_the_raw_files_of_the_survey_are_loaded_quarter_by_quarter_with_their_lines(
    place: Workspace, tmp_path: Path
) -> None:
    for tag in ("a05t1", "a05t2"):
        write_quarter(tmp_path / "raw", tag, [{"ITF": 100, "IPCF": 100}], [{"P21": 100}])
    done = ingest(place, tmp_path / "raw")
    read, loaded, repeated, waiting, refused = counts(done)
    assert (read, loaded, waiting, refused) == (done.rows_read, read - repeated, 0, 0)
    assert {account.received_on for account in done.accounts} == {"2005-04-15", "2005-07-15"}
    assert place.policy.value("monitoring_line", "990143", on=date(2005, 5, 1), known=END) == 0.6 * 100 * 12
    before = contents(place.lake.folder)
    again = ingest(place, tmp_path / "raw")
    assert (again.rows_loaded, again.rows_duplicate) == (0, read)
    assert contents(place.lake.folder) == before
