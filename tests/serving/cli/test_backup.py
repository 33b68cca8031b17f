from __future__ import annotations

from pathlib import Path

import pytest

from command_line import answer
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.settings import Settings
from riskmodel.workflows.installation import init
from riskmodel.workflows.workspace import Workspace


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A workspace with a key and a log."""
    init(Workspace(Settings(tmp_path / "home")))
    AuditLog(tmp_path / "home" / "audit.jsonl").append(Entry("2025-07-01T09:00:00+08:00", "bob", "find", "", ()))
    return tmp_path / "home"


def test_a_backup_says_what_is_not_in_it_and_is_restored(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKMODEL_DATABASE_URL", "postgresql://ann:secret@host/name")
    shown = answer(capsys, "backup", "--to", tmp_path / "one", "--who", "ann", home=home)
    assert (shown.code, "NOT in it: installation.key" in shown.out) == (0, True)
    assert "pg_dump --format=custom" in shown.out
    assert "secret" not in shown.out + shown.err
    kept = answer(capsys, "backup", "--to", tmp_path / "two", "--keys-to", tmp_path / "safe", "--json", home=home)
    assert (kept.code, kept.json["secrets"], kept.json["log_head"].split(":")[0]) == (0, ["installation.key"], "3")
    again = answer(capsys, "restore", "--from", tmp_path / "one", home=tmp_path / "new")
    assert (again.code, "the key is NOT in the backup" in again.out) == (0, True)
    assert "has to be restored by its own means" in again.out
    found = answer(
        capsys, "restore", "--from", tmp_path / "two", "--keys-from", tmp_path / "safe", "--json", home=tmp_path / "x"
    )
    assert (found.code, found.json["key"], found.json["problems"]) == (0, "restored", [])


def test_a_backup_that_cannot_be_made_or_restored_is_told_by_the_exit_code(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert answer(capsys, "backup", "--to", home / "inside", home=home).code == 2
    assert answer(capsys, "restore", "--from", tmp_path, home=tmp_path / "new").code == 2
    answer(capsys, "backup", "--to", tmp_path / "one", home=home)
    log = tmp_path / "one" / "workspace" / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"bob", b"eve"))
    refused = answer(capsys, "restore", "--from", tmp_path / "one", "--json", home=tmp_path / "new")
    assert (refused.code, "audit.jsonl is damaged" in refused.json["error"]["message"]) == (3, True)


def test_a_broken_log_is_backed_up_and_is_exit_code_1(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = home / "audit.jsonl"
    log.write_bytes(log.read_bytes().replace(b"bob", b"eve"))
    made = answer(capsys, "backup", "--to", tmp_path / "one", home=home)
    assert (made.code, "BROKEN at line 1" in made.out) == (1, True)
    again = answer(capsys, "restore", "--from", tmp_path / "one", home=tmp_path / "new")
    assert (again.code, "damaged when it was backed up: audit.jsonl" in again.out) == (1, True)
