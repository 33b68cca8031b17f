"""Options that several commands share, and the edge where clock and environment are read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.errors import UsageError
from riskmodel.serving.clock import CHINA

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="As-of date YYYY-MM-DD (default: the newest).")
]
MONTH = "Month of the run, made in the first days of the month after it: 2025-12 is the run of January 2026"
"""Start of the help of every `--month`."""
LabelName = Annotated[str | None, typer.Option("--label", help="Label (default: setting `label`).")]
Who = Annotated[
    str | None,
    typer.Option("--who", help="For whom it is done; told in the audit log behind the account that does it."),
]
Memory = Annotated[
    float | None,
    typer.Option("--memory", metavar="GIB", min=0.1, help="Memory to be taken at most (default: 4/5 of what is free)."),
]
TrainingMemory = Annotated[
    float,
    typer.Option(
        "--memory", metavar="GIB", min=0.1, help="Memory to be taken at most; with less, fewer households are drawn."
    ),
]
English = Annotated[bool, typer.Option("--english", help="Sentences in English.")]


def workspace(context: typer.Context) -> Workspace:
    """The workspace that the command works on."""
    from riskmodel.settings import load
    from riskmodel.workflows.workspace import Workspace

    home = context.find_root().obj
    return Workspace(load(home if isinstance(home, Path) else None))


def parsed_date(text: str | None) -> date | None:
    """A date given as YYYY-MM-DD. Raises UsageError for anything else."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{text!r} is not a date. Write it as YYYY-MM-DD, for example 2025-06-05. / "
            f"{text!r} 不是日期。请写成 YYYY-MM-DD，例如 2025-06-05。"
        ) from None


def parsed_month(text: str) -> date:
    """A month given as YYYY-MM, as its first day. Raises UsageError for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=CHINA).date()
    except ValueError:
        raise UsageError(
            f"{text!r} is not a month. Write it as YYYY-MM, for example 2025-05. / "
            f"{text!r} 不是月份。请写成 YYYY-MM，例如 2025-05。"
        ) from None


def not_both(month: str | None, as_of: str | None) -> None:
    """Raise UsageError where a month and a date are given, which may mean different days."""
    if month and as_of:
        raise UsageError("give --month or --as-of, not both. / --month 和 --as-of 只能给一个。")
