from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.sources.delivery import NOTE as NOTE_NAME
from riskmodel.sources.delivery import deliveries, opened, unless_empty
from riskmodel.sources.identifiers import Hasher
from riskmodel.sources.personal import PERSONAL
from riskmodel.sources.source import Received, check
from riskmodel.tables import TABLES
from sources.workbooks import write_rows, write_sheets
from worked_example import full_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

H1, H2 = full_id("H01"), full_id("H02")
MAN, WOMAN = "990101197403050014", "990101197611020020"
HASHER = Hasher(bytes(range(32)))
NOTE = 'ids = "canonical"\ncounty = "990101"\n'
INCOMES = f"household_id,month,component,amount\n{H1},2025-01,wage_work,4200.50\n"
HOUSEHOLDS = (
    "household_id,valid_from,village_code,category,size,status\n"
    f"{H1},2025-01-01,990101001001,ordinary,3,active\n{H2},2025-01-01,990102001001,ordinary,2,active\n"
)


def deliver(folder: Path, files: Mapping[str, str | bytes], note: str | None = NOTE, day: str = "2025-03-10") -> Path:
    """A delivery folder with these files."""
    home = folder / day
    home.mkdir(parents=True)
    for name, content in files.items():
        (home / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    if note is not None:
        (home / NOTE_NAME).write_text(note, encoding="utf-8")
    return home


def read(folder: Path, hasher: Hasher | None = None) -> list[Received]:
    """All files of a delivery, read."""
    return [file.read(hasher) for file in opened(folder)]


def test_a_file_named_after_its_table_is_read(tmp_path: Path) -> None:
    (file,) = opened(deliver(tmp_path, {"incomes.csv": INCOMES}))
    assert (file.name, file.table, file.source, file.mode) == ("2025-03-10/incomes.csv", "incomes", "finance", "r")
    assert (file.received_on, file.county, file.canonical) == (date(2025, 3, 10), "990101", True)
    assert file.sha256 == hashlib.sha256(INCOMES.encode()).hexdigest()
    received = file.read(None)
    assert (received.file, received.table, received.sha256) == (file.name, "incomes", file.sha256)
    assert check(received).sound.select("household_id", "month", "amount", "known_at", "row").row(0) == (
        *(H1, date(2025, 1, 1), 420050, date(2025, 3, 10), 2),
    )


def test_a_file_may_be_named_after_the_chinese_title_of_its_table(tmp_path: Path) -> None:
    (file,) = opened(deliver(tmp_path, {"月度收入-2.CSV": INCOMES}))
    assert (file.table, file.read(None).rows.height) == ("incomes", 1)


@pytest.mark.parametrize(
    "name",
    [
        *("INCOMES.CSV", "Incomes-2.csv", "incomes (1).csv", "incomes(2).csv", "incomes (1)-2.csv", "incomes_2.csv"),
        *("incomes - 副本.csv", "incomes - 副本 (2).csv"),
        *("月度收入 (1).csv", "月度收入_2.CSV", "月度收入 - 副本.csv"),
    ],
)
def test_a_copy_of_a_file_and_a_name_in_capitals_belong_to_the_table(tmp_path: Path, name: str) -> None:
    (file,) = opened(deliver(tmp_path, {name: INCOMES}))
    assert (file.table, file.read(None).rows.height) == ("incomes", 1)


@pytest.mark.parametrize("name", ["incomes_new.csv", "incomes2.csv", "incomes (neu).csv", "(1).csv", "_2.csv"])
def test_no_other_addition_to_a_name_is_guessed(tmp_path: Path, name: str) -> None:
    (file,) = opened(deliver(tmp_path, {name: INCOMES}))
    with pytest.raises(RejectedFile, match=r"no table is called.*没有名为"):
        file.read(None)


def test_a_table_with_lines_in_its_name_may_be_copied_too(tmp_path: Path) -> None:
    names = [f"{name}{end}.csv" for name in TABLES for end in ("", "_2", " (1)")]
    assert [file.table for file in opened(deliver(tmp_path, dict.fromkeys(names, "x")))] == [
        name for name in TABLES for _ in range(3)
    ]


def test_delivery_toml_says_what_the_name_of_a_file_does_not(tmp_path: Path) -> None:
    note = NOTE + (
        '[files."x.csv"]\ntable = "incomes"\nsource = "village"\nfull_list = true\nreference_date = 2025-02-28\n'
        "period_from = 2025-01-01\nperiod_to = 2025-01-31\n"
    )
    (file,) = read(deliver(tmp_path, {"x.csv": INCOMES}, note))
    assert (file.table, file.source, file.full_list, file.county) == ("incomes", "village", True, "990101")
    assert (file.period_from, file.period_to) == (date(2025, 1, 1), date(2025, 1, 31))
    assert file.reference_date == date(2025, 2, 28)


def test_files_come_in_the_order_of_the_tables_and_each_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = deliver(tmp_path, {"incomes-2.csv": INCOMES, "incomes.csv": INCOMES, "households.csv": HOUSEHOLDS})
    files = opened(folder)
    assert [f.path.name for f in files] == ["households.csv", "incomes-2.csv", "incomes.csv"]
    (folder / "incomes.csv").write_text(INCOMES.replace("4200.50", "1"), encoding="utf-8")
    assert files[2].read(None).rows["amount"].to_list() == [100]


def test_every_faulty_line_ends_in_one_list_with_the_text_of_the_file(tmp_path: Path) -> None:
    lines = [
        f"{H1},2025-01,wage_work,4200.50",
        f"{H1},2025-02,wage_work,4.200,50",
        f"{H1},2025/02,wage_work,many",
        f"{H1},spring,wages,3",
        f"{H1},2025-02,wages,3",
        f"{H1},2025-02,wage_work,",
        f"{H1},2025-02",
        "",
        f"{H1},2025-01,wage_work,4200.5",
    ]
    rows = "household_id,month,component,amount\n" + "\n".join(lines) + "\n"
    (file,) = read(deliver(tmp_path, {"incomes.csv": rows}))
    done = check(file)
    assert done.refused.select("row", "column", "value", "rule").rows() == [
        (3, "household_id", H1, "cells"),
        (4, "amount", "many", "unreadable"),
        (5, "month", "spring", "unreadable"),
        (6, "component", "wages", "code"),
        (7, "amount", None, "required"),
        (8, "household_id", H1, "cells"),
    ]
    assert (done.rows_read, done.sound.height, done.rows_duplicate) == (8, 1, 1)
    assert file.skipped == 1
    assert done.remarks == ("1 empty line(s) skipped / 已跳过空行",)


def test_a_delivery_may_say_when_a_row_was_known_and_that_it_holds_no_more(tmp_path: Path) -> None:
    header, line = INCOMES.splitlines()
    rows = f"{header},known_at,source,retracted\n{line},2025-02-20,village,1\n"
    (file,) = read(deliver(tmp_path, {"incomes.csv": rows}, NOTE + 'mode = "h"\n'))
    assert file.mode == "h"
    sound = check(file).sound
    assert sound.select("known_at", "source", "retracted").row(0) == (date(2025, 2, 20), "village", True)


# --- ids --------------------------------------------------------------------------------------------------------------


def test_numbers_are_hashed_unless_the_note_calls_them_canonical(tmp_path: Path) -> None:
    rows = "户编号,月份,收入项目,金额\n12,2025年1月,务工,4200.5\n"
    (file,) = read(deliver(tmp_path, {"incomes.csv": rows}, None), HASHER)
    assert file.rows["household_id"].to_list() == HASHER.ids("household", pl.Series(["12"])).to_list()
    assert check(file).sound.select("month", "component", "amount").row(0) == (date(2025, 1, 1), "wage_work", 420050)


def test_an_id_that_calls_itself_canonical_and_is_none_is_refused_by_the_checks(tmp_path: Path) -> None:
    rows = INCOMES.replace(H1, "12")
    (file,) = read(deliver(tmp_path, {"incomes.csv": rows}), HASHER)
    assert check(file).refused.select("column", "rule").rows() == [("household_id", "form")]


def test_numbers_without_a_key_are_a_wrong_use_that_says_how_to_make_one(tmp_path: Path) -> None:
    (file,) = opened(deliver(tmp_path, {"incomes.csv": INCOMES}, None))
    with pytest.raises(UsageError, match=r"incomes\.csv.*riskmodel init"):
        file.read(None)


PEOPLE = (
    "户编号,证件号码,姓名,联系电话,与户主关系,出生年月,性别,变更日期\n"
    f"12,{MAN},张三,13900000001,户主,1974-03,男,2025-01-01\n12,,李四,,配偶,1976-11,女,2025-01-01\n"
    f"12,{WOMAN[:-3]}000,王五,,子女,2001-05,男,2025-01-01\n"
)


def test_names_go_to_the_identities_and_never_among_the_rows(tmp_path: Path) -> None:
    (file,) = read(deliver(tmp_path, {"members.csv": PEOPLE}, None), HASHER)
    assert not set(PERSONAL) & set(file.rows.columns)
    assert file.identities is not None
    (head,) = HASHER.ids("person", pl.Series([MAN]))
    (house,) = HASHER.ids("household", pl.Series(["12"]))
    known = {who["id"]: who for who in file.identities.iter_rows(named=True)}
    assert (known[head]["name"], known[head]["phone"]) == ("张三", "13900000001")
    assert (known[house]["number"], known[house]["head_name"]) == ("12", "张三")
    assert MAN not in str(file.identities.rows())


def test_a_number_that_lost_digits_is_refused_and_one_with_a_name_of_its_own_is_an_alias(tmp_path: Path) -> None:
    (file,) = read(deliver(tmp_path, {"members.csv": PEOPLE}, None), HASHER)
    assert check(file).refused.select("row", "rule").rows() == [(4, "digits_lost")]
    assert check(file).sound.height == 2, "who has no number goes by household, name and month of birth"
    assert file.aliases is not None
    noid = HASHER.ids("person", pl.Series(["noid|12|张三|1974-03"]))[0]
    assert (noid, HASHER.ids("person", pl.Series([MAN]))[0]) in file.aliases.rows()


def test_names_in_a_canonical_delivery_are_dropped(tmp_path: Path) -> None:
    rows = (
        HOUSEHOLDS.replace("size,", "size,姓名,")
        .replace("ordinary,3,", "ordinary,3,张三,")
        .replace("ordinary,2,", "ordinary,2,李四,")
    )
    (file,) = read(deliver(tmp_path, {"households.csv": rows}))
    assert not set(PERSONAL) & set(file.rows.columns)
    assert (file.identities, file.aliases, check(file).sound.height) == (None, None, 2)


# --- workbooks and other kinds ----------------------------------------------------------------------------------------

TITLES = ("户编号", "月份", "收入项目", "金额(万元)")


def test_a_workbook_is_read_with_its_title_row_its_unit_and_its_total(tmp_path: Path) -> None:
    folder = deliver(tmp_path, {}, None)
    lines = (("2025年1月收入",), TITLES, ("12", "2025-01", "务工", 0.42), ("合计", None, None, 0.42))
    write_rows(folder / "incomes.xlsx", *lines)
    (file,) = read(folder, HASHER)
    assert check(file).sound.select("row", "amount").rows() == [(3, 420000)]
    assert file.skipped == 1


def test_the_note_may_name_the_sheet(tmp_path: Path) -> None:
    note = '[files."incomes.xlsx"]\nsheet = "二月"\n'
    folder = deliver(tmp_path, {}, note)
    months: dict[str, Sequence[Sequence[object]]] = {
        name: [TITLES, ("12", f"2025-0{n}", "务工", n)] for n, name in enumerate(("一月", "二月"), start=1)
    }
    write_sheets(folder / "incomes.xlsx", months)
    (file,) = read(folder, HASHER)
    assert file.rows["month"].to_list() == [date(2025, 2, 1)]
    (folder / NOTE_NAME).write_text('[files."incomes.xlsx"]\nsheet = "三月"\n', "utf-8")
    with pytest.raises(RejectedFile, match="三月"):
        read(folder, HASHER)


@pytest.mark.parametrize("name", ["incomes.csv", "INCOMES.CSV", "incomes.parquet"])
def test_a_sheet_of_a_file_that_has_none_is_a_wrong_note(tmp_path: Path, name: str) -> None:
    folder = deliver(tmp_path, {name: INCOMES}, NOTE + f'[files."{name}"]\nsheet = "二月"\n')
    with pytest.raises(UsageError, match=r"delivery\.toml.*sheet is '二月', but only a workbook"):
        opened(folder)


def test_chinese_csv_of_a_spreadsheet_is_read(tmp_path: Path) -> None:
    rows = "户编号,月份,收入项目,金额\n12,2025年1月,务工,4200.5\n".encode("gb18030")
    (file,) = read(deliver(tmp_path, {"incomes.csv": rows}, None), HASHER)
    assert file.rows["amount"].to_list() == [420050]


def test_parquet_of_another_system_is_read(tmp_path: Path) -> None:
    folder = deliver(tmp_path, {})
    frame = pl.DataFrame({"household_id": [H1], "month": [date(2025, 1, 1)], "component": ["wage_work"]})
    frame.with_columns(amount=pl.lit(4200.5)).write_parquet(folder / "incomes.parquet")
    (file,) = read(folder)
    assert check(file).sound.select("row", "amount").rows() == [(1, 420050)]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("income.csv", r"no table is called 'income'\. Did you mean incomes.*\. / .*是不是“月度收入”？"),
        ("月度收入表.csv", r"no table is called '月度收入表'.*\. / 没有名为“月度收入表”的表。是不是“月度收入”？"),
        ("abc.csv", r"Known: villages, .*\. / .*全部表名见 docs/tables\.md"),
        ("notes.txt", r"neither a \.csv nor an \.xlsx nor a \.parquet"),
        ("incomes.xls", "neither"),
        ("incomes", "neither"),
    ],
)
def test_a_file_that_is_no_table_is_rejected_when_it_is_read_and_the_others_are_not(
    tmp_path: Path, name: str, message: str
) -> None:
    bad, good = opened(deliver(tmp_path, {"households.csv": HOUSEHOLDS, name: INCOMES}))
    assert (bad.path.name, bad.table, bad.name) == (name, "", f"2025-03-10/{name}")
    with pytest.raises(RejectedFile, match=message):
        bad.read(HASHER)
    assert good.read(None).rows.height == 2


def test_a_folder_in_a_delivery_is_rejected_like_a_file_that_is_no_table(tmp_path: Path) -> None:
    folder = deliver(tmp_path, {"incomes.csv": INCOMES})
    (folder / "old.csv").mkdir()
    bad, good = opened(folder)
    with pytest.raises(RejectedFile, match=r"old\.csv is neither"):
        bad.read(None)
    with pytest.raises(RejectedFile, match=r"old\.csv is neither"):
        _ = bad.sha256
    assert good.read(None).rows.height == 1


def test_a_file_of_another_content_than_its_ending_says_is_rejected(tmp_path: Path) -> None:
    (file,) = opened(deliver(tmp_path, {"incomes.xlsx": INCOMES}))
    with pytest.raises(RejectedFile, match=r"incomes\.xlsx"):
        file.read(None)


# --- folders ----------------------------------------------------------------------------------------------------------


def test_a_folder_of_deliveries_is_read_in_order_of_days_and_one_delivery_is_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2025-03-10", "2024-12-31", "2025-01-02"):
        deliver(tmp_path, {"incomes.csv": INCOMES}, day=day)
    assert [p.name for p in deliveries(tmp_path)] == ["2024-12-31", "2025-01-02", "2025-03-10"]
    assert list(deliveries(tmp_path / "2025-01-02")) == [tmp_path / "2025-01-02"]
    monkeypatch.chdir(tmp_path / "2025-01-02")
    assert [file.name for folder in deliveries(Path()) for file in opened(folder)] == ["2025-01-02/incomes.csv"]


@pytest.mark.parametrize("stray", ["2025-02-30", "March", "2025-3-1", "２０２５-03-01"])
def test_a_folder_that_is_no_day_is_an_error_not_overlooked(tmp_path: Path, stray: str) -> None:
    deliver(tmp_path, {"incomes.csv": INCOMES})
    (tmp_path / stray).mkdir()
    with pytest.raises(UsageError, match=stray):
        list(deliveries(tmp_path))


def test_a_file_beside_deliveries_is_an_error_not_overlooked(tmp_path: Path) -> None:
    deliver(tmp_path, {"incomes.csv": INCOMES})
    (tmp_path / "2025-03-11.zip").write_bytes(b"PK")
    with pytest.raises(UsageError, match=r"2025-03-11\.zip"):
        list(deliveries(tmp_path))


def test_a_place_without_deliveries_is_an_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match="2025-03-10"):
            list(deliveries(place))
    with pytest.raises(UsageError, match="no delivery"):
        opened(tmp_path / "absent")
    with pytest.raises(UsageError, match="no delivery"):
        opened(tmp_path / "2025-03-10")


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ('ids = "raw"', "ids is 'raw'. Write \"canonical\""),
        (NOTE + "cuonty = 3", "cuonty is not known. Did you mean county"),
        ('ids = "canonical"\ncounty = 990101', "county is 990101. Write 6 digits in quotes"),
        ('ids = "canonical"\ncounty = "9901"', "6 digits"),
        (NOTE + 'mode = "x"', "mode is 'x'"),
        (NOTE + "ids ==", "TOML"),
        (NOTE + "files = 3", r"\[files"),
        (NOTE + "files = {a = 3}", r"\[files"),
        (NOTE + '[files."absent.csv"]', "absent.csv, which is not in the folder"),
        (NOTE + '[files."incomes.csv"]\nsuorce = "agri"', "suorce.*Did you mean source"),
        (NOTE + '[files."incomes.csv"]\nsource = "agric"', "Did you mean agri"),
        (NOTE + '[files."incomes.csv"]\nfull_list = "yes"', "full_list is 'yes'. Write true or false"),
        (NOTE + '[files."incomes.csv"]\nsheet = 2', "sheet is 2. Write the name of a sheet"),
        (NOTE + '[files."incomes.csv"]\nperiod_from = 2025-01-01T00:00:00', "period_from"),
        (NOTE + '[files."incomes.csv"]\nreference_date = "2025-01-01"', "reference_date"),
        (NOTE + '[files."incomes.csv"]\nreference_date = 2025-03-11', "later than the day of receipt"),
        (NOTE + '[files."incomes.csv"]\nperiod_from = 2025-02-01\nperiod_to = 2025-01-01', "later than period_to"),
    ],
)
def test_a_wrong_note_is_an_error_that_says_what_to_write(tmp_path: Path, note: str, message: str) -> None:
    folder = deliver(tmp_path, {"incomes.csv": INCOMES}, note)
    with pytest.raises(UsageError, match=message) as caught:
        opened(folder)
    assert NOTE_NAME in str(caught.value)


def test_a_note_that_is_not_utf8_is_an_error_and_a_mark_of_windows_is_none(tmp_path: Path) -> None:
    folder = deliver(tmp_path, {"incomes.csv": INCOMES})
    (folder / NOTE_NAME).write_bytes(b"\xef\xbb\xbf" + NOTE.encode())
    assert opened(folder)[0].canonical
    (folder / NOTE_NAME).write_bytes('# 说明\ncounty = "990101"\n'.encode("gb18030"))
    with pytest.raises(UsageError, match="UTF-8"):
        opened(folder)


def test_a_delivery_needs_no_note_and_its_ids_are_numbers_then(tmp_path: Path) -> None:
    (file,) = opened(deliver(tmp_path, {"incomes.csv": INCOMES}, None))
    assert (file.canonical, file.county, file.mode, file.source) == (False, None, "r", "finance")


def test_a_delivery_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        opened(deliver(tmp_path, {}))


def test_hidden_files_and_those_that_an_open_program_leaves_are_not_part_of_a_delivery(tmp_path: Path) -> None:
    files = {"incomes.csv": INCOMES, ".incomes.csv.swp": "x", "~$incomes.xlsx": "x"}
    assert [file.path.name for file in opened(deliver(tmp_path, files))] == ["incomes.csv"]


def test_only_an_empty_folder_is_none(tmp_path: Path) -> None:
    (tmp_path / ".hidden").touch()
    assert unless_empty(tmp_path) is None
    assert unless_empty(tmp_path / "not there") == tmp_path / "not there"
    (tmp_path / "2025-01-10").mkdir()
    assert unless_empty(tmp_path) == tmp_path
