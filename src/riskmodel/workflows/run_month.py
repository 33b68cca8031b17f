"""The run of a month: ingest what arrived, check, score with reasons, list, publish; each stage once.

What a stage depends on is hashed. A run that was killed goes on with the stage that had not ended, one that is finished
does nothing, and where something arrived since, only what depends on it is done again. An issued list is never drawn
anew by itself: people have it in their hands.
"""

from __future__ import annotations

import hashlib
import json
import resource
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskmodel import __version__
from riskmodel.errors import DataError, UsageError
from riskmodel.features.windows import months_before
from riskmodel.policy import Listing
from riskmodel.review.assessments import month as published_month
from riskmodel.workflows.check import check
from riskmodel.workflows.database import database
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.issued_lists import folder_of, issues
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.publish import publish
from riskmodel.workflows.run_lock import run_lock
from riskmodel.workflows.run_report import RunReport, Stage, read_report, report_path, write_report
from riskmodel.workflows.score import as_of_of_month, identity, score
from riskmodel.workflows.worklist import work_list

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from riskmodel.engines import Executor
    from riskmodel.sources.account import FileAccount
    from riskmodel.workflows.ingest import Ingested
    from riskmodel.workflows.workspace import Workspace


@dataclass(frozen=True)
class MonthRun:
    """What a run did."""

    done: list[str]
    """Stages that something had to be done for; empty for a month that was finished before."""
    scored: list[str]
    """Counties that were scored now."""
    account: str
    """The file with the report."""
    report: RunReport = field(repr=False)
    above_limit: list[str]
    """Files of which a larger share was quarantined than the policy allows."""
    silent: list[str]
    """Sources that went silent, as `county table source`."""

    @property
    def failed(self) -> bool:
        """Whether somebody has to look, although the month is published."""
        return bool(self.above_limit or self.silent)


def run_month(
    workspace: Workspace,
    month: date,
    deliveries: Path | None,
    who: str,
    now: datetime,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> MonthRun:
    """Run a month (its first day), as of the run day of the month after it.

    `deliveries`: folder of deliveries; None: only what case systems sent. `executor`: what works on the counties.
    Raises BusyError while another one runs this month; DataError for files that cannot be used at all, before anything
    is scored; UsageError for a month that is not over, or where the clock is wrong; else what the stages raise.
    """
    with run_lock(workspace.runs / f".{month:%Y-%m}.lock", f"the run of {month:%Y-%m}", who, now):
        show = progress or Silent()
        run = _Run(workspace, month, now, executor, show)
        run.take_in(deliveries)
        run.check_and_score()
        run.list_and_publish()
        return run.ended()


class _Run:
    """A run under way."""

    def __init__(
        self, workspace: Workspace, month: date, now: datetime, executor: Executor | None, show: Progress
    ) -> None:
        self.workspace, self.month, self.now = workspace, month, now
        self.executor, self.show = executor, show
        self.path = report_path(workspace, month)
        self.done: list[str] = []
        self.scored: list[str] = []
        self.silent: list[str] = []
        self.above_limit: list[str] = []

    def take_in(self, deliveries: Path | None) -> None:
        """Load what arrived; then it is known which day the month is scored on."""
        used = _Cost()
        taken = ingest(self.workspace, deliveries, self.show, self.now.date())
        if taken.rejected:
            raise DataError(_rejected(taken))
        self.above_limit = taken.above_limit
        self.as_of = as_of_of_month(self.workspace, self.month)
        self._check_clock()
        self.report = read_report(self.path, f"{self.month:%Y-%m}", self.as_of.isoformat())
        known = self.report.stages.get("ingest")
        new = [file for file in taken.accounts if not file.known_before]
        if known and new:
            facts = {name: known.facts[name] + more for name, more in _account(new).items()}
            self._note("ingest", Stage("", used.seconds() + known.cpu_seconds, facts))
        elif not known:  # a killed run may have read some of them
            since = as_of_of_month(self.workspace, months_before(self.month, 1)).isoformat()
            of_month = [file for file in taken.accounts if not file.known_before or file.received_on > since]
            self._note("ingest", Stage("", used.seconds(), _account(of_month)))
        self.states = {county: self.workspace.lake.state(county) for county in self.workspace.counties()}

    def check_and_score(self) -> None:
        """The numbered content checks, and the scores with contributions and reasons of the counties that changed."""
        day, report = self.as_of, self.workspace.reports
        key = _hash(self.states, day.isoformat(), self.workspace.policy.version, __version__)
        self._stage("check", key, self._checked, report / "checks" / day.isoformat())
        used = _Cost()
        scored = score(self.workspace, day, progress=self.show, executor=self.executor)
        self.scored = scored.made
        self.silent = [f"{f.county} {f.table} {f.source}" for h in scored.health.values() for f in h.silent]
        self.scores = Path(scored.folder)
        key, known = identity(self.scores), self.report.stages.get("score", Stage())
        if key != known.key:
            costs = {**known.facts.get("cpu_by_county", {}), **scored.cpu_seconds}
            by_county = {county: costs.get(county, {}) for county in scored.counties}
            facts = {"households": scored.households, "cpu_by_county": by_county, "silent": self.silent}
            self._note("score", Stage(key, used.seconds(), facts))

    def list_and_publish(self) -> None:
        """The list of whom to visit, and the assessments for case systems."""
        key = identity(self.scores)
        self._stage("list", key, self._listed, folder_of(self.workspace, self.as_of, ""))
        stamp = self.report.stages.get("publish", Stage()).facts.get("published_at")
        with closing(database(self.workspace)) as store:
            there = published_month(store, self.as_of)
        if there is None or there.published_at != stamp:
            self.report.stages.pop("publish", None)
        lists = [issue.manifest["list"] for issue in issues(folder_of(self.workspace, self.as_of, ""))]
        self._stage("publish", _hash(key, lists, __version__), self._published)

    def ended(self) -> MonthRun:
        """Close the account."""
        if self.done or not self.report.finished_at:
            self.report.finished_at = self.now.isoformat(timespec="seconds")
            write_report(self.path, self.report)
        return MonthRun(self.done, self.scored, str(self.path), self.report, self.above_limit, self.silent)

    def _stage(self, name: str, key: str, work: Callable[[], dict[str, Any]], result: Path | None = None) -> None:
        """Do a stage unless it ended with this key and its result is there."""
        known = self.report.stages.get(name)
        if known and known.key == key and (result is None or result.exists()):
            return
        used = _Cost()
        facts = work()
        self._note(name, Stage(key, used.seconds(), facts))

    def _note(self, name: str, stage: Stage) -> None:
        stage.cpu_seconds = round(stage.cpu_seconds, 2)
        self.report.stages[name] = stage
        self.report.finished_at = None
        self.done.append(name)
        write_report(self.path, self.report)

    def _checked(self) -> dict[str, Any]:
        found = check(self.workspace, self.as_of, self.show)
        return {"errors": found.errors, "found": found.found, "workbook": found.workbook}

    def _listed(self) -> dict[str, Any]:
        """A list that was issued stays, whatever the scores are now."""
        before = issues(folder_of(self.workspace, self.as_of, ""))
        if before:
            inputs, counts = before[-1].manifest["inputs"], before[-1].manifest["counts"]
            outdated = inputs["scores"] != identity(self.scores)
            visits = counts[Listing.LISTED] + counts[Listing.AUDIT]
            return {"visits": visits, "folder": str(before[-1].folder), "outdated": outdated}
        made = work_list(self.workspace, self.as_of, progress=self.show)
        return {"visits": made.visits, "folder": made.folder, "outdated": False}

    def _published(self) -> dict[str, Any]:
        done = publish(self.workspace, self.now, self.as_of, self.show)
        with closing(database(self.workspace)) as store:
            there = published_month(store, self.as_of)
        return {"households": done.households, "published_at": there.published_at if there else None}

    def _check_clock(self) -> None:
        """Refuse to run a month that is not over, or with a clock that was set back."""
        today, newest = self.now.date(), self.workspace.lake.newest_delivery()
        if newest > today:
            raise UsageError(
                f"the clock says {today}, and the lake holds a delivery of {newest}. Set the clock right and run the "
                f"command again. / 本机日期是 {today}，而数据中已有 {newest} 的报送。请校正时钟后重新运行。"
            )
        if self.as_of > today:
            raise UsageError(
                f"the run of {self.month:%Y-%m} is made on {self.as_of}, and today is {today}. Wait for that day, or "
                f"set the clock right. / {self.month:%Y-%m} 的月度运行日是 {self.as_of}，今天是 {today}。请到时再运行。"
            )


class _Cost:
    """CPU-seconds of this process and of those that it started and that ended, from now on."""

    def __init__(self) -> None:
        self._since = self._now()

    def seconds(self) -> float:
        """Those used so far."""
        return self._now() - self._since

    @staticmethod
    def _now() -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + ended.ru_utime + ended.ru_stime


def _account(files: Sequence[FileAccount]) -> dict[str, int]:
    """Sums over files."""
    names = ("rows_read", "rows_loaded", "rows_duplicate", "rows_waiting", "rows_refused")
    return {"files": len(files), **{name: sum(getattr(file, name) for file in files) for name in names}}


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _rejected(taken: Ingested) -> str:
    more = f" (and {len(taken.rejected) - 1} more)" if taken.rejected[1:] else ""
    return (
        f"nothing was scored, because files cannot be used: {taken.rejected[0]}{more}. Report: "
        f"{taken.report.page if taken.report else taken.path}. Have them corrected and deliver them again, or take "
        "them out of the folder; then run the command again, which goes on where it stopped. / "
        f"有 {len(taken.rejected)} 份文件无法使用，尚未评估。请更正后重新报送，或移出文件夹，然后重新运行该命令。"
    )
