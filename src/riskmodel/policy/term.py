"""One word of the domain: its stored code and its titles, in one declaration."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A word with a code for the tables, a Chinese title for people and an English title for documents.

    Members are declared as `NAME = "code", "中文"` with, where needed, the English title and further Chinese
    words that mean the same in department files. Without an English title the code is read as words.
    """

    zh: str
    en: str
    aliases: tuple[str, ...]

    # Every member has a Chinese title; the default only lets a type checker accept the look-up `Cause("ILL")`
    def __new__(cls, code: str, zh: str = "", en: str = "", aliases: tuple[str, ...] = ()) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.zh = zh
        member.en = en or code.replace("_", " ").capitalize()
        member.aliases = aliases
        return member

    @classmethod
    def codes(cls) -> tuple[str, ...]:
        """The codes that may be stored, in order of declaration."""
        return tuple(member.value for member in cls)

    @classmethod
    def labels(cls) -> dict[str, Self]:
        """Every word accepted on import, in NFKC and without spaces: the code, the title, its parts, the aliases.

        A title with "/" is accepted whole and by each part; a title with brackets also without them.
        What two members share as a part is accepted for neither; a whole title always wins over a part.
        """
        whole = {_normal(text): member for member in cls for text in (member.value, member.zh, *member.aliases)}
        parts: dict[str, Self] = {}
        shared: set[str] = set()
        for member in cls:
            for part in _parts(_normal(member.zh)) - set(whole):
                if part in parts:
                    shared.add(part)
                parts[part] = member
        return whole | {part: member for part, member in parts.items() if part not in shared}

    @classmethod
    def from_label(cls, label: str) -> Self | None:
        """The member that a cell of a department file means; None if the word is not in this list."""
        return cls.labels().get(_normal(label))


def _normal(text: str) -> str:
    """The form in which labels are compared, as for column headers."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _parts(title: str) -> set[str]:
    """The pieces of a title between slashes, and the title with its brackets and with their content removed."""
    pieces = set(title.split("/"))
    if "(" in title:
        head, _, rest = title.partition("(")
        inner, _, tail = rest.partition(")")
        pieces |= {head + tail, head + inner + tail}
    return pieces - {title, ""}
