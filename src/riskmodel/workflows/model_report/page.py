"""The page of a report: its chapters in order, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel import __version__
from riskmodel.rendering.document import Bullets, Paragraph, Section
from riskmodel.rendering.messages import Words
from riskmodel.rendering.templates import page as filled
from riskmodel.workflows.model_report import audited, judged, told
from riskmodel.workflows.model_report.drawn import fold_tables
from riskmodel.workflows.model_report.moved import moved
from riskmodel.workflows.model_report.results import results
from riskmodel.workflows.model_report.wording import TELL, kind_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.rendering.document import Block
    from riskmodel.workflows.model_report.material import Material

TOGETHER: Final = ("summary", "data", "limits", "policy", "terms")
"""Chapters that begin on paper below the one before."""


def page(found: Material) -> str:
    """The report as one file of HTML that needs no other file, no network and no script."""
    label, tested = Words(found.label.title, found.label.english), str(found.tests[0]["made_at"])[:10]
    meta = {"model": found.name, "version": found.version.version, "made_on": f"{found.made_at:%Y-%m-%d}"}
    return filled(
        "document.html",
        title=TELL("title", label=label),
        meta=TELL("meta", **meta, tested_on=tested),
        words={"confidential": TELL("confidential"), "contents": TELL("contents"), "data": TELL("data"),
               "footer": TELL("footer", software=__version__)},
        warnings=list(_warnings(found)),
        together=TOGETHER,
        sections=sections(found),
    )  # fmt: skip


def sections(found: Material) -> list[Section]:
    """All chapters."""
    tests = found.tests
    chapters: list[tuple[str, Words, list[Block]]] = [
        ("summary", TELL("section.summary"), judged.summary(found)),
        ("model", TELL("section.model"), told.model(found)),
        ("data", TELL("section.data"), told.data(found)),
        ("splits", TELL("section.splits"), list(told.splits(found))),
        *(
            (
                f"results-{t['horizon_months']}",
                TELL("section.results", months=t["horizon_months"]),
                results(t, found.kind),
            )
            for t in tests
        ),
        ("calibration", TELL("section.calibration"), list(_calibration(found))),
        ("gate", TELL("section.gate"), list(judged.gate(found.tests, found.kind))),
        ("fairness", TELL("section.fairness"), list(_fairness(found))),
        ("influence", TELL("section.influence"), moved(found.influence, found.kind)),
        ("uses", TELL("section.uses"), told.uses()),
        ("limits", TELL("section.limits"), [Bullets(None, told.limits(found))]),
        ("policy", TELL("section.policy"), told.policy(found)),
        ("terms", TELL("section.terms"), told.terms()),
        ("folds", TELL("section.folds"), [table for test in tests for table in fold_tables(test)]),
    ]
    return [Section(key, title, blocks) for key, title, blocks in chapters]


def _warnings(found: Material) -> Iterator[Words]:
    """What stands above everything else."""
    if found.simulated:
        yield TELL("simulated")
    own = found.bundle.facts.feature_set
    for test in found.tests:
        if test["feature_set"] != own:
            yield TELL("model.other_features", tested=test["feature_set"], own=own)


def _calibration(found: Material) -> Iterator[Block]:
    yield Paragraph(TELL("calibration.about", kind=kind_title(found.kind)))
    for test in found.tests:
        yield _horizon(test)
        yield from audited.calibration(test, found.kind)


def _fairness(found: Material) -> Iterator[Block]:
    for test in found.tests:
        yield _horizon(test)
        yield Paragraph(TELL("fairness.about", kind=kind_title(found.kind), months=test["horizon_months"]))
        yield from audited.fairness(test, found.kind, found.bounds.group_recall_gap)


def _horizon(test: dict[str, Any]) -> Paragraph:
    return Paragraph(TELL("months", months=test["horizon_months"]), "heading")
