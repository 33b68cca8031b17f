"""Who runs the program on the machine itself, at the command line or by a timer, and what they change, as entries of
the audit log."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from riskmodel.review.audit import AuditLog, Entry
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace


def operator(said: str | None = None) -> str:
    """The account that runs this, as the audit log names it: `os NAME`, with its number where it has no name, as in
    containers; behind it whom it says it asks for (`os NAME for WHOM`). No variable of the environment makes it another
    one, and nothing that is said makes it a key or a user."""
    number = os.getuid()
    try:
        account = f"os {pwd.getpwuid(number).pw_name}"
    except KeyError:
        account = f"os {number}"
    whom = " ".join((said or "").split())
    return f"{account} for {whom}" if whom else account


def note_operator(workspace: Workspace, action: str, what: str, now: datetime) -> None:
    """Write into the audit log what is done here. When this returns, the entry survives a power cut."""
    AuditLog(workspace.home / LOG).append(Entry(now.isoformat(), operator(), action, what, ()))
