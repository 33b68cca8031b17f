"""The verdict: the summary on one page, and the gate with every demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.document import Bullets, Measured, Paragraph, Table, Tiles
from riskmodel.rendering.messages import Words
from riskmodel.training.gate import NAIVE, Check, Verdict
from riskmodel.training.stability import Stability
from riskmodel.workflows.model_report.wording import (
    DASH,
    TELL,
    demand,
    found,
    kind_title,
    limits,
    number,
)
from riskmodel.workflows.promote import OVERRIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from riskmodel.rendering.document import Block, Cell
    from riskmodel.workflows.model_report.material import Material

    Test = dict[str, Any]

LEADING: Final = ("space_time", "time")
"""Schemes of the front page: the strictest first, then what an office has in use, where all places have taught."""


def verdict(test: Test) -> Verdict:
    """The gate's verdict as it was kept in a result."""
    kept = test["gate"]
    steady = kept.get("stability") or []
    return Verdict(
        kept["chosen"],
        kept["why"],
        kept["why_zh"],
        [Check(**check) for check in kept["checks"]],
        [Stability(**one) for one in (steady if isinstance(steady, list) else [steady])],  # one kind in older results
    )


def summary(told: Material) -> list[Block]:
    """What somebody has to know who reads one page only."""
    blocks: list[Block] = []
    label = Words(told.label.title, told.label.english)
    first = told.tests[0]
    blocks.append(Paragraph(TELL("summary.question", months=first["horizon_months"], label=label)))
    blocks += standings(told)
    for test in told.tests:
        for scheme in LEADING:
            blocks += tiles(test, told.kind, scheme)
    return [*blocks, Paragraph(TELL("summary.forbidden"), "bad")]


def standings(told: Material) -> list[Block]:
    """Whether the reported version may be used for each horizon, and whether somebody set that aside."""
    blocks: list[Block] = [standing(test, told.kind) for test in told.tests]
    if reason := told.version.tags.get(OVERRIDDEN):
        blocks.append(Paragraph(TELL("summary.overridden", reason=reason), "bad"))
    return blocks


def gate(tests: Sequence[Test], own: str) -> Iterator[Block]:
    """The verdict of every horizon and each demand that led to it; `own`: the reported kind."""
    yield Paragraph(TELL("gate.about"))
    for test in tests:
        kept, months = verdict(test), test["horizon_months"]
        kinds = list(dict.fromkeys(check.kind for check in kept.checks))
        counts = [_counts(kept, kind) for kind in kinds]
        yield Bullets(TELL("gate.chosen", months=months, kind=kind_title(kept.chosen)), counts)
        yield from (Paragraph(words, "note") for words in _steady(kept.stability, own))
        yield from (_demands(kept, kind, months) for kind in kinds)


def _steady(told: Sequence[Stability], kind: str) -> Iterator[Words]:
    """How steady the reasons of the reported kind are, and in one line those of the other kinds."""
    own = next((one for one in told if one.kind == kind), None)
    if own is None:
        yield TELL("gate.stability.none", kind=kind_title(kind))
    else:
        counts = {"households": f"{own.households:,}", "high_risk": f"{own.high_risk:,}"}
        yield TELL("gate.stability", kind=kind_title(kind), **counts, **_changed(own))
    others = [
        TELL("gate.stability.other", kind=kind_title(one.kind), **_changed(one)) for one in told if one is not own
    ]
    if others:
        listed = Words("；".join(words.zh for words in others), "; ".join(words.en for words in others))
        yield TELL("gate.stability.others", listed=listed)


def _changed(told: Stability) -> dict[str, str]:
    return {"changed": f"{told.changed:.1%}", "changed_high_risk": f"{told.changed_high_risk:.1%}"}


def _demands(kept: Verdict, kind: str, months: int) -> Table:
    """Every demand on a kind, with what was found in each scheme."""
    asked = [check for check in kept.checks if check.kind == kind]
    schemes, demands = list(dict.fromkeys(c.scheme for c in asked)), list(dict.fromkeys(c.demand for c in asked))
    told = {(check.demand, check.scheme): check for check in asked}
    rows = [[demand(text), *(_checked(told.get((text, scheme))) for scheme in schemes)] for text in demands]
    failed = frozenset(i for i, text in enumerate(demands) if any(c.demand == text and not c.passed for c in asked))
    head = [TELL("gate.demand"), *(TELL(f"scheme.{scheme}") for scheme in schemes)]
    title = TELL("gate.table", kind=kind_title(kind), months=months)
    return Table(head, rows, title, texts=1 + len(schemes), marked=failed)


def _checked(check: Check | None) -> Cell:
    if check is None:
        return DASH
    return Measured(TELL("gate.passed" if check.passed else "gate.failed"), found(check.found))


def standing(test: Test, kind: str) -> Paragraph:
    """Whether the reported kind may be used for this horizon."""
    kept = verdict(test)
    chosen, own = kind_title(kept.chosen), [check for check in kept.checks if check.kind == kind]
    failed = len(kept.failed(kind))
    if own and not failed:
        text, tone = TELL("summary.passed", kind=kind_title(kind)), "good"
    elif own:
        text = TELL("summary.refused", kind=kind_title(kind), asked=len(own), failed=failed, chosen=chosen)
        tone = "bad"
    elif kind == NAIVE == kept.chosen:
        text, tone = TELL("summary.naive", kind=chosen), "bad"
    else:
        text, tone = TELL("summary.untested", kind=kind_title(kind), chosen=chosen), "bad"
    head = TELL("summary.months", months=test["horizon_months"])
    return Paragraph(Words(head.zh + text.zh, head.en + text.en), "good" if tone == "good" else "bad")


def tiles(test: Test, kind: str, scheme: str) -> Iterator[Block]:
    """The leading numbers of the reported kind in one scheme of the test."""
    pooled = test["pooled"][scheme]
    if kind not in pooled["intervals"]:
        return
    own, lead = pooled["intervals"][kind], (pooled["lead_time"] or {}).get(kind)
    recall, precision = own["recall_at_capacity"], own["precision_at_capacity"]
    lift, top = own["lift_over_wires"], own["top_ratio"]
    wires = pooled["intervals"].get("rules", {}).get("recall_at_capacity")
    percent = "recall_at_capacity"
    items: list[tuple[Cell, Words, str]] = [
        (number(recall["value"], percent), TELL("summary.recall"), limits(recall, percent)),
        (DASH if precision["value"] is None else f"{100 * precision['value']:.1f}", TELL("summary.precision"), ""),
        (TELL("summary.times", value=f"{lift['value']:.2f}") if lift["value"] is not None else DASH,
         TELL("summary.lift"), limits(lift)),
        (number(top["value"]), TELL("summary.top"), limits(top)),
    ]  # fmt: skip
    if wires:
        items.insert(1, (number(wires["value"], percent), TELL("summary.recall_wires"), limits(wires, percent)))
    if lead and lead["median_months"] is not None:
        items.append((TELL("months", months=f"{lead['median_months']:g}"), TELL("summary.lead"), ""))
    told = {"months": test["horizon_months"], "kind": kind_title(kind)}
    yield Paragraph(TELL(f"summary.tiles.{scheme}", **told), "heading")
    yield Tiles(items)
    counts = pooled["metrics"][kind]
    events = f"{round(counts['n'] * counts['prevalence']):,}"
    yield Paragraph(TELL(f"summary.scheme.{scheme}", rows=f"{counts['n']:,}", events=events), "note")


def _counts(kept: Verdict, kind: str) -> Words:
    asked, failed = sum(check.kind == kind for check in kept.checks), len(kept.failed(kind))
    return TELL("gate.counts", kind=kind_title(kind), asked=asked, met=asked - failed, failed=failed)
