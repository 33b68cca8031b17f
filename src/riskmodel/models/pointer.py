"""Which bundle is the champion of a model, in a small file beside the registry.

A service reads this file, again and again, instead of MLflow: it is one JSON object that appears at once, and names the
bundle by its hash, so that another folder in its place is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from riskmodel.errors import BundleError
from riskmodel.models import bundle, strict_json
from riskmodel.models.bundle import Bundle
from riskmodel.tables.files import write_json

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = "champions"
_KEYS: Final = ("bundle", "hash", "version")
_MOST: Final = 4096


@dataclass(frozen=True)
class Pointer:
    """The champion of a model: its version, its bundle's folder and hash."""

    version: int
    path: Path
    hash: str


def point(registry: Path, name: str, pointer: Pointer) -> None:
    """Name the champion of a model. Its folder is kept relative to the registry, which may be moved."""
    inside = pointer.path.relative_to(registry.absolute()).as_posix()
    write_json(registry / FOLDER / f"{name}.json", {"bundle": inside, "hash": pointer.hash, "version": pointer.version})


def pointed(registry: Path, name: str) -> Pointer | None:
    """The champion of a model; None where none was named. BundleError for a file that says something else."""
    path = registry / FOLDER / f"{name}.json"
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    if len(text) > _MOST:
        raise BundleError(f"{path} is too large to be a pointer: name the champion again, riskmodel models promote")
    found = strict_json.record(strict_json.decoded(text, str(path)), _KEYS, str(path))
    inside = strict_json.text(found["bundle"], f"{path}, bundle")
    folder = (registry.absolute() / inside).resolve()
    if not folder.is_relative_to(registry.absolute().resolve()):
        raise BundleError(f"{path} points out of the registry: name the champion again, riskmodel models promote")
    version, wanted = strict_json.whole(found["version"], str(path)), strict_json.text(found["hash"], str(path))
    return Pointer(version, folder, wanted)


def load(pointer: Pointer) -> Bundle:
    """The verified bundle that a pointer names. BundleError when it is missing, damaged or another one."""
    found = bundle.read(pointer.path)
    if found.hash != pointer.hash:
        raise BundleError(f"{pointer.path} is not the bundle that was named champion (version {pointer.version})")
    return found
