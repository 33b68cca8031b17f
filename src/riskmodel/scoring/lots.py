"""Lots: a number for each household that looks like chance, and is the same again for whoever holds the key.

A keyed hash of the id (BLAKE2b), so that it depends on no other household, on no library's generator and on no order of
rows; without the key nobody can tell it, not even for an id that stands on a sheet in his hand.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_BYTES: Final = 8


def lots(ids: pl.Series, key: bytes, purpose: str) -> NDArray[np.uint64]:
    """A number for each id (n,); equal ids, keys and purposes give equal numbers. Purposes have nothing in common.

    Raises ValueError for a key of more than 64 bytes.
    """
    start = _started(key, purpose)
    digests = b"".join(_digest(start, id_) for id_ in ids.to_list())
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def chance(key: bytes, purpose: str) -> float:
    """One number from 0 up to 1, without 1."""
    return (int.from_bytes(_digest(_started(key, purpose), ""), "little") >> 11) * 2.0**-53


def _started(key: bytes, purpose: str) -> hashlib.blake2b:
    own = hashlib.blake2b(purpose.encode(), key=key).digest()
    return hashlib.blake2b(key=own, digest_size=_BYTES)


def _digest(start: hashlib.blake2b, text: str) -> bytes:
    digest = start.copy()
    digest.update(text.encode())
    return digest.digest()
