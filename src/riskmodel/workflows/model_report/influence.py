"""What every feature added to the scores of a sample of households: the numbers behind beeswarm and dependence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.features import REGISTRY, assemble_view
from riskmodel.scoring.reasons import group_sums
from riskmodel.scoring.score import CONTRIBUTION
from riskmodel.workflows.score import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from riskmodel.models import Bundle
    from riskmodel.workflows.workspace import Workspace

SAMPLE: Final = 2_000
"""Most households that are looked at."""


@dataclass(frozen=True)
class Influence:
    """Values and contributions (n, F) of a sample of households at one date, columns in the order of `names`."""

    as_of: str
    households: int
    """Of the date, from which the sample was drawn."""
    seed: int
    published: bool
    """Whether the contributions are those of published scores; else they were made from the model."""
    names: tuple[str, ...]
    values: NDArray[np.float64] = field(repr=False)
    added: NDArray[np.float64] = field(repr=False)

    @property
    def order(self) -> NDArray[np.intp]:
        """Columns by mean size of what they added, largest first."""
        return np.argsort(-np.abs(self.added).mean(axis=0), kind="stable")

    def features(self) -> list[dict[str, Any]]:
        """All features by mean effect: `feature`, `group`, `mean`, quantiles `low` and `high`, share `missing`."""
        low, high = np.quantile(self.added, (0.05, 0.95), axis=0)
        mean, missing = np.abs(self.added).mean(axis=0), np.isnan(self.values).mean(axis=0)
        return [
            {
                "feature": self.names[i],
                "group": REGISTRY[self.names[i]].group.value,
                "mean": float(mean[i]),
                "low": float(low[i]),
                "high": float(high[i]),
                "missing": float(missing[i]),
            }
            for i in self.order
        ]

    def groups(self) -> list[dict[str, Any]]:
        """Contributions summed by group, the largest first: `group`, `mean` size, share of households it `raised`."""
        sums = group_sums(self.added, {name: REGISTRY[name].group.value for name in self.names})
        told = [
            {"group": code, "mean": float(np.abs(total).mean()), "raised": float((total > 0).mean())}
            for code, total in sums.items()
        ]
        return sorted(told, key=lambda group: (-float(str(group["mean"])), str(group["group"])))


def influence(workspace: Workspace, bundle: Bundle, most: int = SAMPLE) -> Influence:
    """Of the newest published scores by this model; without any, of the newest as-of date that it learned from.

    A sample of at most `most` households, drawn at random with the seed of the installation.
    """
    folder, seed = _published(workspace, bundle), workspace.settings.seed
    as_of = date.fromisoformat(folder.name) if folder else bundle.facts.last_as_of
    told = None if folder is None else pl.scan_parquet(folder / "*.parquet")
    rows, households = _sample(workspace, as_of, told, seed, most)
    names = tuple(column.name for column in bundle.model.columns)
    values = rows.select(pl.col(names).fill_null(float("nan"))).to_numpy().astype(np.float64)
    if told is None:
        added = bundle.model.contributions(values)
    else:
        added = rows.select(f"{CONTRIBUTION}{name}" for name in names).to_numpy().astype(np.float64)
    return Influence(as_of.isoformat(), households, seed, told is not None, names, values, added)


def _published(workspace: Workspace, bundle: Bundle) -> Path | None:
    """Folder of the newest scores by exactly this model."""
    for manifest in sorted(workspace.scores(bundle.facts.label).glob(f"????-??-??/{MANIFEST}"), reverse=True):
        if json.loads(manifest.read_text("utf-8"))["model"] == bundle.hash:
            return manifest.parent
    return None


def _sample(
    workspace: Workspace, as_of: date, told: pl.LazyFrame | None, seed: int, most: int
) -> tuple[pl.DataFrame, int]:
    """Features, and where scores are told their contributions, of the households drawn; and of how many.

    Every household draws a number, and those with the smallest are the sample; so no county has to stay in memory.
    """
    random, kept, households = np.random.default_rng(seed), list[pl.DataFrame](), 0
    for county in workspace.counties():
        rows = assemble_view(workspace.lake.view(county, as_of), workspace.policy).rows
        if told is not None:
            scores = told.filter(pl.col("county") == county).select("household_id", pl.col(f"^{CONTRIBUTION}.*$"))
            rows = rows.join(scores.collect(), on="household_id", how="inner", maintain_order="left")
        households += rows.height
        drawn = rows.with_columns(pl.Series("drawn", random.random(rows.height))).sort("drawn").head(most)
        kept = [pl.concat([*kept, drawn]).sort("drawn").head(most)]
    return kept[0].sort("household_id"), households
