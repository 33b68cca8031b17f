"""The command about text whose time is over: erase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, Who, workspace
from riskmodel.serving.cli.output import emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.erase import Erased


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(erase)


def erase(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Erase it; without, only tell what would be erased.")] = False,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Erase text about people that is older than the policy allows. Exit code 1: the audit log is broken."""
    from riskmodel.workflows.erase import erase as run
    from riskmodel.workflows.operators import operator

    found = run(workspace(context), operator(who), now(), do=yes)
    emit(found, as_json=as_json, lines=_lines(found))
    if found.log_broken_at is not None:
        raise typer.Exit(1)


def _lines(found: Erased) -> Iterator[str]:
    if found.log_before is None:
        yield "audit log: kept, no retention.audit_text is in force / 审计日志:政策未规定保存期,全部保留"
    else:
        yield f"audit log: purposes and ids of {found.log_entries:,} entries before {found.log_before} / 审计日志内容"
    if found.assessments_before is None:
        yield "assessments: kept, no retention.assessments is in force / 评估结果:政策未规定保存期,全部保留"
    else:
        yield f"assessments before {found.assessments_before} / 评估结果: {_dates(found)}"
    if found.cases_before is None:
        yield "verdicts and ledger: kept, no retention.case_text is in force / 核查结论和台账:政策未规定保存期,全部保留"
    else:
        told = f"text of {found.verdicts:,} verdicts and {found.entries:,} ledger entries"
        yield f"{told} before {found.cases_before} / 核查结论和台账文字"
    if found.visits_before is None:
        yield "findings: kept, no retention.visits is in force / 走访记录:政策未规定保存期,全部保留"
    else:
        yield f"{found.visits:,} findings sent before {found.visits_before}, which the lake has / 已入库的走访记录"
    if found.log_broken_at is not None:
        yield f"the audit log is BROKEN at line {found.log_broken_at} and left alone from there: riskmodel audit verify"
    if found.nothing:
        yield "there is nothing to erase / 没有到期内容"
    elif found.done:
        yield "erased, and written into the audit log / 已删除并记入审计日志. Backups made before still hold it."
    else:
        yield "nothing was erased yet. Do it with: riskmodel erase --yes / 尚未删除"


def _dates(found: Erased) -> str:
    return f"{len(found.months)} dates in the database, {len(found.results)} folders of results"
