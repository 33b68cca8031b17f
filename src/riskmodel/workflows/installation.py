"""The installation's key, and what hangs on it: ids, the identity store, and who may look behind an id."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from riskmodel.errors import UsageError
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.identities import Identity, IdentityStore, Reader, look_up
from riskmodel.sources.id_numbers import FULL, sound
from riskmodel.sources.identifiers import Hasher, normal_number
from riskmodel.tables.files import make_folder, sync_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

KEY_FILE: Final = "installation.key"
STORE: Final = "identities.sqlite"
LOG: Final = "audit.jsonl"
FIND: Final = "find"
"""Action named in the audit log."""

_KEY_BYTES: Final = 32
_STORE_KEY: Final = b"riskmodel identity store, version 1"
_LOT_KEY: Final = "riskmodel work lists, version 1, seed {seed}"
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True)
class Initialised:
    """What `init` did."""

    home: str
    key: str
    """The file with the key; the key itself is never shown."""
    created: bool
    """False when there was a key already, which was left as it is."""


@dataclass(frozen=True)
class Identified:
    """Who stands behind ids."""

    identities: list[Identity]
    unknown: list[str]
    """Ids that the store does not know."""


@dataclass(frozen=True)
class LotKey:
    """The key that the lots of work lists are drawn with."""

    key: bytes = field(repr=False)
    secret: bool
    """False in a workspace without installation key: then whoever knows ids and seed can tell who was drawn."""

    @property
    def mark(self) -> str:
        """What the key is known by; it does not tell the key."""
        return hashlib.sha256(b"mark of " + self.key).hexdigest()[:16]


@dataclass(frozen=True)
class Found:
    """The id of a number."""

    id: str
    kind: str
    wrong_check_digit: bool
    """The number looks like an identity number and its check digit does not fit: perhaps it is mistyped."""


def init(workspace: Workspace) -> Initialised:
    """Make the key of the installation, 32 random bytes that only their owner may read; one that exists stays.

    Raises UsageError when there is an identity store without its key: a new key would not fit it.
    """
    path = key_path(workspace)
    if path.exists():
        return Initialised(str(workspace.home), str(path), created=False)
    if identity_store_path(workspace).exists():
        raise UsageError(
            f"{path} is missing, but {STORE} was made with it. Restore the key from the backup; with a new key, no new "
            f"data can be matched to what the lake holds. If it is lost for good, move {STORE} and the lake away first."
        )
    make_folder(workspace.home)
    _write_once(path, secrets.token_hex(_KEY_BYTES) + "\n")
    return Initialised(str(workspace.home), str(path), created=True)


def key_path(workspace: Workspace) -> Path:
    """Where the key lies."""
    return workspace.home / KEY_FILE


def installation_key(workspace: Workspace) -> bytes:
    """The key that ids are hashed with.

    Raises UsageError when there is none, when others may read it, and when it is damaged.
    """
    path = key_path(workspace)
    if not path.exists():
        raise UsageError(f"{workspace.home} has no key yet. Make it once with: riskmodel init")
    if path.stat().st_mode & _OTHERS:
        raise UsageError(
            f"others than its owner may use {path}. Take that right away (chmod 600) and find out who had it; "
            "docs/identifiers.md says what to do if the key was read."
        )
    text = path.read_text("ascii", "replace").strip()
    if not re.fullmatch(f"[0-9a-f]{{{2 * _KEY_BYTES}}}", text):
        raise UsageError(f"{path} is damaged: it must hold {2 * _KEY_BYTES} hex digits. Restore it from the backup.")
    return bytes.fromhex(text)


def identity_key(workspace: Workspace) -> bytes:
    """The key of the identity store, derived from that of the installation; in the form that Fernet takes."""
    derived = HKDF(SHA256(), length=32, salt=None, info=_STORE_KEY).derive(installation_key(workspace))
    return base64.urlsafe_b64encode(derived)


def lot_key(workspace: Workspace) -> LotKey:
    """The key of lots, derived from that of the installation and the setting `seed`, or from the seed alone."""
    told = _LOT_KEY.format(seed=workspace.settings.seed).encode()
    secret = key_path(workspace).exists()
    material = installation_key(workspace) if secret else b"riskmodel"
    return LotKey(HKDF(SHA256(), length=32, salt=None, info=told).derive(material), secret)


def identity_store_path(workspace: Workspace) -> Path:
    """Where the identity store lies."""
    return workspace.home / STORE


def identify(workspace: Workspace, ids: Sequence[str], reader: Reader, now: datetime) -> Identified:
    """Who stands behind ids; written down in the audit log before it is told.

    Raises UsageError without a purpose, for what is no id, and without a key.
    """
    store = IdentityStore(identity_store_path(workspace), identity_key(workspace))
    found = look_up(store, ids, reader, AuditLog(workspace.home / LOG), now)
    known = {identity.id for identity in found}
    return Identified(found, [id_ for id_ in ids if id_ not in known])


def find(workspace: Workspace, number: str, who: str, now: datetime, *, person: bool = False) -> Found:
    """The id of a household number (户编号), or of a person's identity number; the log gets the id alone."""
    kind = "person" if person else "household"
    numbers = normal_number(pl.Series([number], dtype=pl.String), kind)
    if not numbers[0]:
        raise UsageError("the number is empty. Give a household number, or with --person an identity number.")
    id_ = str(Hasher(installation_key(workspace)).ids(kind, numbers)[0])
    AuditLog(workspace.home / LOG).append(Entry(now.isoformat(), who, FIND, "", (id_,)))
    looks_like_one = person and bool(numbers.str.contains(FULL)[0])
    return Found(id_, kind, wrong_check_digit=looks_like_one and not sound(numbers)[0])


def _write_once(path: Path, text: str) -> None:
    """Make a file that only its owner may read, durably. Raises UsageError when somebody else made it just now."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{path} was made by another process just now. Nothing was changed.") from None
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    sync_folder(path.parent)
