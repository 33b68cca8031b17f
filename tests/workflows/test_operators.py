from __future__ import annotations

import getpass
import os
from pathlib import Path

import pytest

from riskmodel.review.audit import AuditLog
from riskmodel.settings import Settings
from riskmodel.workflows.installation import LOG
from riskmodel.workflows.operators import note_operator, operator
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW


def test_what_is_done_at_the_machine_is_an_entry_with_its_account(tmp_path: Path) -> None:
    note_operator(Workspace(Settings(tmp_path)), "keys", "key revoked: 0", NOW)
    (entry,) = AuditLog(tmp_path / LOG).entries()
    assert entry is not None
    assert (entry.when, entry.who, entry.purpose) == (NOW.isoformat(), f"os {getpass.getuser()}", "key revoked: 0")


def test_an_account_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert operator() == f"os {os.getuid()}"
