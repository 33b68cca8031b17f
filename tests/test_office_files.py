"""The files of an office as they are, and files with cells spoiled at random."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office_files import DELIVERIES, VILLAGES, counts, id_number, id_of, known, lines_of, workspace_in, write_deliveries
from riskmodel.review.audit import AuditLog
from riskmodel.review.identities import Identity, IdentityStore, Reader, look_up
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.ingest_summary import remarks
from riskmodel.workflows.installation import identity_key, identity_store_path
from riskmodel.workflows.workspace import Workspace
from sources.workbooks import write_rows, write_sheets


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """An empty workspace with a key."""
    return workspace_in(tmp_path / "home")


def behind(workspace: Workspace, *ids: str) -> list[Identity]:
    """Who stands behind ids, asked by the one door."""
    store = IdentityStore(identity_store_path(workspace), identity_key(workspace))
    now = datetime(2025, 6, 1, tzinfo=UTC)
    return look_up(store, ids, Reader("ann", "test"), AuditLog(workspace.home / "log"), now)


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


def test_a_copy_in_capitals_with_semicolons_and_a_total_is_read_and_a_note_before_the_table_is_told(
    place: Workspace, tmp_path: Path
) -> None:
    day = office_files(tmp_path / "in")
    home = day / "2025-03-10"
    lines = (home / "incomes.csv").read_text("gb18030").replace(",", ";").replace("合计", "合计：")
    (home / "incomes.csv").unlink()
    (home / "INCOMES (1).CSV").write_text(lines, "gb18030")
    rows = [("户编号", "月份", "收入项目", "金额"), ("990101000001", "2025-01", "务工", 1)]
    write_sheets(home / "incomes - 副本.xlsx", {"说明": [("填表说明",)], "数据": rows})
    done = ingest(place, day)
    told = {account.file.partition("/")[2]: account for account in done.accounts}
    copy = told["INCOMES (1).CSV"]
    assert (copy.rows_read, copy.rows_loaded, copy.skipped) == (2, 2, 1)
    assert sorted(known(place, "incomes")["amount"]) == [30000, 420000]
    assert remarks(told["incomes - 副本.xlsx"]).startswith("整份退回；前 10 行中没有“月度收入”的表头。")
    note = '[files."incomes - 副本.xlsx"]\nsheet = "数据"\n'
    assert all(line in remarks(told["incomes - 副本.xlsx"]) for line in note.splitlines())
    with (home / "delivery.toml").open("a", encoding="utf-8") as file:
        file.write(note)
    assert ingest(place, day).rows_loaded == 1


# --- any rows, any cells ---

SPOILT = st.sampled_from(["", "many", "-1", "1e99", "2025-13", "无", "=1+1", '"', "\u3000", "9" * 20, "务工,", "\n"])
FILES = {name: text for name, text in DELIVERIES["2025-01-10"].items() if name != "villages.csv"}


@settings(max_examples=12)
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
