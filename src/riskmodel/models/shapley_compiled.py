"""The loops of exact SHAP values as machine code, kept for the next process where nobody else can write.

They wait for nothing and hold no lock of Python's (`nogil`): any number of threads may run them, each on rows of its
own. Plain threads, and not numba's `prange`: its pools end the process when two threads of a server ask at once, or
when a process forks that has used them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple, get_type_hints

import numba
import numpy as np
from numba import types
from numpy.typing import NDArray

from riskmodel.models.shapley_cache import is_private
from riskmodel.models.shapley_kernel import Leaves, Tables, explain, fill


class Compiled(NamedTuple):
    """Machine code of the functions of `shapley_kernel.py`, under their names."""

    fill: Callable[[Tables, Leaves], None]
    explain: Callable[..., None]


@cache
def compiled() -> Compiled:
    """The loops, ready to run.

    Compiling takes some ten seconds of CPU, reading what was kept about half of one. What keeps the code from being
    kept or read is told in the log, and then this process compiles for itself.
    """
    if keeps():
        try:
            return _compiled(keep=True)
        except Exception as error:  # whatever is wrong with the folder, the loops can be compiled without it
            _say(f"{type(error).__name__}: {error}; empty the folder")
    return _compiled(keep=False)


def keeps() -> bool:
    """Whether numba has a folder, NUMBA_CACHE_DIR (the command line sets it), that this user alone can write."""
    if not _folder():
        return False
    if not is_private(Path(_folder())):
        _say("it is not this user's alone (mode 0700, no folder above writable by others), and what lies there is run")
        return False
    return True


def _folder() -> str:
    return str(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # numba sets it while it is imported


def _say(reason: str) -> None:
    logging.getLogger(__name__).warning("compiled code is not kept in %s: %s", _folder(), reason)


def _compiled(*, keep: bool) -> Compiled:
    """For exactly these types, the rows read-only or not: nothing is compiled later for others."""
    floats, table = types.Array(types.float64, 1, "C"), types.Array(types.float64, 2, "C")
    rows = types.Array(types.float64, 2, "C", readonly=True)
    tables, leaves = _compiled_type(Tables), _compiled_type(Leaves)
    return Compiled(
        numba.njit(types.void(tables, leaves), nogil=True, cache=keep)(fill),
        numba.njit(types.void(rows, tables, floats, table), nogil=True, cache=keep)(explain),
    )


def _compiled_type(made: type[Tables] | type[Leaves]) -> types.NamedTuple:
    """What numba calls a tuple of these arrays."""
    kinds = {NDArray[np.int64]: types.int64, NDArray[np.float64]: types.float64, NDArray[np.uint32]: types.uint32}
    arrays = [types.Array(kinds[hint], 1, "C") for hint in get_type_hints(made).values()]
    return types.NamedTuple(arrays, made)  # type: ignore[no-untyped-call]  # numba annotates none of its types
