"""From files on a disk to the lake, the identity store and the report, and what a kill in between leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake_rows import contents
from office_files import COUNTIES, DELIVERIES, VILLAGES, A, B, id_number, workspace_in, write_deliveries
from riskmodel.errors import BusyError, UsageError
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import Identity, IdentityStore, Reader, look_up
from riskmodel.sources.identifiers import Hasher
from riskmodel.sources.intake import Intake
from riskmodel.tables import TABLES
from riskmodel.tables.files import locked
from riskmodel.workflows.ingest import MOST_LINES, Ingested, ingest
from riskmodel.workflows.installation import identity_key, identity_store_path, installation_key
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.workspace import Workspace
from sources.eph_files import write_quarter
from sources.workbooks import write_rows

T = TypeVar("T")
END = date(2025, 12, 31)
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


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """An empty workspace with a key."""
    return workspace_in(tmp_path / "home")


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """The deliveries of the office."""
    return write_deliveries(tmp_path / "deliveries")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that took in all deliveries of the office at once, undisturbed. For reading only."""
    folder = tmp_path_factory.mktemp("whole")
    workspace = workspace_in(folder / "home")
    ingest(workspace, write_deliveries(folder / "deliveries"))
    return workspace


def counts(done: Ingested) -> tuple[int, int, int, int, int]:
    """Rows read, loaded, repeated, waiting and refused; in every file the first is the sum of the others."""
    for account in done.accounts:
        ends = (account.rows_loaded, account.rows_duplicate, account.rows_waiting, account.rows_refused)
        assert account.rows_read == sum(ends), account
    found = (done.rows_read, done.rows_loaded, done.rows_duplicate, done.rows_waiting, done.rows_refused)
    assert found[0] == sum(found[1:])
    return found


def known(workspace: Workspace, name: str, county: str = COUNTIES[0]) -> pl.DataFrame:
    """What a county knows of a table in the end."""
    return workspace.lake.view(county, END).canonical(name)


def id_of(workspace: Workspace, kind: str, number: str) -> str:
    return str(Hasher(installation_key(workspace)).ids(kind, pl.Series([number]))[0])


def behind(workspace: Workspace, *ids: str) -> list[Identity]:
    """Who stands behind ids, asked by the one door."""
    store = IdentityStore(identity_store_path(workspace), identity_key(workspace))
    now = datetime(2025, 6, 1, tzinfo=UTC)
    return look_up(store, ids, Reader("ann", "test"), AuditLog(workspace.home / "log"), now)


def lines_of(path: Path | None, *columns: str) -> list[tuple[object, ...]]:
    """Lines of a part of the report."""
    assert path is not None
    return pl.read_parquet(path).select(columns).rows()


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
    assert counts(again) == (first.rows_read, 0, first.rows_read, 0, 0)
    assert all(account.known_before for account in again.accounts)
    assert (again.report, again.failed) == (None, False)


def test_a_file_that_changed_is_read_again_and_the_others_are_not(place: Workspace, delivered: Path) -> None:
    ingest(place, delivered)
    file = delivered / "2025-02-10" / "incomes-2.csv"
    file.write_text(file.read_text("utf-8").replace("5,2025-01,务工,510", "5,2025-01,务工,511"), "utf-8")
    done = ingest(place, delivered)
    assert [account.file for account in done.accounts if not account.known_before] == ["2025-02-10/incomes-2.csv"]
    assert (done.rows_loaded, done.rows_read) == (1, 37)
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
    assert ingest(place, delivered).rows_duplicate == 15 + 2


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


def test_a_new_report_of_the_same_folder_takes_the_place_of_the_old_one(place: Workspace, delivered: Path) -> None:
    first = ingest(place, delivered)
    assert first.report is not None
    assert first.report.quarantine is not None
    file = delivered / "2025-01-10" / "incomes.csv"
    file.write_text(file.read_text("utf-8").replace("many", "7"), "utf-8")
    second = ingest(place, delivered)
    assert second.report is not None
    assert (second.report.folder, second.report.quarantine) == (first.report.folder, None)
    assert not first.report.quarantine.exists()
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


# --- an office's own files ---


def office_files(folder: Path) -> Path:
    """One delivery as an office hands it over: a workbook, a CSV of a spreadsheet, amounts in 万元 with a total."""
    man, wife, son = id_number(1), id_number(2, "19761102"), id_number(3, "20050801")
    day = write_deliveries(folder, {"2025-03-10": {"villages.csv": VILLAGES}})
    home = day / "2025-03-10"
    titles = ("序号", "户编号", "户主姓名", "户主证件号码", "家庭住址", "联系电话", "村代码", "户类型", "脱贫年度")
    poor, low, other = "脱贫享受政策户", "低保户", "一般农户"
    write_rows(
        home / "households.xlsx",
        ("示例县农户基本信息表(2025年3月)",),
        (*titles, "家庭人口数", "户状态"),
        (1, "990101000001", "赵一", man, "示例村一组", "13900000001", "990101001001", poor, 2018, 3, "正常"),
        (2, "990101000002", "钱二", id_number(5), "示例村二组", "", "990101001001", low, None, 1, "正常"),
        (3, "990101000003", "孙五", id_number(7), "示例村三组", "", "99010100100", other, None, 1, "正常"),
        ("合计", *[None] * 8, 5, None),
    )
    first, rest = "990101000001", "汉族,小学,健康,普通劳动力,是"
    people = (
        "户编号,姓名,证件号码,与户主关系,出生年月,性别,民族,文化程度,健康状况,劳动技能,是否参加基本医保\n"
        f"{first},赵一,{man},户主,,,汉族,小学,长期慢性病,普通劳动力,是\n{first},李四,{wife},配偶,,,{rest}\n"
        f"{first},赵小,{son.replace('X', '0')},子女,2005-08,男,{rest}\n"  # mistyped
    )
    (home / "members.csv").write_bytes(people.encode("gb18030"))
    lines = (
        "户编号,发放月份,收入项目,金额(万元)\n990101000001,2025年2月,务工,0.42\n990101000002,2025年2月,低保金,0.03\n"
    )
    (home / "incomes.csv").write_bytes((lines + "合计,,,0.45\n").encode("gb18030"))
    note = 'county = "990101"\n[files."households.xlsx"]\nreference_date = 2025-02-28\n'
    (home / "delivery.toml").write_text(note, "utf-8")
    return day


def test_the_files_of_an_office_are_read_as_they_are(place: Workspace, tmp_path: Path) -> None:
    done = ingest(place, office_files(tmp_path / "in"))
    assert [
        (a.file.partition("/")[2], a.rows_read, a.rows_loaded, a.rows_refused, a.skipped) for a in done.accounts
    ] == [
        ("villages.csv", 2, 2, 0, 0),
        ("households.xlsx", 3, 2, 1, 1),
        ("members.csv", 3, 3, 0, 0),
        ("incomes.csv", 2, 2, 0, 1),
    ]
    first = id_of(place, "household", "990101000001")
    homes = known(place, "households")
    assert homes.filter(pl.col("household_id") == first).select("category", "valid_from", "known_at", "size").row(
        0
    ) == (*("ex_poor_policy", date(2025, 2, 28), date(2025, 3, 10), 3),)
    assert sorted(homes["category"]) == ["ex_poor_policy", "ordinary"], "低保户 is an ordinary household"
    members = known(place, "members").sort("birth_month")
    assert members.select("birth_month", "sex", "ethnicity", "chronic_illness").rows() == [
        (date(1974, 3, 1), "male", "01", True),
        (date(1976, 11, 1), "female", "01", False),
        (date(2005, 8, 1), "male", "01", False),
    ]
    assert dict(known(place, "incomes").select("component", "amount").iter_rows()) == {
        "wage_work": 420000,
        "tr_dibao": 30000,
    }


def test_people_see_who_stands_behind_an_id_and_what_to_correct(place: Workspace, tmp_path: Path) -> None:
    done = ingest(place, office_files(tmp_path / "in"))
    first, man = id_of(place, "household", "990101000001"), id_of(place, "person", id_number(1))
    house, person = behind(place, first, man)
    assert (house.number, house.head_name, house.address) == ("990101000001", "赵一", "示例村一组")
    assert (house.phone, person.name, person.phone) == ("13900000001", "赵一", None)
    assert done.report is not None
    assert lines_of(done.report.quarantine, "file", "row", "column", "rule") == [
        ("2025-03-10/households.xlsx", 5, "village_code", "form")
    ]
    warned = {
        (str(file).partition("/")[2], row, rule)
        for file, row, rule in lines_of(done.report.warnings, "file", "row", "rule")
    }
    assert ("members.csv", 4, "check_digit") in warned
    files = {account.file.partition("/")[2]: account for account in done.accounts}
    assert "序号" in "".join(files["households.xlsx"].remarks)
    page = done.report.page.read_text("utf-8")
    assert not [word for word in ("农户", "行政区划代码", "格式不符", "households.xlsx") if word not in page]
    assert id_number(1) not in page


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


# --- a kill in between ---

KILLED = """
import os, sys
from pathlib import Path
from office_files import workspace_in
from riskmodel.workflows.ingest import ingest
sync, left = os.fsync, [int(sys.argv[3])]
def dying(handle):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
    sync(handle)
os.fsync = dying
ingest(workspace_in(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def kept(place: Workspace) -> dict[str, bytes]:
    """Tables of the generations in force, batches, manifests and rows that wait."""
    for county in COUNTIES:
        place.lake.view(county, END)  # merges what a kill left unmerged
    lake = place.lake.folder
    found = {
        f"{part}/{name}": text
        for part in ("batches", "manifests", "waiting")
        for name, text in contents(lake / part).items()
    }
    for pointer in lake.glob("generations/*/CURRENT"):
        newest = max((p for p in pointer.parent.iterdir() if p.is_dir()), key=lambda p: p.name)
        tables = {name: text for name, text in contents(newest).items() if name.endswith(".parquet")}
        found |= {f"{pointer.parent.name}/{name}": text for name, text in tables.items()}
    return {name: text for name, text in found.items() if not name.endswith(".tmp")}


@pytest.mark.parametrize("at", [60, 130, 215])
def test_a_killed_ingest_goes_on_where_it_stopped_and_nothing_is_lost(
    place: Workspace, delivered: Path, whole: Workspace, at: int
) -> None:
    environment = {"PYTHONPATH": str(Path(__file__).parents[1]), "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, str(place.home), str(delivered), str(at)]
    assert subprocess.run(command, env=environment, check=False).returncode == 9
    taken = len(list(place.lake.folder.glob("receipts/*/*.json")))
    assert 0 < taken <= 15
    done = ingest(place, delivered)
    assert sum(account.known_before for account in done.accounts) == taken
    counts(done)
    assert kept(place) == kept(whole)


EVERY = 13
"""Of so many changes of files one is taken; all of them would take minutes."""


def test_a_kill_at_any_point_leaves_what_a_second_run_completes(
    place: Workspace, delivered: Path, whole: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before each change of a file of the lake the folder is copied: each copy is what a kill there would leave."""
    copies: list[Path] = []
    calls = 0

    def copying(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(path: Path, *arguments: object, **named: object) -> object:
            nonlocal calls
            calls += place.lake.folder in path.parents
            if calls % EVERY == 0 and place.lake.folder in path.parents:
                copies.append(tmp_path / f"copy{len(copies)}")
                shutil.copytree(place.home, copies[-1])
            return call(path, *arguments, **named)

        return wrapped

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink"):
            patch.setattr(Path, name, copying(getattr(Path, name)))
        ingest(place, delivered)
    assert len(copies) > 10
    for copy in copies:
        again = Workspace(type(place.settings)(copy))
        ingest(again, delivered)
        assert kept(again) == kept(whole), copy.name


def test_rows_that_waited_are_tried_by_the_run_after_a_kill_even_when_all_files_were_taken(
    place: Workspace, delivered: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [delivered / day for day in ("2025-01-10", "2025-03-10")]
    (days[1] / "medical_settlements.csv").unlink()
    (days[1] / "social_assistance.csv").unlink()
    (days[1] / "delivery.toml").unlink()
    ingest(place, days[0])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "finish", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest(place, days[1])
    done = ingest(place, days[1])
    assert all(account.known_before for account in done.accounts)
    assert done.rows_released == 1


# --- any rows, any cells ---

SPOILT = st.sampled_from(["", "many", "-1", "1e99", "2025-13", "无", "=1+1", '"', "\u3000", "9" * 20, "务工,", "\n"])
FILES = {name: text for name, text in DELIVERIES["2025-01-10"].items() if name != "villages.csv"}


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(FILES)), st.integers(0, 60), SPOILT), max_size=8), st.data())
def test_whatever_cells_are_spoiled_every_row_ends_somewhere(
    tmp_path_factory: pytest.TempPathFactory, spoilt: list[tuple[str, int, str]], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("spoilt")
    files = dict(FILES)
    for name, place, cell in spoilt:
        header, *lines = files[name].splitlines()
        number = place % len(lines)
        cells = lines[number].split(",")
        cells[data.draw(st.integers(0, len(cells) - 1))] = cell
        lines[number] = ",".join(cells)
        files[name] = "\n".join([header, *lines]) + "\n"
    village = {"villages.csv": VILLAGES}
    deliveries: Mapping[str, Mapping[str, str]] = {"2025-01-10": village | files, "2025-01-11": FILES}
    workspace = workspace_in(folder / "home")
    done = ingest(workspace, write_deliveries(folder / "in", deliveries))
    counts(done)
    if done.report is not None and done.report.quarantine is not None:
        refused = pl.read_parquet(done.report.quarantine).select("file", "row").unique()
        assert refused.height == done.rows_refused
    waits = 0 if done.report is None or done.report.waiting is None else pl.read_parquet(done.report.waiting).height
    assert waits == done.rows_waiting - done.rows_released
    assert set(TABLES) >= {account.table for account in done.accounts}
