from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from riskmodel.review.audit import AuditLog
from riskmodel.settings import Settings
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.operators import note_operator, operator
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW

ACCOUNT = f"os {pwd.getpwuid(os.getuid()).pw_name}"


def test_what_is_done_at_the_machine_is_an_entry_with_its_account(tmp_path: Path) -> None:
    note_operator(Workspace(Settings(tmp_path)), "keys", "key revoked: 0", NOW)
    (entry,) = AuditLog(tmp_path / LOG).entries()
    assert entry is not None
    assert (entry.when, entry.who, entry.purpose) == (NOW.isoformat(), ACCOUNT, "key revoked: 0")


def test_an_account_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless(_: int) -> pwd.struct_passwd:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    assert operator() == f"os {os.getuid()}"
    assert operator("ann") == f"os {os.getuid()} for ann"


@pytest.mark.parametrize("said", ["key 03be83db38da", "user 03be83db38da", "os root", "Li  Ming\n"])
def test_what_is_said_stands_behind_the_account_and_makes_nobody_else(said: str) -> None:
    assert operator(said) == f"{ACCOUNT} for {' '.join(said.split())}"


@pytest.mark.parametrize("said", [None, "", " "])
def test_the_environment_makes_no_other_account(said: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "ann")
    assert operator(said) == ACCOUNT
