"""Restore a workspace from a backup: checked before anything is touched, there at once, and checked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import BundleError, DataError, LakeError, UsageError
from riskmodel.models import bundle
from riskmodel.models.pointer import FOLDER as CHAMPIONS
from riskmodel.models.pointer import pointed
from riskmodel.review.audit import AuditLog
from riskmodel.review.store import knows_version, version_in_file
from riskmodel.settings import FILE as SETTINGS
from riskmodel.tables.copying import copy_file, new_folder
from riskmodel.workflows.backup import key_mark
from riskmodel.workflows.backup_manifest import (
    FILES,
    BackupManifest,
    file_in,
    read_manifest,
    require_content,
    verify_files,
)
from riskmodel.workflows.database import FILE as DATABASE
from riskmodel.workflows.installation import KEY_FILE, LOG
from riskmodel.workflows.operators import note_operator
from riskmodel.workflows.progress import Progress, Silent

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

ACTION: Final = "restore"
"""Named in the audit log."""
_BUNDLES: Final = "artifacts/*/artifacts/bundle"


@dataclass(frozen=True)
class Restored:
    """What `restore` did, and what the check afterwards found."""

    home: str
    made_at: str
    """When the backup was made."""
    files: int
    bytes: int
    database: str
    """Version of the tables of the database as it is now; empty where the backup held none."""
    database_elsewhere: str
    """Kind of the database outside of the workspace, which has to be restored by its own means."""
    key: str
    """`restored`, `missing` (to be put in its place), or empty for an installation without key."""
    log_head: str
    """As it was backed up; the entry about the restore follows."""
    log_broken_at: int | None
    bundles: int
    """Sound bundles of models."""
    problems: list[str]
    """What is restored as it was backed up, and was damaged then already."""


def restore(
    workspace: Workspace,
    folder: Path,
    now: datetime,
    keys_from: Path | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Make a workspace of a backup; `keys_from`: the folder that its secrets were copied to.

    Everything is compared with the manifest before the workspace's folder appears. In the end the audit log says that
    it was restored. Raises UsageError for a workspace that is not empty, for a backup of a newer program and for
    another key; DataError that names what is damaged.
    """
    home, show = workspace.home.absolute(), progress or Silent()
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise UsageError(f"{home} is not empty. Restore into a new folder, --home; nothing is ever overwritten.")
    manifest = read_manifest(folder)
    _require_known(folder, manifest)
    secrets = _secrets(keys_from, manifest)
    verify_files(folder, manifest, show)
    try:
        with new_folder(home) as filling:
            _copy_files(folder / FILES, filling, manifest, show)
            for path in secrets:
                copy_file(path, filling / path.name)
    except OSError as error:
        raise DataError(f"nothing was restored: {error}. Nothing half-written is visible in {home}.") from error
    found = _checked(workspace, manifest, show)
    note_operator(workspace, ACTION, f"restored from the backup of {manifest.made_at}", now)
    return found


def _require_known(folder: Path, manifest: BackupManifest) -> None:
    if manifest.database and not knows_version(manifest.database):
        raise UsageError(
            f"the database in {folder} has tables of version {manifest.database}, which this program does not know: it "
            f"was made by a newer one ({manifest.program}). Install that one, then restore."
        )


def _secrets(keys_from: Path | None, manifest: BackupManifest) -> list[Path]:
    """The secrets in a folder. Raises UsageError when there is no key in it, or that of another installation."""
    if keys_from is None:
        return []
    found = [keys_from / name for name in (KEY_FILE, SETTINGS) if (keys_from / name).is_file()]
    if not found:
        raise UsageError(f"{keys_from} holds neither {KEY_FILE} nor {SETTINGS}. Give the folder of the keys.")
    if found[0].name == KEY_FILE:
        text = found[0].read_text("ascii", "replace").strip()
        try:
            same = key_mark(bytes.fromhex(text)) == manifest.key_mark
        except ValueError:
            same = False
        if not same:
            raise UsageError(f"{found[0]} is not the key of the installation that was backed up, or it is damaged.")
    return [path for path in found if path.name not in manifest.files]


def _copy_files(root: Path, into: Path, manifest: BackupManifest, show: Progress) -> None:
    for name, content in show.track(manifest.files.items(), "restoring", len(manifest.files)):
        source = file_in(root, name)
        require_content(source, copy_file(source, into / name), content)


def _checked(workspace: Workspace, manifest: BackupManifest, show: Progress) -> Restored:
    """Open what was restored as it will be used, and tell what was found."""
    home = workspace.home
    log = AuditLog(home / LOG).examined()
    bundles, problems = _models(home / "mlflow", show)
    if log.broken_at is not None:
        problems.append(f"{LOG}: the chain is broken at line {log.broken_at}")
    if str(log.head) != manifest.log_head:
        problems.append(f"{LOG} ends with {log.head}, the backup noted {manifest.log_head}")
    has_key = (home / KEY_FILE).exists()
    return Restored(
        home=str(home),
        made_at=manifest.made_at,
        files=len(manifest.files),
        bytes=manifest.bytes,
        database=version_in_file(home / DATABASE) if manifest.database else "",
        database_elsewhere=manifest.database_elsewhere,
        key="restored" if has_key else "missing" if manifest.key_mark else "",
        log_head=str(log.head),
        log_broken_at=log.broken_at,
        bundles=bundles,
        problems=[*problems, *_lake_problems(workspace)],
    )


def _models(registry: Path, show: Progress) -> tuple[int, list[str]]:
    """How many bundles are sound, and what is wrong with the others and with the champions."""
    hashes: dict[Path, str] = {}
    problems = []
    folders = sorted(registry.glob(_BUNDLES))
    for folder in show.track(folders, "checking the models", len(folders)) if folders else ():
        try:
            hashes[folder.resolve()] = bundle.read(folder).hash
        except BundleError as error:
            problems.append(str(error))
    for name in sorted(path.stem for path in (registry / CHAMPIONS).glob("*.json")):
        try:
            champion = pointed(registry, name)
        except BundleError as error:
            problems.append(str(error))
            continue
        if champion and hashes.get(champion.path) != champion.hash:
            problems.append(f"{champion.path} is not the sound bundle that was named champion of {name}")
    return len(hashes), problems


def _lake_problems(workspace: Workspace) -> list[str]:
    """Counties whose batches cannot be read."""
    problems = []
    for county in workspace.lake.counties():
        try:
            workspace.lake.records(county)
        except LakeError as error:
            problems.append(str(error))
    return problems
