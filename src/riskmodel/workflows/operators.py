"""Who runs the program on the machine itself, at the command line or by a timer, and what they change, as entries of
the audit log."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

from riskmodel.review.audit import AuditLog, Entry
from riskmodel.workflows.installation import LOG

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace


def operator() -> str:
    """The account of the system, as the audit log names it; its number where it has no name, as in containers."""
    try:
        return f"os {getpass.getuser()}"
    except (KeyError, OSError):
        return f"os {os.getuid()}"


def note_operator(workspace: Workspace, action: str, what: str, now: datetime) -> None:
    """Write into the audit log what is done here. When this returns, the entry survives a power cut."""
    AuditLog(workspace.home / LOG).append(Entry(now.isoformat(), operator(), action, what, ()))
