from __future__ import annotations

from typing import TYPE_CHECKING

from command_line import answer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_user_is_made_listed_altered_reset_and_disabled(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no user yet" in answer(capsys, "users", "list", home=tmp_path).out
    words = ("--name", "李干部", "--area", "990301101", "--role", "officer")
    made = answer(capsys, "users", "make", "li", *words, "--json", home=tmp_path)
    password = made.json["password"]
    assert made.json["user"]["staff"] == "li"
    listed = answer(capsys, "users", "list", home=tmp_path).out
    assert "李干部" in listed
    assert password not in listed
    altered = answer(capsys, "users", "alter", "li", "--role", "复核人员", "--json", home=tmp_path)
    assert (altered.json["roles"], altered.json["area"]) == (["reviewer"], "990301101")
    reset = answer(capsys, "users", "reset", "li", home=tmp_path).out
    assert "仅显示一次" in reset
    assert password not in reset
    assert "disabled since" in answer(capsys, "users", "disable", "li", home=tmp_path).out
    assert "may sign in" in answer(capsys, "users", "enable", "li", home=tmp_path).out
    shown = answer(capsys, "audit", "show", home=tmp_path).out
    assert "user made" in shown
    assert "user disabled" in shown


def test_wrong_usage_has_its_exit_code(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--name", "x", "--area", "", "--json")
    assert answer(capsys, "users", "disable", "nobody", "--json", home=tmp_path).code == 2
    assert answer(capsys, "users", "make", "x", *words, "--role", "king", home=tmp_path).code == 2
    assert answer(capsys, "users", "make", "x", *words, "--role", "case_system", home=tmp_path).code == 2
