"""The benchmark on a real household panel: the flattened panel (P1) and the raw files through our own pipeline (P2).

Reference numbers are those of the protocols shipped with the panel: nothing tuned, nothing calibrated.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.errors import UsageError
from riskmodel.sources import eph
from riskmodel.training.eph_protocol import NOT_FEATURES, PANEL_CODES, PANEL_MONEY, REFERENCE
from riskmodel.training.evaluation import METRICS, metrics
from riskmodel.training.fit import Recipes, Rows, judge
from riskmodel.training.flat import FlatQuestion, flat_rows
from riskmodel.training.gate import Bounds
from riskmodel.training.labels import below_line, label_named
from riskmodel.training.panel_gate import PanelGate, panel_gate
from riskmodel.training.rows import collect
from riskmodel.training.splits import without_groups
from riskmodel.workflows.explain import listed
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.score import score
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from numpy.typing import NDArray

KINDS = ("naive", "logistic", "lightgbm")
LABEL = "income_below_line_12m"
RUNS = ("all", "not_imputed", "purged")
"""All rows; those without imputed income; a year left out between training and test."""
SUBSETS = ("overall", "reentry")


def benchmark_eph(
    workspace: Workspace,
    path: Path,
    now: datetime,
    top: int = 0,
    progress: Progress | None = None,
    runs: Collection[str] = RUNS,
) -> dict[str, Any]:
    """Run P1 and P2 on the panel below `path` (`panel/*.parquet` and `raw/`).

    Returns `p1` and `p2` by run (those of `runs`), subset (overall, reentry) and model, with the metrics, `n`
    and `prevalence`; the reference numbers under `reference`, the account of the rows under `ingested`; under `gates`
    what the gate says by protocol and run, with the paired intervals of LightGBM's lead. With `top`,
    also trains on the panel's lake, scores its newest date and lists the households of highest risk. All of it lies in
    <home>/benchmarks/eph, which is made anew by every run: it has to measure this version and no older one.
    """
    show = progress or Silent()
    panel, raw = path / "panel", path / "raw"
    if not (panel.is_dir() and raw.is_dir()):
        raise UsageError(f"{path} must hold panel/ and raw/ of the EPH panel.")
    own = Workspace(replace(workspace.settings, home=workspace.home / "benchmarks" / "eph", label=LABEL))
    shutil.rmtree(own.home, ignore_errors=True)
    result: dict[str, Any] = {"reference": REFERENCE}
    gates: dict[str, dict[str, PanelGate]] = {}
    bounds = Bounds.of(workspace.policy, "", date(2010, 1, 1))
    result["p1"], gates["p1"] = _protocol(bounds, own.settings.seed, *_of(runs, _panel_rows(panel)), show, "P1")
    result["ingested"] = ingest(own, raw, show)
    result["p2"], gates["p2"] = _protocol(bounds, own.settings.seed, *_of(runs, _raw_rows(own, raw, show)), show, "P2")
    result["gates"] = gates
    if top:
        train(own, now, LABEL, show)
        as_of = own.lake.newest_delivery()
        score(own, as_of, LABEL, show)
        result["top"] = [explanation.__dict__ for explanation in listed(own, top, as_of)]
    return result


Masks = dict[str, tuple["NDArray[np.bool_]", "NDArray[np.bool_]"]]
Question = tuple[Rows, str, Masks, "NDArray[np.bool_]"]


def _of(runs: Collection[str], question: Question) -> Question:
    """A question for these runs alone."""
    rows, distance, masks, reentry = question
    return rows, distance, {run: masks[run] for run in runs}, reentry


def _protocol(
    bounds: Bounds,
    seed: int,
    rows: Rows,
    distance: str,
    masks: Masks,
    reentry: NDArray[np.bool_],
    show: Progress,
    title: str,
) -> tuple[dict[str, Any], dict[str, PanelGate]]:
    """The metrics by run, subset and kind, and the gate by run."""
    recipes = Recipes(distance)
    gates: dict[str, PanelGate] = {}
    risks: dict[str, dict[str, NDArray[np.float64]]] = {run: {} for run in masks}
    work = [(run, kind) for run in masks for kind in KINDS]
    found: dict[str, Any] = {run: {subset: {} for subset in SUBSETS} for run in masks}
    for run, kind in show.track(work, f"{title}: fitting", len(work)):
        before, test = masks[run]
        judged = judge(recipes, kind, rows, [(without_groups(before, test, rows.group), test)], seed)
        risks[run][kind] = judged.risk
        for subset, mask in (("overall", test), ("reentry", test & reentry)):
            found[run][subset][kind] = metrics(rows.y[mask], judged.risk[mask])
    for run, (_, test) in show.track(masks.items(), f"{title}: intervals and gate", len(masks)):
        gates[run] = panel_gate(rows, risks[run], {"overall": test, "reentry": test & reentry}, bounds, seed)
    return found, gates


def _panel_rows(folder: Path) -> Question:
    """P1: rows of the flattened panel; codes are categories, nominal money is divided by the line of its quarter."""
    table = pl.concat([pl.read_parquet(p) for p in sorted(folder.glob("*.parquet"))])
    table = table.with_columns(
        [pl.col(c) / pl.col("line") for c in PANEL_MONEY],
    ).with_columns(q=pl.col("year").cast(pl.Int64) * 4 + pl.col("quarter").cast(pl.Int64))
    question = FlatQuestion(
        "poor_next", time="q", group="hid", exclude=tuple(n for n in NOT_FEATURES if n != "hid"), categories=PANEL_CODES
    )
    rows = flat_rows(table, question, gap=4)
    year, own = table["year"].to_numpy(), (table["imputed"] == 0).to_numpy()
    before, after = year < 2008, np.isin(year, [2008, 2009])
    masks = {"all": (before, after), "not_imputed": (before & own, after & own), "purged": (year < 2007, after)}
    return (
        replace(rows, time=table["q"].to_numpy()),
        "lr",
        masks,
        (table["lag_poor"] == 1).fill_null(value=False).to_numpy(),
    )


def _raw_rows(own: Workspace, raw: Path, show: Progress) -> Question:
    """P2: rows of the lake as of the day each base quarter became known; our features, label and line."""
    show.say("P2: reading the raw files again for the flags of the protocol")
    everything = list(eph.quarters(raw))
    quarters = [q for q in everything if 2004 <= q.year <= 2006]
    label, read_on = label_named(LABEL), own.lake.newest_delivery()
    dates = [q.known_at for q in quarters]
    collected = collect(
        own.lake, own.policy, label, dates, read_on, lambda work, n: show.track(work, "P2: features and outcomes", n)
    )
    flags = protocol_flags(own, everything, collected.keys)
    year = (collected.keys["as_of"].dt.offset_by("-1mo").dt.year()).to_numpy()
    not_imputed = (~flags["imputed"]).to_numpy()
    before, after = np.isin(year, [2004, 2005]), year == 2006
    masks = {
        "all": (before, after),
        "not_imputed": (before & not_imputed, after & not_imputed),
        "purged": (year == 2004, after),
    }
    return collected.rows, "income_to_line", masks, flags["reentry"].to_numpy()


def protocol_flags(own: Workspace, everything: list[eph.Quarter], keys: pl.DataFrame) -> pl.DataFrame:
    """Row by row (`household_id`, `as_of`) `imputed` and `reentry`, which only select rows and are never features.

    Was an income filled by the survey at either end, and was the household below the line one quarter before.
    """
    by_known = {q.known_at: q for q in everything}
    later = {(q.year, q.quarter): q for q in everything}
    parts = []
    for as_of in keys["as_of"].unique().sort():
        base = by_known[as_of]
        after = later[(base.year + 1, base.quarter)]
        filled = eph.imputed(base).join(eph.imputed(after), on="household_id", suffix="_after")
        parts.append(
            filled.select("household_id", as_of=pl.lit(as_of), imputed=pl.col("imputed") | pl.col("imputed_after"))
        )
    poor = [_poor_before(own, by_known[as_of], as_of) for as_of in keys["as_of"].unique().sort()]
    found = keys.join(pl.concat(parts), on=["household_id", "as_of"], how="left", maintain_order="left")
    found = found.join(pl.concat(poor), on=["household_id", "as_of"], how="left", maintain_order="left")
    return found.with_columns(pl.col("reentry").fill_null(value=False))


def _poor_before(own: Workspace, base: eph.Quarter, as_of: date) -> pl.DataFrame:
    """Households below the line one quarter before, as far as they were visited then."""
    month = base.income_month
    previous = date(month.year - (month.month == 1), (month.month - 4) % 12 + 1, 1)
    parts = [pl.DataFrame(schema={"household_id": pl.String, "as_of": pl.Date, "reentry": pl.Boolean})]
    for county in own.lake.counties():
        view = own.lake.view(county, as_of)
        found = below_line(view, previous, own.policy, as_of).collect()
        ids = view.ids.decode("H", found["household_id"])
        parts.append(found.select(household_id=ids, as_of=pl.lit(as_of), reentry=pl.col("below")))
    return pl.concat(parts)


def against_reference(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Our numbers beside the reference, one line per protocol, run, subset and model; for the printed table."""
    lines = []
    for protocol in ("p1", "p2"):
        for run, subsets in result[protocol].items():
            for subset, models in subsets.items():
                for kind, ours in models.items():
                    theirs = REFERENCE[protocol][run][subset].get(kind, {})
                    lines.append({"protocol": protocol, "rows": run, "subset": subset, "model": kind, "n": ours["n"],
                                  "ours": {m: ours[m] for m in METRICS}, "reference": theirs})  # fmt: skip
    return lines
