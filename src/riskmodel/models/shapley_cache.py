"""Whether a folder is private: what numba keeps there is run, so nobody else may be able to write it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_ROOT = 0


def is_private(folder: Path) -> bool:
    """Whether the folder exists, is no link, is this user's alone (0700), and no other user can put another there.

    The last holds when every folder above belongs to this user or to root and is writable by nobody else, or has the
    sticky bit, as the system's folder for temporary files has.
    """
    try:
        own = folder.lstat()
        above = [parent.stat() for parent in folder.absolute().parents]
    except OSError:
        return False
    if not stat.S_ISDIR(own.st_mode) or own.st_uid != os.geteuid() or own.st_mode & _OTHERS:
        return False
    return all(_is_guarded(parent) for parent in above)


def _is_guarded(folder: os.stat_result) -> bool:
    if folder.st_uid not in (_ROOT, os.geteuid()):
        return False
    return not folder.st_mode & _OTHERS_WRITE or bool(folder.st_mode & stat.S_ISVTX)
