"""Check the data: the numbered content checks on every county, as a workbook for the office and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.rendering.workbook import Cell, Sheet, write_workbook
from riskmodel.tables.files import write_parquet
from riskmodel.tables.publish import published_folder
from riskmodel.tables.quality import FOUND_SCHEMA, Findings, Severity, Use, declared, run_checks
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.train import unconfirmed

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

WORKBOOK, TABLE = "checks.xlsx", "checks.parquet"
INTERNAL: Final = (
    "内部工作底稿,含小数量统计和农户编号,不得对外公开。Internal working paper with small counts: not for publication."
)
SCOPE: Final = "核查对象为{as_of}状态正常的农户,共{households}户;只使用当日已知的数据;缺失值不算问题。"


@dataclass(frozen=True)
class Township:
    """How many households of a township each check found; checks without a finding are left out."""

    county: str
    township: str
    name: str
    households: int
    found: dict[str, int]


@dataclass(frozen=True)
class Checked:
    """What the checks found in all counties."""

    as_of: str
    workbook: str
    table: str
    households: int
    counties: list[str]
    found: dict[str, int]
    """Households per check that fired, all counties together."""
    errors: int
    """Findings of severity E."""
    townships: list[Township]
    not_run: list[dict[str, Any]]
    """Checks that could not be run for some households: check, needs, area, on, households, reason."""
    unconfirmed_policy: list[str] = field(repr=False)


def check(workspace: Workspace, as_of: date | None = None, progress: Progress | None = None) -> Checked:
    """Run all content checks on every county, by default as of the newest delivery.

    Writes reports/checks/<as_of>/checks.xlsx (counts by township, every finding, what the checks mean) and
    checks.parquet (every finding). Raises UsageError without data, for a day on which no household was known, and for
    one that lies far after the newest delivery.
    """
    show = progress or Silent()
    counties = workspace.counties()
    day = _day(workspace, as_of)
    results: dict[str, Findings] = {}
    for county in show.track(counties, f"checking {day}", len(counties)):
        results[county] = run_checks(workspace.lake.view(county, day), workspace.policy)
    townships = [township for county, result in results.items() for township in _townships(county, result)]
    found = pl.concat([pl.DataFrame(schema=FOUND_SCHEMA), *(result.found for result in results.values())])
    target = workspace.reports / "checks" / day.isoformat()
    done = Checked(
        as_of=day.isoformat(),
        workbook=str(target / WORKBOOK),
        table=str(target / TABLE),
        households=sum(township.households for township in townships),
        counties=counties,
        found=dict(found.group_by("check").len().sort("check").iter_rows()),
        errors=found.filter(pl.col("severity") == Severity.ERROR.value).height,
        townships=townships,
        not_run=[asdict(lacking) for result in results.values() for lacking in result.not_run],
        unconfirmed_policy=unconfirmed(workspace.policy.unconfirmed_used()),
    )
    show.say(f"writing {done.workbook}")
    with published_folder(target) as folder:
        write_parquet(folder / TABLE, found)
        write_workbook(folder / WORKBOOK, _sheets(done, found), made_on=day)
    return done


def _day(workspace: Workspace, as_of: date | None) -> date:
    """The day asked for, by default that of the newest delivery; later, deadlines would only seem to be missed."""
    if as_of is None:
        return workspace.lake.newest_delivery()
    workspace.require_known(as_of)
    return as_of


def _townships(county: str, result: Findings) -> Iterator[Township]:
    counts: dict[str, dict[str, int]] = {}
    counted = result.found.group_by("township", "check").len().sort("township", "check")
    for township, code, count in counted.iter_rows():
        counts.setdefault(township, {})[code] = count
    for township, name, households in result.townships.iter_rows():
        yield Township(county, township, name, households, counts.get(township, {}))


def _sheets(done: Checked, found: pl.DataFrame) -> Iterator[Sheet]:
    """The three sheets: counts by township, findings, meaning."""
    checks = declared()
    titles = [f"{c.code} {c.title}" for c in checks]
    rows: list[list[Cell]] = [
        [t.county, t.township, t.name, t.households, *(t.found.get(c.code, 0) for c in checks)] for t in done.townships
    ]
    total: list[Cell] = ["合计", None, None, done.households, *(done.found.get(c.code, 0) for c in checks)]
    yield Sheet("汇总", ["县", "乡镇代码", "乡镇", "户数", *titles], [*rows, total])
    names = {t.township: t.name for t in done.townships}
    title_of = {c.code: c.title for c in checks}
    words: dict[str, str] = {word.value: f"{word.value} {word.zh}" for word in (*Severity, *Use)}
    details = [
        [names[township], village, household, code, title_of[code], words[severity], words[use], detail]
        for household, township, village, code, severity, use, detail, _ in found.sort(
            "township", "village_code", "household_id", "check"
        ).iter_rows()
    ]
    yield Sheet("明细", ["乡镇", "村代码", "户编号", "编号", "核查项", "严重程度", "用途", "具体情况"], details)
    yield _meanings(done)


def _meanings(done: Checked) -> Sheet:
    """What each check means, what it rests on, and where it could not be run."""
    lacking: dict[str, list[str]] = {}
    for gap in done.not_run:
        lacking.setdefault(gap["check"], []).append(f"{gap['area']} {gap['households']}户: {gap['reason']}")
    header = [
        "编号",
        "核查项",
        "含义",
        "口径",
        "严重程度",
        "用途",
        "数据表",
        "政策参数",
        "依据",
        "命中户数",
        "未能执行",
    ]
    rows: list[list[Cell]] = [
        [
            *(c.code, c.title, c.english, c.rule),
            f"{c.severity.value} {c.severity.zh}",
            f"{c.use.value} {c.use.zh}",
            *("、".join(c.tables), "、".join(c.policy), c.source),
            done.found.get(c.code, 0),
            "\n".join(lacking.get(c.code, [])) or None,
        ]
        for c in declared()
    ]
    words = "; ".join(f"{word.value} {word.zh} ({word.en})" for word in (*Severity, *Use))
    unsure = [f"尚未与文件核对的政策参数: {'、'.join(done.unconfirmed_policy)}"] if done.unconfirmed_policy else []
    scope = SCOPE.format(as_of=done.as_of, households=done.households)
    return Sheet("说明", header, rows, notes=[INTERNAL, scope, words, *unsure])
