from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import RejectedFile, UsageError
from riskmodel.sources.delivery import deliveries, received
from riskmodel.sources.source import check
from worked_example import full_id

if TYPE_CHECKING:
    from pathlib import Path

H1, H2, P1 = full_id("H01"), full_id("H02"), full_id("P01")
NOTE = 'ids = "canonical"\ncounty = "990101"\n'
INCOMES = f"household_id,month,component,amount\n{H1},2025-01,wage_work,4200.50\n"
HOUSEHOLDS = (
    "household_id,valid_from,village_code,category,size,status\n"
    f"{H1},2025-01-01,990101001001,ordinary,3,active\n{H2},2025-01-01,990102001001,ordinary,2,active\n"
)


def deliver(folder: Path, files: dict[str, str], note: str | None = NOTE, day: str = "2025-03-10") -> Path:
    """A delivery folder with these files."""
    home = folder / day
    home.mkdir(parents=True)
    for name, content in files.items():
        (home / name).write_text(content, encoding="utf-8")
    if note is not None:
        (home / "delivery.toml").write_text(note, encoding="utf-8")
    return home


def test_a_file_named_after_its_table_is_read(tmp_path: Path) -> None:
    (file,) = received(deliver(tmp_path, {"incomes.csv": INCOMES}))
    assert (file.file, file.table, file.source, file.mode) == ("2025-03-10/incomes.csv", "incomes", "finance", "r")
    assert file.received_on == date(2025, 3, 10)
    assert file.sha256 == hashlib.sha256(INCOMES.encode()).hexdigest()
    (batch,) = check(file).batches
    assert batch.county == "990101"
    assert batch.rows.select("household_id", "month", "amount", "known_at").row(0) == (
        H1,
        date(2025, 1, 1),
        420050,
        date(2025, 3, 10),
    )


def test_delivery_toml_says_table_source_period_and_completeness(tmp_path: Path) -> None:
    note = NOTE + (
        '[files."x.csv"]\ntable = "incomes"\nsource = "village"\nfull_list = true\n'
        "period_from = 2025-01-01\nperiod_to = 2025-01-31\n"
    )
    (file,) = received(deliver(tmp_path, {"x.csv": INCOMES}, note))
    assert (file.table, file.source, file.full_list) == ("incomes", "village", True)
    assert (file.period_from, file.period_to) == (date(2025, 1, 1), date(2025, 1, 31))


def test_files_come_in_the_order_of_the_tables_one_at_a_time(tmp_path: Path) -> None:
    files = {"incomes-2.csv": INCOMES, "incomes.csv": INCOMES, "households.csv": HOUSEHOLDS}
    folder = deliver(tmp_path, files)
    found = received(folder)
    assert next(found).file.endswith("households.csv")
    (folder / "incomes.csv").write_text(INCOMES.replace("4200.50", "1"), encoding="utf-8")
    rest = list(found)
    assert [f.file.rpartition("/")[2] for f in rest] == ["incomes-2.csv", "incomes.csv"]
    assert rest[1].rows["amount"].to_list() == [100]


def test_a_row_lies_where_its_household_lies_in_the_same_delivery_else_where_the_note_says(tmp_path: Path) -> None:
    other = full_id("H03")
    rows = INCOMES + "".join(f"{h},2025-01,wage_work,1\n" for h in (H2, other))
    folder = deliver(tmp_path, {"households.csv": HOUSEHOLDS, "incomes.csv": rows})
    homes, incomes = received(folder)
    assert homes.rows["county"].to_list() == ["990101", "990102"]
    assert incomes.rows["county"].to_list() == ["990101", "990102", "990101"]


def test_without_a_county_a_row_that_no_household_locates_is_refused(tmp_path: Path) -> None:
    rows = INCOMES + f"{full_id('H03')},2025-01,wage_work,1\n"
    folder = deliver(tmp_path, {"households.csv": HOUSEHOLDS, "incomes.csv": rows}, 'ids = "canonical"\n')
    checked = check(list(received(folder))[1])
    assert checked.quarantined.select("row", "rule").rows() == [(3, "county")]


def test_every_faulty_line_ends_in_one_list_with_the_text_of_the_file(tmp_path: Path) -> None:
    lines = [
        f"{H1},2025-01,wage_work,4200.50",
        f"{H1},2025-02,wage_work,4.200,50",
        f"{H1},2025/02,wage_work,many",
        f"{H1},2025-02,wages,3",
        f"{H1},2025-02,wage_work,",
        f"{H1},2025-02",
        "",
        f"{H1},2025-01,wage_work,4200.5",
    ]
    rows = "household_id,month,component,amount\n" + "\n".join(lines) + "\n"
    checked = check(next(received(deliver(tmp_path, {"incomes.csv": rows}))))
    assert checked.quarantined.select("row", "column", "value", "rule").rows() == [
        (3, "household_id", H1, "cells"),
        (4, "month", "2025/02", "unreadable"),
        (4, "amount", "many", "unreadable"),
        (5, "component", "wages", "code"),
        (6, "amount", None, "required"),
        (7, "household_id", H1, "cells"),
    ]
    assert (checked.rows_read, checked.rows_loaded, checked.rows_duplicate, checked.rows_refused) == (7, 1, 1, 5)
    assert checked.remarks == ("1 empty line(s) skipped / 已跳过空行",)


def test_a_delivery_may_say_when_a_row_was_known_and_that_it_holds_no_more(tmp_path: Path) -> None:
    header, line = INCOMES.splitlines()
    rows = f"{header},known_at,source,retracted\n{line},2025-02-20,village,1\n"
    (batch,) = check(next(received(deliver(tmp_path, {"incomes.csv": rows}, NOTE + 'mode = "h"\n')))).batches
    assert batch.mode == "h"
    assert batch.rows.select("known_at", "source", "retracted").row(0) == (date(2025, 2, 20), "village", True)


def test_a_folder_of_deliveries_is_read_in_order_of_days_and_one_delivery_is_itself(tmp_path: Path) -> None:
    for day in ("2025-03-10", "2024-12-31", "2025-01-02"):
        deliver(tmp_path, {"incomes.csv": INCOMES}, day=day)
    assert [p.name for p in deliveries(tmp_path)] == ["2024-12-31", "2025-01-02", "2025-03-10"]
    assert list(deliveries(tmp_path / "2025-01-02")) == [tmp_path / "2025-01-02"]


@pytest.mark.parametrize("stray", ["2025-02-30", "March", "2025-3-1"])
def test_a_folder_that_is_no_day_is_an_error_not_overlooked(tmp_path: Path, stray: str) -> None:
    deliver(tmp_path, {"incomes.csv": INCOMES})
    (tmp_path / stray).mkdir()
    with pytest.raises(UsageError, match=stray):
        list(deliveries(tmp_path))


def test_a_place_without_deliveries_is_an_error(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "absent"):
        with pytest.raises(UsageError, match="2025-03-10"):
            list(deliveries(place))
    with pytest.raises(UsageError, match="no delivery"):
        list(received(tmp_path / "absent"))


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (None, "next release"),
        ('ids = "raw"', "next release"),
        ('ids = "canonical"', "county is missing.*incomes"),
        (NOTE + "cuonty = 3", "cuonty is not known. Did you mean county"),
        ('ids = "canonical"\ncounty = 990101', "county is 990101. Write 6 digits in quotes"),
        ('ids = "canonical"\ncounty = "9901"', "6 digits"),
        (NOTE + 'mode = "x"', "mode is 'x'"),
        (NOTE + "ids ==", "TOML"),
        (NOTE + "files = 3", r"\[files"),
        (NOTE + '[files."absent.csv"]', "absent.csv, which is not in the folder"),
        (NOTE + '[files."incomes.csv"]\nsuorce = "agri"', "suorce.*Did you mean source"),
        (NOTE + '[files."incomes.csv"]\nsource = "agric"', "Did you mean agri"),
        (NOTE + '[files."incomes.csv"]\nfull_list = "yes"', "full_list is 'yes'. Write true or false"),
        (NOTE + '[files."incomes.csv"]\nperiod_from = 2025-01-01T00:00:00', "period_from"),
        (NOTE + '[files."incomes.csv"]\nperiod_from = 2025-02-01\nperiod_to = 2025-01-01', "later than period_to"),
    ],
)
def test_a_wrong_note_is_an_error_that_says_what_to_write(tmp_path: Path, note: str | None, message: str) -> None:
    folder = deliver(tmp_path, {"incomes.csv": INCOMES}, note)
    with pytest.raises(UsageError, match=message) as caught:
        list(received(folder))
    assert "delivery.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("income.csv", "Did you mean incomes"),
        ("notes.txt", "neither a .csv nor a .parquet"),
        ("incomes.xlsx", "next release.*CSV"),
    ],
)
def test_a_file_of_an_unknown_name_is_rejected_before_anything_is_read(tmp_path: Path, name: str, message: str) -> None:
    folder = deliver(tmp_path, {"households.csv": HOUSEHOLDS, name: INCOMES})
    with pytest.raises(RejectedFile, match=message):
        next(received(folder))


def test_a_delivery_without_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no file"):
        list(received(deliver(tmp_path, {})))


def test_hidden_files_are_not_part_of_a_delivery(tmp_path: Path) -> None:
    assert len(list(received(deliver(tmp_path, {"incomes.csv": INCOMES, ".incomes.csv.swp": "x"})))) == 1
