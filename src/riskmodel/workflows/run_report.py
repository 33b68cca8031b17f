"""The account of a month's run, in `runs/<month>.json`: written after every stage, so that a killed run goes on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from riskmodel.tables.files import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace


@dataclass
class Stage:
    """A stage of a run. It ended for the `key`, a hash of all it depends on; with another one it is done again."""

    key: str = ""
    cpu_seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class RunReport:
    """What a run did, in all attempts together."""

    month: str
    as_of: str
    finished_at: str | None = None
    """When the last stage ended; None: under way, or broken off."""
    stages: dict[str, Stage] = field(default_factory=dict)

    def lines(self) -> Iterator[str]:
        """The account for the terminal."""
        facts = {name: stage.facts for name, stage in self.stages.items()}
        yield f"run of {self.month}, as of {self.as_of}; finished 完成于 {self.finished_at}"
        rows = facts["ingest"]
        yield (
            f"ingest 入库: {rows['rows_read']:,} rows in {rows['files']:,} files, {rows['rows_loaded']:,} loaded, "
            f"{rows['rows_waiting']:,} waiting 待匹配, {rows['rows_refused']:,} quarantined 隔离"
        )
        yield f"check 核查: {facts['check']['errors']:,} findings of severity E; workbook {facts['check']['workbook']}"
        scored = facts["score"]
        counties = len(scored["cpu_by_county"])
        yield f"score 评估: {scored['households']:,} households of {counties} counties, with reasons"
        listed = facts["list"]
        yield f"list 名单: {listed['visits']:,} visits 走访; {listed['folder']}"
        if listed["outdated"]:
            yield (
                "  issued before the scores changed, and left as it is; a further one: riskmodel worklist --again "
                f"--as-of {self.as_of} / 名单在评分变化之前已下发，保持不变"
            )
        if listed.get("without_list"):
            yield (
                f"  no visits yet in {', '.join(listed['without_list'])}, which came after the list; a further one for "
                f"all: riskmodel worklist --again --as-of {self.as_of} / "
                f"名单下发后加入、尚无走访的县：{'、'.join(listed['without_list'])}；请另出一份名单"
            )
        yield f"publish 发布: {facts['publish']['households']:,} households"
        yield from self._cost_lines()

    def _cost_lines(self) -> Iterator[str]:
        costs = ", ".join(f"{name} {stage.cpu_seconds:,.1f}" for name, stage in self.stages.items())
        yield f"CPU-seconds 耗时: {costs}"
        for county, cost in self.stages["score"].facts["cpu_by_county"].items():
            yield f"  county {county}: {', '.join(f'{stage} {seconds:,.1f}' for stage, seconds in cost.items())}"


def report_path(workspace: Workspace, month: date) -> Path:
    """Where the account of a month lies."""
    return workspace.runs / f"{month:%Y-%m}.json"


def read_report(path: Path, month: str, as_of: str) -> RunReport:
    """The account so far; an empty one where nothing ran yet, the day was another, or the file is damaged."""
    report = _read(path)
    return report if report and (report.month, report.as_of) == (month, as_of) else RunReport(month, as_of)


def day_that_was_run(path: Path, month: str) -> str | None:
    """The as-of date of a month whose list was issued; None before that."""
    report = _read(path)
    return report.as_of if report and report.month == month and "list" in report.stages else None


def write_report(path: Path, report: RunReport) -> None:
    """Write the account as it is now."""
    write_json(path, asdict(report))


def _read(path: Path) -> RunReport | None:
    """The account in a file; None where there is none, or it is damaged."""
    try:
        found = json.loads(path.read_text("utf-8"))
        stages = {name: Stage(**stage) for name, stage in found.pop("stages").items()}
        return RunReport(**found, stages=stages)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None
