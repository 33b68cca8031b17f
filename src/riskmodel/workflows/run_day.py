"""The day that a month is run as of, and whether it can be run at all: asked before anything is taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from riskmodel.errors import LakeError, UsageError
from riskmodel.sources import delivery
from riskmodel.workflows.run_report import day_that_was_run, report_path
from riskmodel.workflows.score import as_of_of_month

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from riskmodel.sources.delivery import DeliveredFile
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class RunDay:
    """The as-of date of a month's run."""

    day: date
    policy: date
    """Day that the policy names now. Another one where it was changed after the list of the month was issued."""


def run_day(workspace: Workspace, month: date) -> RunDay:
    """The day of a month: that of its account where its list was issued, else the policy's run day.

    A lake that took nothing in yet is judged by the national value.
    """
    named = as_of_of_month(workspace, month, next(iter(workspace.lake.counties()), ""))
    ran = day_that_was_run(report_path(workspace, month), f"{month:%Y-%m}")
    return RunDay(date.fromisoformat(ran) if ran else named, named)


def require_runnable(workspace: Workspace, month: date, today: date, files: Sequence[DeliveredFile] = ()) -> RunDay:
    """The day of a month that can be run, now or after these files were taken in.

    Raises UsageError without data, for a clock that was set back, a month that is not over, and one of which nothing is
    known.
    """
    held = workspace.lake.counties() if files else workspace.counties()
    run, newest = run_day(workspace, month), workspace.lake.newest_delivery() if held else None
    if newest and newest > today:
        raise UsageError(
            f"the clock says {today}, and the lake holds a delivery of {newest}. Set the clock right and run the "
            f"command again. / 本机日期是 {today}，而数据中已有 {newest} 的报送。请校正时钟后重新运行。"
        )
    if run.day > today:
        raise UsageError(
            f"the run of {month:%Y-%m} is made on {run.day}, and today is {today}. Wait for that day, or "
            f"set the clock right. / {month:%Y-%m} 的月度运行日是 {run.day}，今天是 {today}。请到时再运行。"
        )
    history = [date.min] if any(file.mode == "h" for file in files) else []  # it was known before it was received
    try:
        workspace.require_known(run.day, [*history, *(file.received_on for file in files)])
    except LakeError:  # no household yet
        if not files:
            raise
    return run


def arriving(deliveries: Path | None) -> list[DeliveredFile]:
    """The files of a folder of deliveries, not read yet; none where it is no folder, or that of a survey without days.

    Raises UsageError where the folder or a delivery is not as it has to be.
    """
    if deliveries is None or not deliveries.is_dir() or (deliveries / "hogar").is_dir():
        return []
    return [file for folder in delivery.deliveries(deliveries) for file in delivery.opened(folder)]
