"""Commands about the content of the data: check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import AsOf, Json, parsed_date, workspace
from riskmodel.serving.cli.output import Terminal, emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.check import Checked


HEAD = "township 乡镇"


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(check)


def check(
    context: typer.Context,
    as_of: AsOf = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit code 1 when a check of severity E fired.")] = False,
    as_json: Json = False,
) -> None:
    """Ask the numbered content checks of every household; a table by township and a workbook."""
    from riskmodel.workflows.check import check as run

    done = run(workspace(context), parsed_date(as_of), Terminal())
    emit(done, as_json=as_json, lines=checked_lines(done))
    if strict and done.errors:
        raise typer.Exit(1)


def checked_lines(done: Checked) -> Iterator[str]:
    """What was found, for the terminal: a row per township, a column per check that fired."""
    from riskmodel.rendering.workbook import text_width

    codes = list(done.found)
    yield f"{done.households:,} households of {len(done.counties)} counties checked as of {done.as_of}"
    yield ""
    names = [f"{township.township} {township.name}" for township in done.townships]
    width = max(text_width(name) for name in [*names, HEAD])

    def row(name: str, households: str, cells: list[str]) -> str:
        return "  ".join([name + " " * (width - text_width(name)), f"{households:>10}", *(f"{c:>8}" for c in cells)])

    yield row(HEAD, "households", codes)
    for name, township in zip(names, done.townships, strict=True):
        yield row(name, f"{township.households:,}", [_count(township.found.get(code, 0)) for code in codes])
    yield row("total 合计", f"{done.households:,}", [_count(done.found[code]) for code in codes])
    yield ""
    yield from _meanings(codes)
    lacking: dict[str, list[str]] = {}
    for gap in done.not_run:
        place = f"({gap['area']}, {gap['households']:,} 户): {gap['reason']}"
        lacking.setdefault(place, []).append(gap["check"])
    for place, checks in lacking.items():
        yield f"not run 未执行 {', '.join(checks)} {place}"
    if done.unconfirmed_policy:
        yield f"unconfirmed policy values used: {', '.join(done.unconfirmed_policy)}"
    yield f"workbook: {done.workbook}   findings: {done.table}"


def _meanings(codes: list[str]) -> Iterator[str]:
    """What the columns mean; only those that are shown."""
    from riskmodel.tables.quality import declared

    for check in declared():
        if check.code in codes:
            yield f"{check.code:8} {check.severity.value} {check.use.value}  {check.title} / {check.english}"
    yield "" if codes else "no check fired"


def _count(number: int) -> str:
    return f"{number:,}" if number else "-"
