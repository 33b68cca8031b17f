"""The files of a month: those received after the run day of the month before, until its own.

They are told by their receipts: so it makes no difference which command took them in, and what was killed meanwhile.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from riskmodel.features.windows import months_before
from riskmodel.tables.receipts import receipts_between
from riskmodel.workflows.ingest import account_of, refused_limit
from riskmodel.workflows.run_day import run_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.sources.account import FileAccount
    from riskmodel.workflows.workspace import Workspace

_COUNTED: Final = ("rows_read", "rows_loaded", "rows_duplicate", "rows_waiting", "rows_refused")


def month_files(workspace: Workspace, month: date, as_of: date) -> dict[str, Any]:
    """How many files and rows the month brought, and which files are above the limit of quarantine and still wanted."""
    since = run_day(workspace, months_before(month, 1)).day
    later = [account_of(found) for found in receipts_between(workspace.lake.folder, since, date.max)]
    files = [file for file in later if file.received_on <= as_of.isoformat()]
    sums = {name: sum(getattr(file, name) for file in files) for name in _COUNTED}
    return {"files": len(files), **sums, "above_limit": _wanted(files, later, refused_limit(workspace))}


def _wanted(files: Sequence[FileAccount], later: Sequence[FileAccount], limit: float) -> list[str]:
    """Files above the limit that were not delivered again, within it."""
    fine = [file for file in later if not _above(file, limit)]
    return [file.file for file in files if _above(file, limit) and not any(_replaces(one, file) for one in fine)]


def _above(file: FileAccount, limit: float) -> bool:
    return bool(file.rows_read) and file.rows_refused / file.rows_read > limit


def _replaces(new: FileAccount, old: FileAccount) -> bool:
    """The same file of the day with another content, or a later one of this table, department and counties."""
    if new.file == old.file:
        return True
    same = (new.table, new.source) == (old.table, old.source) and set(old.counties) <= set(new.counties)
    return same and new.received_on > old.received_on
