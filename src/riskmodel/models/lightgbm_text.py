"""Whether a LightGBM model text is safe to hand to LightGBM's own parser, which trusts what it reads.

That parser takes child indices, lengths and counts as they come: a text with an index out of range loads, predicts from
memory that is not its own, and ends the process when contributions are asked for. So the text must be exactly what
LightGBM's writer makes for a binary model of version v4 (gbdt_model_text.cpp and tree.cpp of LightGBM 4), line by line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from riskmodel.errors import BundleError
from riskmodel.models import strict_json
from riskmodel.models.lightgbm_tree import Tree, check_tree

MAX_BYTES = 64 * 2**20
MAX_TREES = 10_000
END = "end of trees\n"

_FIXED_HEADER = (
    "tree",
    "version=v4",
    "num_class=1",
    "num_tree_per_iteration=1",
    "label_index=0",
)
_NUMBER = r"-?\d{1,25}(?:\.\d{1,25})?(?:e[+-]?\d{1,3})?"
_FEATURE_INFO = re.compile(rf"none|\[{_NUMBER}:{_NUMBER}\]|-?\d{{1,10}}(?::-?\d{{1,10}})*", re.ASCII)
_SIZES = re.compile(r"[1-9]\d{0,8}(?: [1-9]\d{0,8})*", re.ASCII)


def stored(text: str) -> str:
    """The part of LightGBM's text that makes the model, without the parameters, which name the machine's settings."""
    end = text.find("\n" + END)
    if end < 0:
        _refuse("the line 'end of trees' is missing")
    return text[: end + 1 + len(END)]


def validate(text: str, columns: int) -> None:
    """Nothing, when LightGBM may read the text; BundleError naming the line or tree otherwise.

    columns: how many columns the model has.
    """
    if len(text) > MAX_BYTES:
        _refuse(f"it has {len(text)} bytes, more than the {MAX_BYTES} allowed")
    if not text.isascii() or "\0" in text or "\r" in text:
        _refuse("it holds a character that LightGBM never writes")
    if columns < 1:
        _refuse("it must have at least one column")
    start, sizes = _header(text, columns)
    for index, block in enumerate(_blocks(text, start, sizes)):
        if not block.startswith(f"Tree={index}\n"):
            _refuse(f"tree {index} does not start where tree_sizes says")
        check_tree(block, index, columns)
    if text[start + sum(sizes) :] != END:
        _refuse("after the last tree there must be the line 'end of trees' and nothing else")


def header_line(text: str, key: str) -> str | None:
    """What a line of the header of a validated text says, None when it has no such line."""
    head = text[: text.index("\n\n")]
    found = [line for line in head.split("\n") if line.startswith(key + "=")]
    return found[0].partition("=")[2] if found else None


def trees(text: str, columns: int) -> list[Tree]:
    """The trees of a text that `validate` lets pass, in their order."""
    return [Tree(block, index) for index, block in enumerate(_blocks(text, *_header(text, columns)))]


def _blocks(text: str, start: int, sizes: Sequence[int]) -> Iterator[str]:
    """The lines of each tree."""
    for size in sizes:
        yield text[start : start + size]
        start += size


def _header(text: str, columns: int) -> tuple[int, list[int]]:
    """Where the first tree starts, and the length of each tree."""
    end = text.find("\n\n")
    if end < 0:
        _refuse("its header has no end")
    lines = iter(text[:end].split("\n"))
    for expected in (
        *_FIXED_HEADER,
        f"max_feature_idx={columns - 1}",
        "objective=binary sigmoid:1",
        "feature_names=" + " ".join(f"f{i}" for i in range(columns)),
    ):
        _expect_line(lines, expected)
    line = next(lines, "")
    if line.startswith("monotone_constraints="):
        _check_tokens(line, ("-1", "0", "1"), columns)
        line = next(lines, "")
    infos = _value(line, "feature_infos").split(" ")
    if len(infos) != columns or not all(_FEATURE_INFO.fullmatch(info) for info in infos):
        _refuse(f"feature_infos does not describe {columns} columns")
    sizes = _value(next(lines, ""), "tree_sizes")
    if not _SIZES.fullmatch(sizes) or next(lines, None) is not None:
        _refuse("tree_sizes must be the last line of the header and list the length of each tree")
    lengths = [int(size) for size in sizes.split(" ")]
    if len(lengths) > MAX_TREES:
        _refuse(f"it has {len(lengths)} trees, more than the {MAX_TREES} allowed")
    return end + 2, lengths


def _expect_line(lines: Iterator[str], expected: str) -> None:
    found = next(lines, "")
    if found != expected:
        _refuse(f"its header says {found[:80]!r} where {expected[:80]!r} is expected")


def _check_tokens(line: str, allowed: Sequence[str], columns: int) -> None:
    key, _, value = line.partition("=")
    tokens = value.split(" ")
    if len(tokens) != columns or any(token not in allowed for token in tokens):
        _refuse(f"{key} must be {columns} numbers out of {', '.join(allowed)}")


def _value(line: str, key: str) -> str:
    if not line.startswith(key + "="):
        _refuse(f"its header says {line[:80]!r} where {key} is expected")
    return line[len(key) + 1 :]


def _refuse(reason: str) -> NoReturn:
    raise BundleError(f"model.txt is not a LightGBM model that can be read safely: {reason}; {strict_json.REPAIR}")
