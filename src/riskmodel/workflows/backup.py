"""Back up a workspace while it is in use: all that cannot be made again, at once visible, its key apart."""

from __future__ import annotations

import hashlib
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from riskmodel import __version__
from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.store import version_in_file
from riskmodel.settings import FILE as SETTINGS
from riskmodel.tables.copying import Content, copy_file, copy_sqlite, new_folder, write_new
from riskmodel.tables.files import write_bytes
from riskmodel.workflows.backup_manifest import FILES, BackupManifest, write_manifest
from riskmodel.workflows.database import FILE as DATABASE
from riskmodel.workflows.installation import KEY_FILE, LOG, STORE, installation_key, key_path
from riskmodel.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "backup"
"""Named in the audit log."""
BACKED_UP: Final = (
    *(DATABASE, SETTINGS, "policy"),
    *("lake/receipts", "lake/waiting", "lake/generations", "lake/manifests", "lake/batches", "lake/index.sqlite"),
    *(
        STORE,
        "mlflow/champions",
        "mlflow/mlflow.db",
        "mlflow/artifacts",
        "models",
        "results",
        "worklists",
        "reports",
        "runs",
    ),
    LOG,
)
"""What is copied of a workspace, in this order: what vouches for something else is copied before it, so that no
database, receipt or pointer speaks of what the backup lacks."""
LEFT_OUT: Final = (KEY_FILE, "lake/locks", "simulated", "benchmarks")
"""What is not: the key, and what is made again without loss."""
_DATABASES: Final = (DATABASE, STORE, "lake/index.sqlite", "mlflow/mlflow.db")
_WHILE_WRITTEN: Final = (*_DATABASES, LOG)
"""What may be written while it is copied: the copy is that of one moment."""
_BESIDE: Final = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database; a copy is without it."""


@dataclass(frozen=True)
class BackedUp:
    """What `backup` did."""

    folder: str
    files: int
    bytes: int
    sha256: str
    """Of the manifest. Noted elsewhere, it tells that nobody changed the backup."""
    database_elsewhere: str
    """Kind of the database that the settings name: it is not in the backup. Empty for the workspace's own."""
    secrets: list[str]
    """Files that are not in the backup because whoever has them and the backup reads names."""
    secrets_copied_to: str | None
    log_head: str
    log_broken_at: int | None
    """As in `audit verify`: a broken log was backed up as it is."""
    left_out: list[str]
    """Files and folders of the workspace that riskmodel does not know."""


def backup(
    workspace: Workspace,
    to: Path,
    who: str,
    now: datetime,
    keys_to: Path | None = None,
    progress: Progress | None = None,
) -> BackedUp:
    """Copy a workspace into the new folder `to`; `keys_to`: a folder elsewhere that its secrets are copied to.

    Services go on, and so do readers. Raises UsageError for folders that cannot be used, BusyError while somebody
    writes to the lake or replaces results, DataError when something is damaged or the disk refuses.
    """
    home, target, show = workspace.home, Path(to).absolute(), progress or Silent()
    _require_usable(home, target, keys_to)
    secrets = _secrets(home)
    mark = key_mark(installation_key(workspace)) if key_path(workspace).exists() else ""
    AuditLog(home / LOG).append(Entry(now.isoformat(), who, ACTION, target.name, ()))
    try:
        if keys_to:
            _copy_secrets(home, secrets, keys_to)
        with new_folder(target) as filling, workspace.lake.still():
            files = _copied(workspace, filling / FILES, secrets, show)
            manifest = _manifest(workspace, filling / FILES, files, mark, now)
            seal = write_manifest(filling, manifest)
    except OSError as error:
        raise DataError(f"the backup was not made: {error}. Nothing half-written is visible in {target}.") from error
    return BackedUp(
        folder=str(target),
        files=len(files),
        bytes=manifest.bytes,
        sha256=seal,
        database_elsewhere=manifest.database_elsewhere,
        secrets=secrets,
        secrets_copied_to=str(keys_to) if keys_to else None,
        log_head=manifest.log_head,
        log_broken_at=manifest.log_broken_at,
        left_out=_unknown(home),
    )


def key_mark(key: bytes) -> str:
    """What the key of an installation is known by in its backups; it does not tell the key."""
    return hashlib.sha256(b"riskmodel backup, mark of " + key).hexdigest()[:16]


def _require_usable(home: Path, target: Path, keys_to: Path | None) -> None:
    if not home.is_dir():
        raise UsageError(f"there is no workspace in {home}: nothing to back up. Name it with --home.")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise UsageError(f"{target} exists already. Give each backup a new folder, for example named after the day.")
    places = [(target, "the backup"), *([(keys_to.absolute(), "the copy of the key")] if keys_to else [])]
    for place, what in places:
        if place.resolve().is_relative_to(home.resolve()):
            raise UsageError(f"{place} lies in the workspace: {what} belongs elsewhere, best onto another disk.")
    if keys_to and keys_to.resolve().is_relative_to(target.resolve()):
        raise UsageError(f"{keys_to} lies in the backup: the key belongs elsewhere, best onto a medium under lock.")


def _secrets(home: Path) -> list[str]:
    """Files that do not lie beside the data: the key, and settings that hold the password of a database."""
    found = [KEY_FILE] if (home / KEY_FILE).exists() else []
    if (home / SETTINGS).exists():
        url = tomllib.loads((home / SETTINGS).read_text("utf-8-sig")).get("database_url", "")
        found += [SETTINGS] if urlsplit(str(url)).password else []
    return found


def _copy_secrets(home: Path, secrets: list[str], keys_to: Path) -> None:
    for name in secrets:
        content, target = (home / name).read_bytes(), keys_to / name
        if target.exists() and target.read_bytes() != content:
            raise UsageError(
                f"{target} is another one than that of this workspace. Give the keys a folder of their own."
            )
        write_bytes(target, content)


def _copied(workspace: Workspace, into: Path, secrets: list[str], show: Progress) -> dict[str, Content]:
    """Copy everything; content by path in the workspace."""
    copied: dict[str, Content] = {}
    for part in BACKED_UP:
        paths = [] if part in secrets else list(_files(workspace, part))
        before = _states(paths)
        for path in show.track(paths, f"copying {part}", len(paths)) if paths else ():
            name = path.relative_to(workspace.home).as_posix()
            try:
                copied[name] = _copy(path, into / name, name)
            except FileNotFoundError as error:
                raise _busy(path) from error
        if part not in _WHILE_WRITTEN and _states(paths) != before:
            raise _busy(workspace.home / part)
    return copied


def _files(workspace: Workspace, part: str) -> Iterator[Path]:
    """The files of a part, without temporary ones. Raises UsageError for a link to a folder."""
    path = workspace.home / part
    if part == "lake/generations":
        yield from workspace.lake.files_in_force()
        return
    for found in [path] if path.is_file() else sorted(path.rglob("*")):
        if any(name.startswith(".") for name in found.relative_to(path).parts):
            continue
        if found.is_symlink() and found.is_dir():
            raise UsageError(f"{found} is a link to a folder, whose files the backup would lack. Move the folder here.")
        if found.is_file():
            yield found


def _copy(path: Path, target: Path, name: str) -> Content:
    if name in _DATABASES:
        return copy_sqlite(path, target)
    return write_new(target, AuditLog(path).portions()) if name == LOG else copy_file(path, target)


def _states(paths: Iterable[Path]) -> dict[Path, tuple[int, int, int]]:
    """What changes of a file when somebody writes or replaces it; one that is gone has none."""
    found = {}
    for path in paths:
        with suppress(FileNotFoundError):
            facts = path.stat()
            found[path] = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
    return found


def _busy(path: Path) -> BusyError:
    return BusyError(f"{path} was written while it was copied. Nothing was backed up; try again.")


def _manifest(workspace: Workspace, copy: Path, files: dict[str, Content], mark: str, now: datetime) -> BackupManifest:
    log = AuditLog(copy / LOG).examined()
    return BackupManifest(
        made_at=now.isoformat(),
        program=__version__,
        database=version_in_file(copy / DATABASE) if DATABASE in files else "",
        database_elsewhere=urlsplit(workspace.settings.database_url).scheme,
        key_mark=mark,
        log_head=str(log.head),
        log_broken_at=log.broken_at,
        files=files,
    )


def _unknown(home: Path) -> list[str]:
    """What lies in a workspace and is neither backed up nor left out on purpose."""
    folders = (home, home / "lake", home / "mlflow")
    names = (path.relative_to(home).as_posix() for folder in folders if folder.is_dir() for path in folder.iterdir())
    known = (*BACKED_UP, *LEFT_OUT, *(f"{name}{end}" for name in _DATABASES for end in _BESIDE))
    strange = (name for name in names if not any(one == name or one.startswith(f"{name}/") for one in known))
    return sorted(name for name in strange if not name.rpartition("/")[2].startswith("."))
