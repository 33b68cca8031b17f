"""What a server needs of requirements.lock: riskmodel with PostgreSQL's driver, without the tools of developers.

`python deployment/server_lock.py` prints it, with the versions and hashes of the lock; `make wheelhouse` keeps it.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK: Final = Path(__file__).resolve().parents[1] / "requirements.lock"
SERVER: Final = "riskmodel[postgres]"


def needed(name: str = SERVER) -> set[str]:
    """Names of all that a requirement needs, itself left out, as it is installed beside this program."""
    found: set[str] = set()
    waiting = [Requirement(name)]
    seen: set[str] = set()
    while waiting:
        asked = waiting.pop()
        if str(asked) in seen:
            continue
        seen.add(str(asked))
        found.add(canonicalize_name(asked.name))
        told = [Requirement(text) for text in distribution(asked.name).requires or ()]
        waiting += [one for one in told if _applies(one, asked.extras)]
    return found - {canonicalize_name(Requirement(name).name)}


def server_lock(lock: str, names: set[str]) -> str:
    """The entries of a lock that are of these names. Raises ValueError for one that the lock lacks."""
    entries: dict[str, str] = {
        canonicalize_name(re.split(r"[\[=]", entry)[0]): entry
        for entry in re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE | re.IGNORECASE)[1:]
    }
    if lacking := names - entries.keys():
        raise ValueError(f"requirements.lock lacks {', '.join(sorted(lacking))}. Run `make lock`.")
    return "".join(entries[name] for name in sorted(names))


def _applies(asked: Requirement, extras: set[str]) -> bool:
    """Whether a dependency is needed on this machine, with these extras of what needs it."""
    return asked.marker is None or any(asked.marker.evaluate({"extra": extra}) for extra in (*extras, ""))


if __name__ == "__main__":
    print(server_lock(LOCK.read_text("utf-8"), needed()), end="")
