"""Commands about the audit log: verify, head, show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, parsed_date, workspace
from riskmodel.serving.cli.output import emit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.review.audit import Entry
    from riskmodel.workflows.audit import Looks, Verified

ERASED = "(erased 已按期删除)"
"""In place of purpose and ids whose time was over."""


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    audit = typer.Typer(help="The audit log: who looked behind which ids, and is it whole.", no_args_is_help=True)
    audit.command("verify")(verify)
    audit.command("head")(head)
    audit.command("show")(show)
    app.add_typer(audit, name="audit")


def verify(
    context: typer.Context,
    noted: Annotated[
        str | None,
        typer.Option("--head", metavar="HEAD", help="What `audit head` told earlier: does the log go on from it?"),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the chain of hashes of the audit log. Exit code 1: lines were changed, inserted or removed."""
    from riskmodel.workflows.audit import verify as run

    found = run(workspace(context), noted)
    emit(found, as_json=as_json, lines=_verified_lines(found))
    if not found.whole:
        raise typer.Exit(1)


def head(context: typer.Context, as_json: Json = False) -> None:
    """Tell how far the log goes, to be kept elsewhere: `verify --head` then notices lines that were cut off."""
    from riskmodel.workflows.audit import head as run

    found = run(workspace(context))
    emit(found, as_json=as_json, lines=[found.head, f"of {found.log}, last entry {found.last or 'none'}"])


def show(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Option("--id", help="Only looks at this id; may be repeated.")] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only looks from this day YYYY-MM-DD on.")
    ] = None,
    as_json: Json = False,
) -> None:
    """List who looked at which ids and what for, the oldest first. Ids only: names are in `identify`."""
    from riskmodel.workflows.audit import looks as run

    found = run(workspace(context), ids or (), parsed_date(since))
    emit(found, as_json=as_json, lines=_looks_lines(found))


def _verified_lines(found: Verified) -> Iterator[str]:
    if found.broken_at is not None:
        yield f"BROKEN at line {found.broken_at} of {found.log} / 审计日志第{found.broken_at}行与前文不符"
        yield "This line or the one before it was changed, or lines between them were removed or inserted; a power cut"
        yield "while it was written leaves the same trace. Compare it with the copy that is kept elsewhere."
    elif found.lost:
        yield f"LOST: {found.log} is not there or empty / 审计日志缺失或被清空"
        yield "The database holds keys, users or published months, and each of them was an entry: the log was removed."
        yield "Find out who did it, and take it from the copy that is kept elsewhere."
    elif not found.entries:
        yield f"no entries: {found.log} is not there or empty / 尚无审计记录"
    else:
        yield f"whole: every line of {found.log} fits the line before it / 审计日志完整"
    if found.noted is False:
        yield "NOT THE SAME LOG: it does not go on from the head that was noted / 与所记录的日志末端不符"
        yield "Lines at its end were cut off, or it was written anew. Compare it with the copy that is kept elsewhere."
    if found.entries:
        yield f"entries{' before it' if found.broken_at else ''}: {found.entries:,}, {found.first} to {found.last}"


def _looks_lines(found: Looks) -> Iterator[str]:
    yield from (_line(entry) for entry in found.entries)
    yield f"entries: {len(found.entries):,}, of {found.log}"
    if found.unreadable:
        yield f"lines that hold no entry / 无法读取的行: {', '.join(map(str, found.unreadable))}"
    if found.broken_at is not None:
        yield f"the chain is broken at line {found.broken_at}: see riskmodel audit verify / 审计日志不完整"


def _line(entry: Entry) -> str:
    purpose = ERASED if entry.erased else entry.purpose or "-"
    cells = (entry.when, entry.who, entry.action, purpose, ", ".join(entry.ids))
    return "  ".join(_one_line(cell) for cell in cells)


def _one_line(text: str) -> str:
    """What was typed may hold line ends and signs that steer a terminal: no entry may look like two."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))
