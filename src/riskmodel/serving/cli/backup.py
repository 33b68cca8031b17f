"""Commands about copies of the workspace: backup, restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riskmodel.serving.cli.options import Json, Who, workspace
from riskmodel.serving.cli.output import Terminal, emit
from riskmodel.serving.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.backup import BackedUp
    from riskmodel.workflows.restore import Restored

_ELSEWHERE = {
    "sqlite": 'copy it with: sqlite3 FILE ".backup COPY"',
    "postgresql": "back it up with: pg_dump --format=custom --file=FILE NAME",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command()(backup)
    app.command()(restore)


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="New folder of the backup, on another disk.")],
    keys_to: Annotated[
        Path | None,
        typer.Option("--keys-to", metavar="FOLDER", help="Copy the key there, apart from the backup."),
    ] = None,
    who: Who = None,
    as_json: Json = False,
) -> None:
    """Copy the workspace into a new folder while it is in use, without its key. Exit code 1: broken audit log."""
    from riskmodel.workflows.backup import backup as run
    from riskmodel.workflows.operators import operator

    done = run(workspace(context), to, operator(who), now(), keys_to, Terminal())
    emit(done, as_json=as_json, lines=_backup_lines(done))
    if done.log_broken_at is not None:
        raise typer.Exit(1)


def restore(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("--from", metavar="FOLDER", help="Folder of the backup.")],
    keys_from: Annotated[
        Path | None, typer.Option("--keys-from", metavar="FOLDER", help="Folder that the key was copied to.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a new workspace (--home) of a backup. Exit code 1: it is there, but was damaged when it was backed up."""
    from riskmodel.workflows.restore import restore as run

    done = run(workspace(context), folder, now(), keys_from, Terminal())
    emit(done, as_json=as_json, lines=_restore_lines(done))
    if done.problems:
        raise typer.Exit(1)


def _backup_lines(done: BackedUp) -> Iterator[str]:
    yield f"backed up into {done.folder}: {done.files:,} files, {_size(done.bytes)} / 备份完成"
    yield f"SHA-256 of its manifest, to be noted elsewhere: {done.sha256}"
    yield f"audit log: {done.log_head}"
    names = ", ".join(done.secrets)
    if done.secrets_copied_to:
        yield f"NOT in it, copied to {done.secrets_copied_to}: {names} / 密钥另存"
    elif done.secrets:
        yield f"NOT in it: {names}; keep a copy of it apart, under lock (--keys-to FOLDER) / 备份不含密钥,请另行保管"
    if done.database_elsewhere:
        how = _ELSEWHERE.get(done.database_elsewhere.partition("+")[0], "back it up by its own means")
        yield f"NOT in it: the database of the settings ({done.database_elsewhere}); {how} / 备份不含外部数据库"
    if done.left_out:
        yield f"NOT in it, because riskmodel does not know them: {', '.join(done.left_out)}"
    if done.log_broken_at is not None:
        yield f"the audit log is BROKEN at line {done.log_broken_at} and was backed up as it is: riskmodel audit verify"


def _restore_lines(done: Restored) -> Iterator[str]:
    yield f"restored into {done.home}: {done.files:,} files, {_size(done.bytes)}, of {done.made_at} / 恢复完成"
    yield f"checked: every file, {done.bundles:,} models, the audit log {done.log_head}"
    if done.key == "missing":
        yield f"the key is NOT in the backup: put installation.key (chmod 600) into {done.home} before the next ingest"
    if done.database_elsewhere:
        yield f"the database outside of the workspace ({done.database_elsewhere}) has to be restored by its own means"
    yield from (f"damaged when it was backed up: {problem}" for problem in done.problems)


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB"
