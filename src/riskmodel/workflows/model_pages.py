"""The pages about the models in use, chapter by chapter, from the report that lies beside the champion."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chinese_block import in_chinese
from riskmodel.rendering.document import Paragraph
from riskmodel.review.access import Principal
from riskmodel.training.labels import label_named
from riskmodel.workflows.areas import titles
from riskmodel.workflows.model_report import audited, told
from riskmodel.workflows.model_report.judged import LEADING, gate, standing, tiles
from riskmodel.workflows.model_report.kept import Kept, kept
from riskmodel.workflows.model_report.results import results
from riskmodel.workflows.model_report.wording import TELL, kind_title
from riskmodel.workflows.report import CARD_JSON

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.rendering.document import Block
    from riskmodel.workflows.service import Service

CHAPTERS: Final = {
    "": "概要",
    "backtest": "回溯检验与方法比较",
    "calibration": "校准",
    "fairness": "公平性",
    "hit-rate": "各乡镇命中率",
    "card": "模型卡片",
}
"""By the last part of their address."""
_REPORT: Final = "report"
"""Folder beside the bundle, see `models.registry`."""


@dataclass(frozen=True)
class ModelPage:
    """A chapter about the models in use."""

    about: list[tuple[str, str]]
    """Titles and values of the facts of the model; empty without one."""
    blocks: Sequence[Block] = field(default=(), repr=False)
    """In Chinese."""
    card: dict[str, Any] = field(default_factory=dict, repr=False)
    """The card without its analyses; empty where no report of this model was made."""


def model_page(service: Service, who: Principal, chapter: str) -> ModelPage:
    """A chapter of `CHAPTERS`. Raises DataError for a report that is damaged."""
    used, about = service.models.current, _about(service)
    pointer = used.pointers[0] if used else None
    path = pointer.path.with_name(_REPORT) / CARD_JSON if pointer else None
    if path is None or not path.exists():
        return ModelPage(about)
    names = tuple(place_titles(service, who).items())
    return ModelPage(about, *_chapter(path, path.stat().st_mtime_ns, who.area, names, chapter))


def place_titles(service: Service, who: Principal) -> dict[str, str]:
    """What tables call the counties and townships that somebody sees, and their own county."""
    return titles(
        {
            code: name
            for code, name in service.area_names.items()
            if len(code) in (6, 9) and (who.sees(code) or who.area.startswith(code))
        }
    )


def _about(service: Service) -> list[tuple[str, str]]:
    """What is known without a report; the kind is told by that alone, for a bundle does not know it."""
    facts = service.model()
    if facts is None:
        return []
    return [
        ("预测内容", label_named(facts.label).title),
        ("版本", f"第 {facts.version} 版（{facts.hash[:16]}）"),
        ("预测期", f"{facts.horizon_months} 个月" + ("，另有较短预测期模型" if facts.shorter_hash else "")),
        ("学习所用评估日", " 至 ".join(facts.trained_on)),
        ("特征集", facts.feature_set),
        ("政策数值版本", facts.policy),
    ]


@lru_cache(maxsize=32)
def _chapter(
    path: Path, stamp: int, area: str, names: tuple[tuple[str, str], ...], chapter: str
) -> tuple[list[Block], dict[str, Any]]:
    """The blocks of a chapter and the card; drawn once for a report and an area."""
    found = _kept(path, stamp, area, names)
    card = {name: value for name, value in found.card.items() if name != "quantitative_analyses"}
    return [in_chinese(block) for block in _BLOCKS[chapter](found)], card


@lru_cache(maxsize=2)
def _kept(path: Path, _stamp: int, area: str, names: tuple[tuple[str, str], ...]) -> Kept:
    """The report for whoever answers for an area."""
    return kept(path, Principal("", "", (), area), dict(names))


def _summary(found: Kept) -> Iterator[Block]:
    if found.card["model_details"]["simulated"]:
        yield Paragraph(TELL("simulated"), "bad")
    yield from (standing(test, found.kind) for test in found.tests)
    if reason := found.card["model_details"]["gate"]["overridden"]:
        yield Paragraph(TELL("summary.overridden", reason=reason), "bad")
    for test in found.tests:
        for scheme in LEADING:
            yield from tiles(test, found.kind, scheme)
    yield from told.uses()


def _backtest(found: Kept) -> Iterator[Block]:
    for test in found.tests:
        yield Paragraph(TELL("section.results", months=test["horizon_months"]), "heading")
        yield from results(test, found.kind)
    yield Paragraph(TELL("section.gate"), "heading")
    yield from gate(found.tests, found.kind)


def _calibration(found: Kept) -> Iterator[Block]:
    yield Paragraph(TELL("calibration.about", kind=kind_title(found.kind)))
    for test in found.tests:
        yield Paragraph(TELL("months", months=test["horizon_months"]), "heading")
        yield from audited.calibration(test, found.kind)


def _fairness(found: Kept) -> Iterator[Block]:
    for test in found.tests:
        months = test["horizon_months"]
        yield Paragraph(TELL("months", months=months), "heading")
        yield Paragraph(TELL("fairness.about", kind=kind_title(found.kind), months=months))
        yield from audited.fairness(test, found.kind, found.bound)


def _nothing(_found: Kept) -> Iterator[Block]:
    return iter(())


_BLOCKS: Final[dict[str, Callable[[Kept], Iterator[Block]]]] = {
    "": _summary,
    "backtest": _backtest,
    "calibration": _calibration,
    "fairness": _fairness,
    "hit-rate": _nothing,
    "card": _nothing,
}
