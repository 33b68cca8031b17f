"""What moves the score, as blocks: the beeswarm, the dependence on the values, the sums by cause."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import rankdata

from riskmodel.features import REGISTRY
from riskmodel.policy import group
from riskmodel.rendering.chart_frame import upper
from riskmodel.rendering.document import Figure, Paragraph, Table
from riskmodel.rendering.interval_chart import Dot, Strip, interval_chart
from riskmodel.rendering.messages import Words
from riskmodel.rendering.point_chart import Cloud, Swarm, beeswarm, dependence
from riskmodel.workflows.model_report.wording import TELL, percent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.rendering.document import Block, Cell
    from riskmodel.workflows.model_report.influence import Influence

SWARMS: Final = 15
CLOUDS: Final = 10
POINTS: Final = 1_500
"""Points of one chart, over all its features."""
TAIL: Final = 0.01
"""Share of the values on each side that stand at the edge of a dependence plot."""
POINTS_OF_RULES: Final = ("rules", "rule_pack")


def moved(found: Influence | None, kind: str) -> list[Block]:
    """All blocks about the effects of the features; `kind`: what the version was trained as."""
    if found is None:
        return [Paragraph(TELL("influence.other"), "note")]
    unit = TELL("influence.points" if kind in POINTS_OF_RULES else "influence.log_odds")
    about = TELL(
        "influence.about",
        as_of=found.as_of,
        households=f"{found.households:,}",
        sample=f"{len(found.values):,}",
        seed=found.seed,
        unit=unit,
        source=TELL("influence.published" if found.published else "influence.computed"),
    )
    return [Paragraph(about), _beeswarm(found, unit), *_dependence(found, unit), _groups(found)]


def spread(values: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Positions of at most `most` of the values (n,), evenly from the smallest to the largest."""
    order: NDArray[np.intp] = np.argsort(values, kind="stable")
    kept = np.unique(np.linspace(0, len(values) - 1, min(most, len(values))).round().astype(np.intp))
    return np.asarray(order[kept], dtype=np.intp)


def _beeswarm(found: Influence, unit: Words) -> Figure:
    first = found.order[:SWARMS]
    swarms = []
    for column in first:
        kept = spread(found.added[:, column], POINTS // len(first))
        swarms.append(
            Swarm(_title(found.names[column]), found.added[kept, column], _height(found.values[:, column])[kept])
        )
    title = TELL("influence.beeswarm", count=len(first))
    about = TELL("influence.beeswarm.about", points=f"{POINTS:,}")
    key = (TELL("influence.low"), TELL("influence.high"), TELL("influence.unknown"))
    head = [TELL(f"influence.{n}") for n in ("feature", "group", "mean", "low5", "high95", "missing")]
    rows: list[list[Cell]] = [
        [_title(f["feature"]), Words(group(f["group"]).zh, group(f["group"]).en), f"{f['mean']:.4f}",
         f"{f['low']:+.3f}", f"{f['high']:+.3f}", percent(f["missing"], 0)]
        for f in found.features()[:SWARMS]
    ]  # fmt: skip
    chart = beeswarm(swarms, TELL("influence.axis", unit=unit), key, title, about)
    return Figure(title, about, chart, Table(head, rows, TELL("influence.table"), texts=2))


def _dependence(found: Influence, unit: Words) -> list[Figure]:
    """Six panels, then the others, so that neither is higher than a page."""
    first, figures = found.order[:CLOUDS], list[Figure]()
    about, axis = TELL("influence.dependence.about"), TELL("influence.dependence.axis", unit=unit)
    for start in range(0, len(first), 6):
        clouds = [_cloud(found, int(column), POINTS // len(first)) for column in first[start : start + 6]]
        title = TELL("influence.dependence", count=len(first))
        chart = dependence(clouds, axis, TELL("influence.unknown"), title, about)
        figures.append(Figure(title, about, chart))
    return figures


def _cloud(found: Influence, column: int, most: int) -> Cloud:
    name = found.names[column]
    values = found.values[:, column]
    kept = spread(np.nan_to_num(values, nan=np.inf), most)
    known = values[~np.isnan(values)]
    if len(known):
        values = values.clip(*np.quantile(known, (TAIL, 1 - TAIL)))
    return Cloud(_title(name), TELL(f"unit.{REGISTRY[name].unit}"), values[kept], found.added[kept, column])


def _groups(found: Influence) -> Figure:
    told = found.groups()
    names = [Words(group(row["group"]).zh, group(row["group"]).en) for row in told]
    strip = Strip(
        TELL("influence.mean"), [Dot(row["mean"]) for row in told], 0, upper((row["mean"] for row in told), 0.01)
    )
    title, about = TELL("influence.groups"), TELL("influence.groups.about")
    head = [TELL("influence.group"), TELL("influence.mean"), TELL("influence.raised")]
    rows: list[list[Cell]] = [
        [n, f"{r['mean']:.4f}", percent(r["raised"], 0)] for n, r in zip(names, told, strict=True)
    ]
    return Figure(title, about, interval_chart(names, [strip], title, about, bars=True, names=230), Table(head, rows))


def _height(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks (n,) from 0 to 1 of the known values, NaN for the others."""
    known = ~np.isnan(values)
    height = np.full(len(values), np.nan)
    if known.any():
        height[known] = (rankdata(values[known]) - 0.5) / known.sum()
    return height


def _title(feature: str) -> Words:
    declared = REGISTRY[feature]
    return Words(declared.label, declared.english)
