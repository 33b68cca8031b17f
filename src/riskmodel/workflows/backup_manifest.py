"""What a backup says of itself: who made it of what, and size and SHA-256 of every file.

<backup>/MANIFEST.json       this
<backup>/MANIFEST.sha256     its SHA-256, in the form of `sha256sum`
<backup>/workspace/          the files, at their places in the workspace
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from riskmodel.errors import DataError, UsageError
from riskmodel.tables.copying import Content, content_of
from riskmodel.tables.files import write_bytes, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.workflows.progress import Progress

MANIFEST: Final = "MANIFEST.json"
SEAL: Final = "MANIFEST.sha256"
FILES: Final = "workspace"
LAYOUT: Final = 1
"""Raised when an older program could no longer restore what a newer one backs up."""
_REMEDY: Final = "Nothing was restored. Take another copy of this backup, or an earlier one."


@dataclass(frozen=True)
class BackupManifest:
    """The facts of a backup."""

    made_at: str
    program: str
    """Version of the program that made it."""
    database: str
    """Version of the tables of its database; empty where it holds none."""
    database_elsewhere: str
    """Kind of a database outside of the workspace, which is not in the backup; empty for the workspace's own."""
    key_mark: str
    """What the key of the installation is known by, which is not in the backup; empty without key."""
    log_head: str
    """Head of the audit log, see `review.chain.Head`."""
    log_broken_at: int | None
    """As in `audit verify`: a broken log is backed up as it is."""
    files: Mapping[str, Content] = field(repr=False)
    """By their path in the workspace, with slashes."""
    layout: int = LAYOUT

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(content.bytes for content in self.files.values())


def write_manifest(folder: Path, manifest: BackupManifest) -> str:
    """Write it, and beside it its SHA-256, which is returned."""
    write_json(folder / MANIFEST, asdict(manifest))
    seal = content_of(folder / MANIFEST).sha256
    write_bytes(folder / SEAL, _sealed(seal))
    return seal


def read_manifest(folder: Path) -> BackupManifest:
    """The manifest of a backup. Raises UsageError where there is none or it was made by a newer program, DataError when
    it is damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        raise UsageError(f"{folder} is no backup: it has no {MANIFEST}. Give the folder that riskmodel backup made.")
    text = path.read_bytes()
    try:
        if (folder / SEAL).read_bytes() != _sealed(hashlib.sha256(text).hexdigest()):
            raise ValueError(f"its SHA-256 is not that of {SEAL}")
        found = json.loads(text)
        if found["layout"] > LAYOUT:
            raise UsageError(
                f"{folder} was made by a newer program ({found['program']}). Install that one, then restore."
            )
        files = {name: Content(**content) for name, content in found["files"].items()}
        return BackupManifest(**found | {"files": files})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path} or {SEAL} is damaged ({error}). {_REMEDY}") from error


def verify_files(folder: Path, manifest: BackupManifest, show: Progress) -> None:
    """Compare every file of a backup with its manifest. Raises DataError that names the first that differs."""
    root = folder / FILES
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir() or path.is_symlink()}
    if added := sorted(found - set(manifest.files)):
        raise DataError(f"{root / added[0]} does not belong to the backup: the manifest does not know it. {_REMEDY}")
    for name, content in show.track(manifest.files.items(), "checking the backup", len(manifest.files)):
        path = file_in(root, name)
        if not path.is_file():
            raise DataError(f"{path} is missing. {_REMEDY}")
        require_content(path, content_of(path), content)


def file_in(root: Path, name: str) -> Path:
    """Where a file of the manifest lies. Raises DataError for a name, or a link, that leads out of the folder."""
    plain = PurePosixPath(name)
    path = root.joinpath(*plain.parts)
    outside = plain.is_absolute() or ".." in plain.parts or plain.as_posix() != name or "\0" in name
    if outside or path.resolve() != root.resolve().joinpath(*plain.parts):
        raise DataError(f"the manifest names {name!r}, which is a link or leads out of {root}. {_REMEDY}")
    return path


def require_content(path: Path, found: Content, wanted: Content) -> None:
    """Raises DataError that names a file whose content is not the one that was backed up."""
    if found != wanted:
        raise DataError(
            f"{path} is damaged: {found.bytes:,} bytes with SHA-256 {found.sha256[:12]}..., the manifest says "
            f"{wanted.bytes:,} bytes with {wanted.sha256[:12]}.... {_REMEDY}"
        )


def _sealed(sha256: str) -> bytes:
    return f"{sha256}  {MANIFEST}\n".encode()
