"""A long text in hidden fields of a page, packed, so that the server keeps nothing between a preview and its saving."""

from __future__ import annotations

import base64
import zlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART: Final = 200_000
"""Letters of a field."""


def in_fields(text: str) -> list[str]:
    """A text as the values of hidden fields."""
    told = base64.b64encode(zlib.compress(text.encode())).decode()
    return [told[start : start + _PART] for start in range(0, len(told), _PART)]


def out_of_fields(parts: Sequence[str], most: int) -> bytes:
    """The text again, of at most so many bytes. Raises ValueError or zlib.error for what is none."""
    packed = zlib.decompressobj()
    text = packed.decompress(base64.b64decode("".join(parts), validate=True), most)
    if packed.unconsumed_tail:
        raise ValueError("too large")
    return text
