"""The model card as a page of Markdown: the same headings, Chinese first and English beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskmodel.rendering.document import Bullets, Paragraph, Table, Tiles
from riskmodel.rendering.messages import Words
from riskmodel.training.folds import SCHEMES
from riskmodel.workflows.model_report import audited, judged, told
from riskmodel.workflows.model_report.card import ETHICS, HEADINGS
from riskmodel.workflows.model_report.moved import moved
from riskmodel.workflows.model_report.results import METRICS, differences, lead_times, side_by_side
from riskmodel.workflows.model_report.wording import TELL, kind_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from riskmodel.rendering.document import Block
    from riskmodel.workflows.model_report.material import Material


def markdown(found: Material) -> str:
    """The card in words and tables; charts are told by the tables beside them."""
    title = TELL("card.title", label=Words(found.label.title, found.label.english))
    lines = [f"# {_line(title)}", ""]
    if found.simulated:
        lines += ["> **" + _line(TELL("simulated")) + "**", ""]
    for heading, blocks in zip(HEADINGS, _chapters(found), strict=True):
        lines += ["## " + _line(TELL(f"card.{heading}")), "", *_written(blocks)]
    return "\n".join([*lines, _line(TELL("card.source")), ""])


def _chapters(found: Material) -> Iterator[Iterable[Block]]:
    yield [*told.model(found), *judged.standings(found)]
    yield told.uses()
    yield [Paragraph(TELL("card.groups"))]
    yield [Bullets(None, [TELL(f"metric.{name}") for name in METRICS]), *told.terms(), Paragraph(TELL("card.drawn"))]
    yield told.split_words(found)
    yield told.data(found)
    yield _analyses(found)
    yield [Bullets(None, [TELL(f"ethics.{name}") for name in ETHICS])]
    yield [Bullets(None, told.limits(found)), *told.policy(found)]


def _analyses(found: Material) -> Iterator[Block]:
    for test in found.tests:
        title = TELL("section.results", months=test["horizon_months"])
        yield Paragraph(title, "heading")
        for scheme in SCHEMES:
            yield side_by_side(test, scheme)
        yield from differences(test, found.kind)
        yield from lead_times(test)
        yield Paragraph(TELL("calibration.about", kind=kind_title(found.kind)))
        yield from audited.calibration(test, found.kind)
        yield Paragraph(TELL("fairness.about", kind=kind_title(found.kind), months=test["horizon_months"]))
        yield from audited.fairness(test, found.kind, found.bounds.group_recall_gap)
    yield Paragraph(TELL("section.gate"), "heading")
    yield from judged.gate(found.tests, found.kind)
    yield Paragraph(TELL("section.influence"), "heading")
    yield from moved(found.influence, found.kind)


def _written(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield f"### {_line(block.text)}" if block.tone == "heading" else _line(block.text)
        elif isinstance(block, Bullets):
            yield from [f"**{_line(block.title)}**", ""] if block.title else []
            yield from (f"- {_line(item)}" for item in block.items)
        elif isinstance(block, Tiles):
            yield from (
                f"- {_line(text)}: {_line(value)} {_line(addition)}".rstrip() for value, text, addition in block.items
            )
        elif isinstance(block, Table):
            yield from _table(block)
        elif block.table:
            yield from _table(block.table)
        yield ""


def _table(table: Table) -> Iterator[str]:
    if table.title:
        yield f"**{_line(table.title)}**"
        yield ""
    yield _row(table.head)
    yield "|" + "|".join("---" if place < table.texts else "---:" for place in range(len(table.head))) + "|"
    yield from map(_row, table.rows)


def _row(cells: Iterable[Any]) -> str:
    return "| " + " | ".join(map(_line, cells)) + " |"


def _line(text: object) -> str:
    """Text on one line in which nothing is markup of Markdown or HTML."""
    flat = " ".join(str(text).split())
    for sign in "\\`*_{}[]<>|":
        flat = flat.replace(sign, f"&#{ord(sign)};" if sign in "<>|" else f"\\{sign}")
    return flat
