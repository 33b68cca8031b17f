from __future__ import annotations

from pathlib import Path

import pytest

from command_line import answer
from riskmodel.review.audit import AuditLog, Entry

OLD = Entry("2015-07-01T09:00:00+08:00", "bob", "look_up", "visit", ())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with an old look."""
    AuditLog(tmp_path / "home" / "audit.jsonl").append(OLD)
    return tmp_path / "home"


def test_what_is_over_is_told_first_and_erased_when_it_is_confirmed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = answer(capsys, "erase", home=home)
    assert (shown.code, "nothing was erased yet" in shown.out) == (0, True)
    assert "purposes and ids of 1 entries" in shown.out
    asked = answer(capsys, "erase", "--json", home=home).json
    done = answer(capsys, "erase", "--yes", "--who", "ann", "--json", home=home)
    assert (done.code, done.json) == (0, asked | {"done": True})
    assert "visit" not in (home / "audit.jsonl").read_text("utf-8")
    assert "there is nothing to erase" in answer(capsys, "erase", "--yes", home=home).out
    assert answer(capsys, "audit", "verify", home=home).code == 0


def test_a_broken_log_is_exit_code_1(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = home / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"bob", b"eve"))
    found = answer(capsys, "erase", "--yes", home=home)
    assert (found.code, "BROKEN at line 1" in found.out) == (1, True)
    assert b"visit" in log.read_bytes()
