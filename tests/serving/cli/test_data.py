from __future__ import annotations

import json
from pathlib import Path

import pytest

from command_line import answer
from office_files import workspace_in, write_deliveries
from riskmodel.workflows.documentation import pages


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """The deliveries of a small office, and a workspace `home` with a key."""
    workspace_in(tmp_path / "home")
    return write_deliveries(tmp_path / "deliveries")


def test_ingest_accounts_for_the_rows(delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (delivered / "2025-01-10" / "incomes.csv").unlink()
    done = answer(capsys, "ingest", delivered, "--json", home=tmp_path / "home")
    assert done.code == 0
    ends = ("rows_loaded", "rows_duplicate", "rows_waiting", "rows_refused")
    assert done.json["rows_read"] == sum(done.json[end] for end in ends) == 31
    assert [account["file"] for account in done.json["accounts"]][:2] == [
        *("2025-01-10/villages.csv", "2025-01-10/households.csv"),
    ]
    assert Path(done.json["report"]["page"]).is_file()
    assert "loading deliveries" in done.err


def test_without_a_folder_it_takes_in_what_was_sent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace_in(tmp_path / "home")
    shown = answer(capsys, "ingest", home=tmp_path / "home")
    assert (shown.code, shown.out) == (0, "nothing was sent that is not in the lake / 没有待入库的走访结果\n")


def test_a_second_ingest_shows_that_nothing_was_read_again(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "ingest", delivered, home=tmp_path / "home")
    again = answer(capsys, "ingest", delivered, home=tmp_path / "home")
    assert (again.code, again.out.count("此前已收到")) == (0, 15)
    assert "报告" in first.out
    assert "报告" not in again.out


def test_a_damaged_county_is_rebuilt_with_the_command_that_the_message_names(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    answer(capsys, "ingest", delivered / "2025-01-10", home=home)
    (county,) = (home / "lake" / "generations").glob("county=990101")
    (county / "CURRENT").write_text("{", "utf-8")
    shown = answer(capsys, "score", "--json", home=home)
    assert (shown.code, shown.json["error"]["kind"]) == (3, "LakeError")
    assert "riskmodel rebuild-county 990101, then" in shown.err
    assert "请运行 riskmodel rebuild-county 990101" in shown.err
    done = answer(capsys, "rebuild-county", "990101", "--json", home=home)
    assert (done.code, done.json) == (0, {"county": "990101", "batches": 4})
    assert "rebuild-county" not in answer(capsys, "score", home=home).err
    assert answer(capsys, "rebuild-county", "990199", home=home).code == 2


def test_ingest_ends_with_code_3_when_too_many_rows_are_bad(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = answer(capsys, "ingest", delivered, "--json", home=tmp_path / "home")
    assert (done.code, done.json["above_limit"]) == (3, ["2025-01-10/incomes.csv"])
    assert Path(done.json["report"]["quarantine"]).is_file()


def test_ingest_ends_with_code_3_when_a_file_was_rejected_and_says_why(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (delivered / "2025-01-10" / "incomes.csv").write_text("户编号,金额\n1,100\n", "utf-8")
    done = answer(capsys, "ingest", delivered, home=tmp_path / "home")
    assert done.code == 3
    assert "整份退回 2025-01-10/incomes.csv" in done.out
    assert "month" in done.out


def test_ingest_without_a_key_says_how_to_make_one(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = answer(capsys, "ingest", delivered, "--json", home=tmp_path / "bare")
    assert bare.code == 2
    assert "riskmodel init" in bare.json["error"]["message"]
    assert answer(capsys, "init", home=tmp_path / "bare").code == 0
    assert answer(capsys, "ingest", delivered, "--json", home=tmp_path / "bare").json["rows_loaded"] == 30


def test_a_delivery_dated_after_today_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_deliveries(tmp_path / "in", {"9998-01-01": {"incomes.csv": "x"}})
    shown = answer(capsys, "ingest", folder, home=tmp_path / "home")
    assert (shown.code, "dated after today" in shown.err) == (2, True)


def test_what_was_ingested_is_found_named_and_checked(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The way of an office through the commands: ingest, find a household, see who it is, check the content."""
    home = tmp_path / "home"
    answer(capsys, "ingest", delivered, home=home)
    found = answer(capsys, "find", "4", "--json", home=home).json["id"]
    shown = answer(capsys, "identify", found, "--purpose", "visit", home=home)
    assert (shown.code, shown.out) == (0, f"{found}  户编号 4  户主 周四\n")
    checked = answer(capsys, "check", "--json", home=home)
    assert (checked.code, checked.json["households"]) == (0, 4)


@pytest.mark.parametrize("words", [["--households", "10"], ["--months", "6"]])
def test_a_demonstration_too_small_to_learn_from_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert answer(capsys, "demo", *words, home=tmp_path).code == 2


def test_docs_writes_the_generated_pages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    done = answer(capsys, "docs", "--to", tmp_path / "docs", "--json")
    assert [Path(page).name for page in json.loads(done.out)["pages"]] == list(pages())
    assert {path.name for path in (tmp_path / "docs").iterdir()} == set(pages())
