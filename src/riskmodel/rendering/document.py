"""The blocks that a page in two languages is made of: paragraphs, lists, tables, figures, and sections of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from markupsafe import Markup, escape

from riskmodel.rendering.messages import Words


@dataclass(frozen=True)
class Measured:
    """A number, and below it in small letters what belongs to it, such as its limits."""

    value: Words | str
    below: Words | str

    def __html__(self) -> Markup:
        return Markup("{}<small>{}</small>").format(self.value, self.below) if self.below else escape(self.value)

    def __str__(self) -> str:
        return " ".join(part for part in (str(self.value), str(self.below)) if part)


Cell = Words | Measured | str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `tone`: how it is set."""

    text: Words
    tone: Literal["plain", "note", "good", "bad", "heading"] = "plain"
    block: ClassVar[str] = "paragraph"


@dataclass(frozen=True)
class Bullets:
    """A list with a heading of its own."""

    title: Words | None
    items: Sequence[Words]
    tone: Literal["plain", "bad"] = "plain"
    block: ClassVar[str] = "bullets"


@dataclass(frozen=True)
class Tiles:
    """Numbers to be seen first, each with what it says."""

    items: Sequence[tuple[Cell, Words, str]]
    """The number, its words, and a small addition such as its interval."""
    block: ClassVar[str] = "tiles"


@dataclass(frozen=True)
class Table:
    """A table; the first `texts` columns are words, the others numbers. ValueError for a row of another length."""

    head: Sequence[Cell]
    rows: Sequence[Sequence[Cell]] = field(repr=False)
    title: Words | None = None
    texts: int = 1
    above: Sequence[tuple[Cell, int]] = ()
    """A row over the head: what so many columns, from left to right, have in common."""
    marked: frozenset[int] = frozenset()
    """Rows to be set apart."""
    folded: bool = False
    """Shown when asked for on a screen; always printed."""
    block: ClassVar[str] = "table"

    def __post_init__(self) -> None:
        spanned = sum(span for _, span in self.above) if self.above else len(self.head)
        if spanned != len(self.head) or any(len(row) != len(self.head) for row in self.rows):
            raise ValueError(f"every row of a table needs {len(self.head)} cells")


@dataclass(frozen=True)
class Figure:
    """A chart with its title, what it shows, and the table of its numbers."""

    title: Words
    about: Words
    chart: Markup = field(repr=False)
    table: Table | None = None
    block: ClassVar[str] = "figure"


Block = Paragraph | Bullets | Tiles | Table | Figure


@dataclass(frozen=True)
class Section:
    """A chapter; `key` is its place to link to."""

    key: str
    title: Words
    blocks: Sequence[Block] = field(repr=False)
