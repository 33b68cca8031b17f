from __future__ import annotations

from pathlib import Path

import pytest

from command_line import answer
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.settings import Settings
from riskmodel.workflows.installation import init
from riskmodel.workflows.operators import operator
from riskmodel.workflows.workspace import Workspace


@pytest.fixture
def home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A workspace in which ann found an id and bob looked behind it."""
    init(Workspace(Settings(tmp_path / "home")))
    found = answer(capsys, "find", "12", "--who", "ann", "--json", home=tmp_path / "home").json["id"]
    answer(capsys, "identify", found, "--purpose", "visit", "--who", "bob", home=tmp_path / "home")
    return tmp_path / "home"


def test_a_whole_log_is_said_to_be_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "audit", "verify", home=home)
    found = answer(capsys, "audit", "verify", "--json", home=home)
    assert (shown.code, found.code, shown.err) == (0, 0, "")
    assert (found.json["entries"], found.json["broken_at"]) == (2, None)
    assert "whole" in shown.out
    assert shown.out.splitlines()[-1] == f"entries: 2, {found.json['first']} to {found.json['last']}"


def test_a_broken_log_is_exit_code_1_and_the_line_is_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = home / "audit.jsonl"
    log.write_text(log.read_text("utf-8").replace(" for bob", " for eve"), "utf-8")
    shown = answer(capsys, "audit", "verify", home=home)
    found = answer(capsys, "audit", "verify", "--json", home=home)
    assert (shown.code, found.code, found.json["broken_at"]) == (1, 1, 2)
    assert "BROKEN at line 2" in shown.out
    assert "entries before it: 1" in shown.out
    listed = answer(capsys, "audit", "show", home=home)
    assert (listed.code, "broken at line 2" in listed.out) == (0, True)


def test_without_a_log_there_are_no_entries(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "audit", "verify", home=tmp_path)
    assert (shown.code, shown.out.startswith("no entries: ")) == (0, True)
    listed = answer(capsys, "audit", "show", home=tmp_path)
    assert (listed.code, listed.out) == (0, f"entries: 0, of {tmp_path / 'audit.jsonl'}\n")


def test_a_log_that_is_gone_while_there_are_keys_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "keys", "make", "cases", "--area", "", home=tmp_path)
    (tmp_path / "audit.jsonl").unlink()
    shown = answer(capsys, "audit", "verify", home=tmp_path)
    assert (shown.code, shown.out.startswith("LOST: ")) == (1, True)
    assert "审计日志缺失" in shown.out
    assert answer(capsys, "audit", "verify", "--json", home=tmp_path).json["lost"] is True


def test_looks_are_listed_by_ids_without_names(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    everything = answer(capsys, "audit", "show", "--json", home=home).json
    first, second = everything["entries"]
    (id_,) = second["ids"]
    shown = answer(capsys, "audit", "show", home=home)
    assert shown.out.splitlines() == [
        f"{first['when']}  {operator()} for ann  find  -  {id_}",
        f"{second['when']}  {operator()} for bob  look_up  visit  {id_}",
        f"entries: 2, of {home / 'audit.jsonl'}",
    ]
    assert set(second) == {"when", "who", "action", "purpose", "ids", "erased"}
    by_id = answer(capsys, "audit", "show", "--id", id_, "--since", first["when"][:10], "--json", home=home)
    assert by_id.json == everything
    later = answer(capsys, "audit", "show", "--since", "2999-01-01", "--json", home=home)
    assert later.json["entries"] == []
    other = answer(capsys, "audit", "show", "--id", f"H{9:024x}", "--json", home=home)
    assert other.json["entries"] == []


def test_a_head_is_told_and_lines_cut_off_behind_it_are_exit_code_1(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = answer(capsys, "audit", "head", home=home)
    noted = answer(capsys, "audit", "head", "--json", home=home).json["head"]
    assert (shown.code, shown.out.splitlines()[0]) == (0, noted)
    assert answer(capsys, "audit", "verify", "--head", noted, home=home).code == 0
    log = home / "audit.jsonl"
    log.write_bytes(log.read_bytes().splitlines(keepends=True)[0])
    cut = answer(capsys, "audit", "verify", "--head", noted, home=home)
    assert (cut.code, "NOT THE SAME LOG" in cut.out) == (1, True)
    assert answer(capsys, "audit", "verify", "--head", "2", home=home).code == 2


def test_erased_text_is_said_to_be_erased(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    AuditLog(home / "audit.jsonl").erase(2, Entry("2028-07-01T09:00:00+08:00", "eve", "erase", "2 entries", ()))
    lines = answer(capsys, "audit", "show", home=home).out.splitlines()
    assert [line.split("  ")[3].strip() for line in lines[:3]] == ["(erased 已按期删除)"] * 2 + ["2 entries"]
    assert answer(capsys, "audit", "verify", home=home).code == 0


@pytest.mark.parametrize("words", [["--id", "12"], ["--since", "yesterday"]])
def test_what_is_no_id_or_no_day_is_wrong_usage(
    home: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert answer(capsys, "audit", "show", *words, home=home).code == 2


def test_a_purpose_cannot_look_like_another_entry(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    purpose = "visit\n2025-07-01T09:00:00+08:00  ann  find\x1b[2K\u202e　入户"
    AuditLog(home / "audit.jsonl").append(Entry("2025-07-01T09:00:00+08:00", "eve", "look_up", purpose, ()))
    lines = answer(capsys, "audit", "show", home=home).out.splitlines()
    assert len(lines) == 4
    assert "eve  look_up  visit 2025-07-01T09:00:00+08:00 ann find?[2K? 入户" in lines[2]


def test_lines_that_cannot_be_read_are_named(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = home / "audit.jsonl"
    log.write_bytes(log.read_bytes()[:-20])
    assert "无法读取的行: 2" in answer(capsys, "audit", "show", home=home).out
