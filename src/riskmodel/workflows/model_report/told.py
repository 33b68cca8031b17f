"""The chapters in words: the model, its data and label, how it was cut, what it must not be used for, its limits."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any, Final

from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.document import Bullets, Figure, Paragraph, Table
from riskmodel.rendering.interval_chart import Dot, Strip, interval_chart
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.split_chart import Cut, split_chart
from riskmodel.training.folds import PARTS, SCHEMES
from riskmodel.workflows.model_report.drawn import fold_title
from riskmodel.workflows.model_report.wording import DASH, TELL, kind_title, percent, policy_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.rendering.document import Block, Cell
    from riskmodel.rendering.split_chart import Use
    from riskmodel.workflows.model_report.material import Material

    Test = dict[str, Any]

CAPACITY: Final = "visits.per_township_month"
FEW_EVENTS: Final = 300
"""With fewer events in the test, the report says that differences may be chance."""
USES: Final = ("order", "reasons", "people")
FORBIDDEN: Final = ("refuse", "officials", "decide", "areas", "cause", "persons", "others")
TERMS: Final = (
    *("average_precision", "roc_auc", "brier", "ece", "slope", "recall_at_capacity", "precision_at_capacity"),
    *("lift_over_wires", "interval", "shrunk"),
)


def model(found: Material) -> list[Block]:
    """The facts of the version."""
    facts, version = found.bundle.facts, found.version
    alias = version.aliases[0] if version.aliases else "none"
    horizons = [found.label.horizon, *(test["horizon_months"] for test in found.tests[1:])]
    about = f"kind.{found.kind}.about"
    rows: list[tuple[str, Words]] = [
        ("kind", TELL(about) if about in TELL else kind_title(found.kind)),
        ("name", same(f"{found.name}, {version.version}")),
        ("alias", TELL(f"model.alias.{alias}")),
        ("horizons", TELL("months", months=" + ".join(map(str, sorted(horizons))))),
        ("trained_at", same(f"{facts.created_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")),
        ("window", TELL("model.span", first=facts.first_as_of, last=facts.last_as_of)),
        ("features", same(len(found.bundle.model.columns))),
        ("seed", same(facts.seed)),
        ("hash", same(found.bundle.hash[:16])),
        ("feature_set", same(facts.feature_set)),
        ("policy", same(facts.policy)),
    ]
    table = Table(
        [TELL("model.fact"), TELL("model.value")], [[TELL(f"model.{key}"), value] for key, value in rows], texts=2
    )
    return [table, Paragraph(TELL("model.recipe"), "note")]


def data(found: Material) -> list[Block]:
    """What was tested on, and what the label says."""
    newest = found.tests[0]["delivered_on"]
    rows: list[list[Cell]] = [
        [TELL("data.counties"), same("、".join(found.counties))],
        [TELL("data.until"), same(newest)],
        [TELL("data.label"), Words(found.label.title, found.label.english)],
        *_label(found.label.name),
        [TELL("data.told_by"), same(", ".join(found.label.tables))],
    ]
    blocks: list[Block] = [Table([TELL("model.fact"), TELL("model.value")], rows, texts=2)]
    blocks += [Paragraph(TELL("data.not_released", months=label.horizon), "bad") for label in found.lacking]
    return [*blocks, Paragraph(TELL("data.censored"), "note"), _dates(found.tests)]


def split_words(found: Material) -> Iterator[Block]:
    """How the rows were cut, in words."""
    yield Paragraph(TELL("splits.about"))
    unit = TELL(f"unit.{found.tests[0]['areas']}")
    yield Bullets(None, [*(TELL(f"scheme.{scheme}.about") for scheme in SCHEMES), TELL("splits.unit", unit=unit),
                         TELL("splits.capacity")])  # fmt: skip


def splits(found: Material) -> Iterator[Block]:
    """How the rows were cut: in words, as pictures, as numbers."""
    yield from split_words(found)
    for test in found.tests:
        for scheme in SCHEMES:
            yield _picture(test, scheme)
        yield _folds(test)


def uses() -> list[Block]:
    """What the scores are for, and what they must never be used for."""
    return [
        Bullets(TELL("uses.for"), [TELL(f"uses.for.{name}") for name in USES]),
        Bullets(TELL("uses.not"), [TELL(f"uses.not.{name}") for name in FORBIDDEN], "bad"),
    ]


def limits(found: Material) -> list[Words]:
    """What weakens the conclusions of this report."""
    events = min(test["pooled"][scheme]["groups"][kind][0]["events"] for test in found.tests for scheme in SCHEMES
                 for kind in list(test["pooled"][scheme]["groups"])[:1])  # fmt: skip
    asked = {
        "simulated": found.simulated,
        "capacity": any(value.startswith(CAPACITY) for value in found.unconfirmed),
        "few": events < FEW_EVENTS,
    }
    names = ("simulated", "labels", "selective", "change", "capacity", "few", "late", "intervals", "choice", "small")
    return [TELL(f"limits.{name}", events=events) for name in names if asked.get(name, True)]


def policy(found: Material) -> list[Block]:
    """The values that nobody confirmed."""
    if not found.unconfirmed:
        return [Paragraph(TELL("policy.all_confirmed"), "good")]
    rows: list[list[Cell]] = []
    for value in found.unconfirmed:
        kind, _, area = value.removesuffix(")").partition(" (")
        rows.append([same(kind), policy_title(kind), TELL("national") if area == "national" else same(area)])
    head = [TELL("policy.kind"), TELL("policy.title"), TELL("policy.area")]
    return [Paragraph(TELL("policy.about")), Table(head, rows, texts=3)]


def terms() -> list[Block]:
    """What the numbers mean."""
    return [Bullets(None, [TELL(f"term.{name}") for name in TERMS])]


def _label(name: str) -> list[list[Cell]]:
    """A label in plain words, as rows of a table."""
    return [[TELL(f"data.{part}"), TELL(f"label.{name}.{part}")] for part in ("cohort", "event", "settles")]


def _dates(tests: list[Test]) -> Figure:
    """Share with the event by as-of date, the horizons beside each other."""
    days = sorted({row["as_of"] for test in tests for row in test["by_date"]})
    found = [{row["as_of"]: row for row in test["by_date"]} for test in tests]
    shares = [[told[day]["events"] / told[day]["rows"] if day in told else None for day in days] for told in found]
    strips = [
        Strip(TELL("months", months=test["horizon_months"]), list(map(Dot, own)), 0, upper(own, 0.01), percent=True)
        for test, own in zip(tests, shares, strict=True)
    ]
    title, about = TELL("data.chart"), TELL("data.chart.about")
    chart = interval_chart(list(map(same, days)), strips, title, about, bars=True, names=90)
    names = [TELL(f"data.{name}") for name in ("rows", "events", "share")]
    above: list[tuple[Cell, int]] = [("", 1), *((strip.title, len(names)) for strip in strips)]
    head = [TELL("data.as_of"), *names * len(tests)]
    rows: list[list[Cell]] = [[day, *(cell for told in found for cell in _counts(told.get(day)))] for day in days]
    return Figure(title, about, chart, Table(head, rows, above=above, folded=True))


def _counts(row: dict[str, Any] | None) -> list[str]:
    if row is None:
        return [DASH] * 3
    return [f"{row['rows']:,}", f"{row['events']:,}", percent(row["events"] / row["rows"], 2)]


def _picture(test: Test, scheme: str) -> Figure:
    """The folds of a scheme; where the places are parted, a column per part."""
    folds, dates = [fold for fold in test["folds"] if fold["scheme"] == scheme], test["as_of_dates"]
    across = 1 if scheme == "time" else PARTS
    blocks = sorted({tuple(fold["test_dates"]) for fold in folds})
    found = {(tuple(fold["test_dates"]), _part(fold)): fold for fold in folds}
    asked = [found.get((block, part)) for block in blocks for part in range(across)]
    cuts = [Cut(fold_title(fold), _uses(fold, dates)) if fold else None for fold in asked]
    names: dict[Use, Words] = {use: TELL(f"splits.{use}") for use in ("train", "gap", "test", "none")}
    parts = [TELL("fold.part", part=number + 1) for number in range(PARTS)] if across > 1 else []
    title = TELL("splits.chart", months=test["horizon_months"], scheme=TELL(f"scheme.{scheme}"))
    about = TELL("splits.chart.about")
    return Figure(title, about, split_chart(cuts, dates, names, title, about, across=across, parts=parts))


def _part(fold: dict[str, Any]) -> int:
    """The part of the places that a fold tests, from 0; 0 where the places are not parted."""
    return int(fold["name"].rpartition("_part-")[2]) - 1 if "_part-" in fold["name"] else 0


def _uses(fold: dict[str, Any], dates: list[str]) -> list[list[Use]]:
    """What each part was used for on each date: one row where the places are not parted."""
    train, test = set(fold["train_dates"]), set(fold["test_dates"])
    first, elsewhere = min(test), "_part-" in fold["name"]
    rows: list[list[Use]] = []
    for part in range(PARTS if elsewhere else 1):
        tested = part == _part(fold)
        teaches = not (elsewhere and tested)
        rows.append([
            "test" if tested and day in test else "train" if teaches and day in train
            else "gap" if teaches and day < first and fold["scheme"] != "area" else "none"
            for day in dates
        ])  # fmt: skip
    return rows


def _folds(test: Test) -> Table:
    rows: list[list[Cell]] = [
        [TELL(f"scheme.{fold['scheme']}"), fold_title(fold), f"{fold['train_rows']:,} ({fold['train_events']:,})",
         f"{fold['test_rows']:,} ({fold['test_events']:,})"]
        for fold in test["folds"]
    ]  # fmt: skip
    head = [TELL("results.scheme"), TELL("fold.name"), TELL("fold.train"), TELL("fold.test")]
    return Table(head, rows, TELL("months", months=test["horizon_months"]), texts=2, folded=True)
