"""The run of a month: ingest what arrived, check, score with reasons, list, publish; each stage once.

What a stage depends on is hashed. A run that was killed goes on with the stage that had not ended, one that is finished
does nothing, and where something arrived since, only what depends on it is done again. An issued list is never drawn
anew by itself: people have it in their hands.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from riskmodel import __version__
from riskmodel.errors import DataError
from riskmodel.policy import Listing
from riskmodel.review.assessments import month as published_month
from riskmodel.sources.delivery import unless_empty
from riskmodel.workflows.check import check
from riskmodel.workflows.database import database
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.issued_lists import folder_of, issues, without_list
from riskmodel.workflows.month_files import month_files
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.publish import publish
from riskmodel.workflows.run_cost import Cost, added
from riskmodel.workflows.run_day import arriving, require_runnable
from riskmodel.workflows.run_lock import run_lock
from riskmodel.workflows.run_report import RunReport, Stage, read_report, report_path, write_report
from riskmodel.workflows.score import identity, score
from riskmodel.workflows.worklist import work_list

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from riskmodel.engines import Executor
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
    """Files of the month, and those taken in now, of which a larger share was quarantined than the policy allows."""
    silent: list[str]
    """Sources that went silent, as `county table source`."""
    policy_day: str
    """Run day by the policy as it is now; another one than that of the report where it was changed since."""

    @property
    def failed(self) -> bool:
        """Whether somebody has to look, although the month is published."""
        return bool(self.above_limit or self.silent)


def run_month(
    workspace: Workspace,
    month: date,
    deliveries: Path | None,
    who: str,
    clock: Callable[[], datetime],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> MonthRun:
    """Run a month (its first day), as of the run day of the month after it.

    `deliveries`: folder of deliveries; None, or an empty one: only what case systems sent. `clock`: asked in the
    beginning and when something ended. `executor`: what works on the counties.
    Raises BusyError while another one runs this month; DataError for files that cannot be used at all, before anything
    is scored; UsageError, before anything is taken in, for a month that is not over or of which nothing is known, and
    where the clock is wrong; else what the stages raise.
    """
    with run_lock(workspace.runs / f".{month:%Y-%m}.lock", f"the run of {month:%Y-%m}", who, clock()):
        show = progress or Silent()
        run = _Run(workspace, month, clock, executor, show)
        run.take_in(deliveries)
        run.check_and_score()
        run.list_and_publish()
        return run.ended()


class _Run:
    """A run under way."""

    def __init__(
        self,
        workspace: Workspace,
        month: date,
        clock: Callable[[], datetime],
        executor: Executor | None,
        show: Progress,
    ) -> None:
        self.workspace, self.month, self.clock = workspace, month, clock
        self.executor, self.show = executor, show
        self.path = report_path(workspace, month)
        self.done: list[str] = []
        self.scored: list[str] = []
        self.silent: list[str] = []
        self.above_limit: list[str] = []

    def take_in(self, deliveries: Path | None) -> None:
        """Load what arrived, unless the month is refused; then the account of the day is opened."""
        used, today, folder = Cost(), self.clock().date(), unless_empty(deliveries)
        files = arriving(folder)
        if files or folder is None:
            require_runnable(self.workspace, self.month, today, files)
        taken = ingest(self.workspace, folder, self.show, today)
        if taken.rejected:
            raise DataError(_rejected(taken))
        run = require_runnable(self.workspace, self.month, today)  # what was taken in may have changed it
        self.as_of, self.policy_day = run.day, run.policy
        self.report = read_report(self.path, f"{self.month:%Y-%m}", self.as_of.isoformat())
        known, facts = self.report.stages.get("ingest"), month_files(self.workspace, self.month, self.as_of)
        self.above_limit = list(dict.fromkeys([*facts["above_limit"], *taken.above_limit]))
        if known is None or known.facts != facts or not all(file.known_before for file in taken.accounts):
            self._note("ingest", Stage("", used.seconds(), facts))
        self.states = {county: self.workspace.lake.state(county) for county in self.workspace.counties()}

    def check_and_score(self) -> None:
        """The numbered content checks, and the scores with contributions and reasons of the counties that changed."""
        day, report = self.as_of, self.workspace.reports
        key = _hash(self.states, day.isoformat(), self.workspace.policy.version, __version__)
        self._stage("check", key, self._checked, report / "checks" / day.isoformat())
        used = Cost()
        scored = score(self.workspace, day, progress=self.show, executor=self.executor)
        self.scored = scored.made
        self.silent = [f"{f.county} {f.table} {f.source}" for h in scored.health.values() for f in h.silent]
        self.scores = Path(scored.folder)
        key, known = identity(self.scores), self.report.stages.get("score", Stage())
        if key != known.key:
            before = known.facts.get("cpu_by_county", {})
            by_county = {c: added(before.get(c, {}), scored.cpu_seconds.get(c, {})) for c in scored.counties}
            facts = {"households": scored.households, "cpu_by_county": by_county, "silent": self.silent}
            self._note("score", Stage(key, used.seconds(), facts))

    def list_and_publish(self) -> None:
        """The list of whom to visit, and the assessments for case systems."""
        key = identity(self.scores)
        known = self.report.stages.get("list")
        if known and issues(folder_of(self.workspace, self.as_of, "")) and _told(known.facts) != _told(self._listed()):
            known.key = ""  # a further list was issued, or counties came that are on none
        self._stage("list", key, self._listed, folder_of(self.workspace, self.as_of, ""))
        stamp = self.report.stages.get("publish", Stage()).facts.get("published_at")
        with closing(database(self.workspace)) as store:
            there = published_month(store, self.as_of)
        if "publish" in self.report.stages and (there is None or there.published_at != stamp):
            self.report.stages["publish"].key = ""
        lists = [issue.manifest["list"] for issue in issues(folder_of(self.workspace, self.as_of, ""))]
        self._stage("publish", _hash(key, lists, __version__), self._published)

    def ended(self) -> MonthRun:
        """Close the account."""
        if self.done or not self.report.finished_at:
            self.report.finished_at = self.clock().isoformat(timespec="seconds")
            write_report(self.path, self.report)
        policy_day = self.policy_day.isoformat()
        return MonthRun(self.done, self.scored, str(self.path), self.report, self.above_limit, self.silent, policy_day)

    def _stage(self, name: str, key: str, work: Callable[[], dict[str, Any]], result: Path | None = None) -> None:
        """Do a stage unless it ended with this key and its result is there."""
        known = self.report.stages.get(name)
        if known and known.key == key and (result is None or result.exists()):
            return
        used = Cost()
        facts = work()
        self._note(name, Stage(key, used.seconds(), facts))

    def _note(self, name: str, stage: Stage) -> None:
        """Write down that a stage ended; what it cost before is added."""
        before = self.report.stages.get(name, Stage()).cpu_seconds
        stage.cpu_seconds = round(before + stage.cpu_seconds, 2)
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
            without = without_list(self.workspace, self.as_of, self.scores)
            return {
                "visits": visits,
                "folder": str(before[-1].folder),
                "outdated": outdated,
                "without_list": without,
            }
        made = work_list(self.workspace, self.as_of, progress=self.show)
        return {"visits": made.visits, "folder": made.folder, "outdated": False, "without_list": []}

    def _published(self) -> dict[str, Any]:
        done = publish(self.workspace, self.clock, self.as_of, self.show)
        with closing(database(self.workspace)) as store:
            there = published_month(store, self.as_of)
        return {"households": done.households, "published_at": there.published_at if there else None}


def _told(listed: dict[str, Any]) -> tuple[Any, ...]:
    """What is said of the lists, wherever the workspace lies."""
    return (Path(listed["folder"]).name, listed["outdated"], listed.get("without_list"))


def _hash(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _rejected(taken: Ingested) -> str:
    first = taken.rejected[0].rstrip("。. ")
    more = f" (and {len(taken.rejected) - 1} more)" if taken.rejected[1:] else ""
    return (
        f"nothing was scored, because files cannot be used: {first}{more}. Report: "
        f"{taken.report.page if taken.report else taken.path}. Have them corrected and deliver them again, or take "
        "them out of the folder; then run the command again, which goes on where it stopped. / "
        f"有 {len(taken.rejected)} 份文件无法使用，尚未评估。请更正后重新报送，或移出文件夹，然后重新运行该命令。"
    )
