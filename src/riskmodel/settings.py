"""Settings of an installation: `riskmodel.toml` in the workspace, then RISKMODEL_* of the environment.

An unknown key is an error: a misspelt setting must not be silently ignored.
"""

from __future__ import annotations

import os
import tomllib
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from riskmodel.errors import UsageError

PREFIX = "RISKMODEL_"
FILE = "riskmodel.toml"
DEFAULT_HOME = "riskmodel-home"


@dataclass(frozen=True)
class Settings:
    """What an installation can set; every key can stand in the file or, with the prefix, in the environment."""

    home: Path
    """Workspace: lake, models, MLflow store, results, reports. Only from the environment or `--home`."""
    label: str = "new_entry_12m"
    """Label that `train` learns."""
    seed: int = 0
    """Seed of everything that is random in training, and with the key of the installation of the lots of work lists."""
    database_url: str = ""
    """The database of the service: `postgresql://HOST/NAME`; empty = a SQLite file in the workspace."""
    workers: int = 1
    """Processes of the service, which share the rate of a key."""


def prepare_process() -> None:
    """One thread for Polars and numpy, freed memory kept for some seconds, and a place for compiled code, unless the
    environment says otherwise.

    To be called before Polars and numpy are imported. Why: docs/decisions/0008-one-thread-per-process.md.
    """
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:5000")
    keep_compiled_code()


def keep_compiled_code() -> None:
    """Have numba keep what it compiles in a folder of this user alone, unless the environment names another.

    To be called before numba is imported. What lies there is run, and numba unpickles it: so the folder is private
    (0700), below XDG_CACHE_HOME or ~/.cache, and is not used where it cannot be (models/shapley_cache.py). Without it
    each process compiles for itself, in about ten seconds.
    """
    if "NUMBA_CACHE_DIR" in os.environ:
        return
    with suppress(OSError, RuntimeError):  # a read-only disk, or a user without a home: nothing is kept
        written = Path(os.environ.get("XDG_CACHE_HOME", ""))
        folder = (written if written.is_absolute() else Path.home() / ".cache") / "riskmodel" / "numba"
        for made in (*reversed(folder.parents), folder):
            made.mkdir(mode=0o700, exist_ok=True)
        os.environ["NUMBA_CACHE_DIR"] = str(folder)


def load(home: Path | None = None) -> Settings:
    """Settings for a workspace; `home` (the option `--home`) wins over RISKMODEL_HOME.

    Raises UsageError for an unknown key, a wrong type, an unreadable file, or a workspace that is no folder.
    """
    environment = {k.removeprefix(PREFIX).lower(): v for k, v in os.environ.items() if k.startswith(PREFIX)}
    root = home or Path(environment.get("home") or DEFAULT_HOME)
    environment.pop("home", None)
    if root.exists() and not root.is_dir():
        raise UsageError(f"the workspace {root} is a file. Give a folder with --home or {PREFIX}HOME.")
    written = _read(root / FILE)
    known = {field.name for field in fields(Settings)} - {"home"}
    for where, keys in ((str(root / FILE), written), ("the environment", environment)):
        if unknown := sorted(set(keys) - known):
            shown = [f"{PREFIX}{k.upper()}" if where == "the environment" else k for k in unknown]
            raise UsageError(f"unknown setting {', '.join(shown)} in {where}. Known: {', '.join(sorted(known))}.")
    values = {**written, **environment}
    url = _text(values, "database_url") if values.get("database_url") else ""
    return Settings(
        home=root,
        label=_text(values, "label"),
        seed=_whole(values, "seed"),
        database_url=url,
        workers=max(1, _whole(values, "workers")),
    )


def hand_down(settings: Settings) -> None:
    """Write settings into the environment, for the processes of a service that are started from here."""
    for name, value in vars(settings).items():
        os.environ[f"{PREFIX}{name.upper()}"] = str(value.absolute() if isinstance(value, Path) else value)


def _read(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Correct the file or remove it.") from error


def _text(values: dict[str, object], key: str) -> str:
    value = values.get(key, _default(key))
    if not isinstance(value, str) or not value:
        raise UsageError(f"setting {key} is {value!r}; it must be a text.")
    return value


def _whole(values: dict[str, object], key: str) -> int:
    value = values.get(key, _default(key))
    if isinstance(value, bool) or not str(value).isdecimal():
        raise UsageError(f"setting {key} is {value!r}; it must be a whole number from 0 on.")
    return int(str(value))


def _default(key: str) -> object:
    return next(field.default for field in fields(Settings) if field.name == key)
