"""A page per feature for notebooks: what is declared, and how its values are distributed over the households."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
from markupsafe import Markup

from riskmodel.features import REGISTRY, assemble
from riskmodel.rendering.charts import Bar, histogram
from riskmodel.workflows.features import Described, listing
from riskmodel.workflows.score import newest_as_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from riskmodel.workflows.workspace import Workspace

FEW_VALUES: Final = 12
"""Up to so many different values have a bar each."""
BINS: Final = 20
CAPTION: Final = "A bar begins at the number below it; of twenty bars, the first and the last hold the tails."
QUANTILES: Final = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True)
class FeaturePage:
    """One feature over all active households; a notebook shows it as HTML."""

    feature: Described
    as_of: str
    households: int
    missing: float
    """Share of the households."""
    quantiles: dict[str, float]
    """Least, 5%, 25%, median, 75%, 95%, greatest of the known values; empty where none is known."""
    bars: list[Bar] = field(repr=False)
    """Shares of the households with a known value; the first and the last bin hold the tails."""

    def _repr_html_(self) -> str:
        f = self.feature
        reads = [Markup("<code>{}</code> ({})").format(", ".join(read.tables), read.window) for read in f.reads]
        facts = [
            ("label 名称", f"{f.label} / {f.english}"),
            ("unit 单位", f.unit),
            ("cause or background 归类", f"{f.group} {f.group_zh}"),
            ("risk 方向", f.risk + ("; help can change it" if f.actionable else "")),
            ("reads 读取", Markup("; ").join(reads)),
            *([("whose rows", "of the other households of the village 同村其他户")] if f.of_other_households else []),
            ("policy 政策值", ", ".join(f.policy) or "-"),
            ("missing 缺失", f"{self.missing:.1%} of {self.households:,} households, {self.as_of}"),
            *((name, f"{value:,.4g}") for name, value in self.quantiles.items()),
        ]
        rows = Markup("").join(Markup('<tr><th align="left">{}</th><td>{}</td></tr>').format(*fact) for fact in facts)
        chart = histogram(self.bars, f"{f.name}: shares of the households with a known value")
        paragraphs = Markup("").join(Markup("<p>{}</p>").format(text) for text in f.definition.split("\n\n"))
        return str(Markup("<h2>{}</h2>{}{}<p>{}</p><table>{}</table>").format(f.name, paragraphs, chart, CAPTION, rows))


def pages(workspace: Workspace, as_of: date | None = None) -> Iterator[FeaturePage]:
    """A page for each feature in order of declaration, at a date (default: the newest run date).

    Raises UsageError where no household was known on that day.
    """
    day = as_of or newest_as_of(workspace)
    workspace.require_known(day)
    table = assemble(workspace.lake, day, policy=workspace.policy)
    described = {found.name: found for found in listing()}
    for name, values in zip(REGISTRY, table.values.T, strict=True):
        known = values[~np.isnan(values)]
        yield FeaturePage(
            feature=described[name],
            as_of=day.isoformat(),
            households=len(values),
            missing=1 - len(known) / len(values),
            quantiles=_quantiles(known),
            bars=_bars(known),
        )


def _quantiles(known: NDArray[np.float64]) -> dict[str, float]:
    if not len(known):
        return {}
    names = ["least 最小" if q == 0 else "greatest 最大" if q == 1 else f"{q:.0%}" for q in QUANTILES]
    return dict(zip(names, map(float, np.quantile(known, QUANTILES)), strict=True))


def _bars(known: NDArray[np.float64]) -> list[Bar]:
    if not len(known):
        return []
    values, counts = np.unique(known, return_counts=True)
    if len(values) <= FEW_VALUES:
        return [Bar(f"{value:,.4g}", count / len(known)) for value, count in zip(values, counts, strict=True)]
    low, high = np.quantile(known, (0.01, 0.99))
    if low == high:
        low, high = values[0], values[-1]
    counts, edges = np.histogram(known.clip(low, high), bins=BINS, range=(low, high))
    return [Bar(f"{edge:,.3g}", count / len(known)) for edge, count in zip(edges, counts, strict=False)]
