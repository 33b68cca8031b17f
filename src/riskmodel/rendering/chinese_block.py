"""Blocks of a page in two languages, set in Chinese alone: for pages of officials, which show no other language."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from riskmodel.rendering.document import Bullets, Figure, Measured, Paragraph, Table, Tiles
from riskmodel.rendering.messages import Words, same

if TYPE_CHECKING:
    from riskmodel.rendering.document import Block, Cell

_ENGLISH: Final = re.compile('<text lang="en"[^>]*>[^<]*</text>')
_NAMED: Final = re.compile("<title>[^<]*</title><desc>[^<]*</desc>")


def in_chinese(block: Block) -> Block:
    """The same block in Chinese."""
    match block:
        case Paragraph():
            return replace(block, text=_words(block.text))
        case Bullets():
            return replace(block, title=_titled(block.title), items=[_words(item) for item in block.items])
        case Tiles():
            return replace(block, items=[(_cell(value), _words(text), small) for value, text, small in block.items])
        case Table():
            return _table(block)
        case Figure():
            table = _table(block.table) if block.table else None
            return Figure(_words(block.title), _words(block.about), _chart(block), table)


def _table(table: Table) -> Table:
    return replace(
        table,
        head=[_cell(cell) for cell in table.head],
        rows=[[_cell(cell) for cell in row] for row in table.rows],
        title=_titled(table.title),
        above=[(_cell(cell), span) for cell, span in table.above],
    )


def _chart(figure: Figure) -> Markup:
    """Text of a chart never holds `<` as a sign of its own: it was escaped when the chart was drawn."""
    named = Markup("<title>{}</title><desc>{}</desc>").format(figure.title.zh, figure.about.zh)
    told = _NAMED.sub(lambda _: str(named), str(figure.chart), count=1)
    return Markup(_ENGLISH.sub("", told))


def _words(text: Words) -> Words:
    return same(text.zh)


def _titled(text: Words | None) -> Words | None:
    return None if text is None else _words(text)


def _cell(cell: Cell) -> Cell:
    match cell:
        case Words():
            return _words(cell)
        case Measured():
            return Measured(_part(cell.value), _part(cell.below))
        case _:
            return cell


def _part(text: Words | str) -> Words | str:
    return _words(text) if isinstance(text, Words) else text
