"""How good the models are on simulated counties, beside the truth: `make bench-quality` (five seeds, hours of nobody).

Each county is simulated twice: once to learn on which dates the test lies, once more with the true probabilities of
those dates, by Monte Carlo (equal arguments give equal bytes, so it is the same county). It is taken in, the features
are made, and every kind of model is tested in later months and other places, as `train` does. The test rows of all
seeds are pooled; intervals are draws of whole villages. The oracle is the true probability itself: no model that sees
only what offices know can rank better on average. A simulated county says nothing about accuracy in the field.
The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from riskmodel.settings import Settings, prepare_process

prepare_process()  # before Polars is imported, as the command line does

import numpy as np
import polars as pl
from numpy.typing import NDArray

from riskmodel.sources.identifiers import Hasher, normal_number
from riskmodel.training.comparison import Comparison, Trial, compare
from riskmodel.training.fit import KINDS
from riskmodel.training.folds import newest, places
from riskmodel.training.intervals import Resampling
from riskmodel.training.labels import label_named
from riskmodel.training.trial import predicted, trial
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.installation import init, installation_key
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.simulate import simulate
from riskmodel.workflows.train import TEST_SHARE, gathered_rows, recipes_of
from riskmodel.workflows.workspace import Workspace

ORACLE = "oracle"
TOLD = (
    *("average_precision", "roc_auc", "recall_at_capacity", "precision_at_capacity"),
    *("lift_over_wires", "slope", "top_ratio"),
)


@dataclass(frozen=True)
class County:
    """The test of one county: its rows with the risks of every kind and of the oracle, and who they are."""

    trial: Trial
    villages: list[str]
    households: list[str]


def main() -> None:
    """Simulate, test and pool; print the table and the JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--households", type=int, default=6_000)
    parser.add_argument("--months", type=int, default=48)
    parser.add_argument("--draws", type=int, default=200, help="futures per household and date for the oracle")
    parser.add_argument("--label", default="new_entry_12m")
    parser.add_argument("--folder", type=Path, help="where to make the counties (default: a temporary folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        counties = [
            tested(folder / f"seed-{seed}", given.label, given.households, given.months, seed, given.draws)
            for seed in range(1, given.seeds + 1)
        ]
    found = compare(pooled(counties))
    print_table(found)
    print(json.dumps(told(found, given.seeds, given.households)))


def tested(folder: Path, label_name: str, households: int, months: int, seed: int, draws: int) -> County:
    """One county from its simulation to the test of every kind, the oracle beside them."""
    workspace, label = made(folder, households, months, seed), label_named(label_name)
    collected = gathered_rows(workspace, [label], Silent()).of(label)
    recipes, rows = recipes_of(workspace), collected.rows
    dealt = places(collected.keys["village_code"], collected.keys["household_id"], seed)
    cut = newest(rows, dealt, TEST_SHARE)
    risks = {kind: predicted(recipes, kind, rows, cut, seed) for kind in KINDS}
    here = ~np.isnan(risks["naive"])
    days = sorted(set(collected.keys["as_of"].filter(here.tolist())))
    if not (folder / "known").exists():
        simulate(folder / "known", households, months, seed, truth_dates=days, draws=draws)
    true = truth(folder / "known" / "truth", workspace, days, label.horizon)
    joined = collected.keys.join(true, on=["household_id", "as_of"], how="left", maintain_order="left")
    risks[ORACLE] = np.where(here, joined["probability"].fill_null(float("nan")).to_numpy(), np.nan)
    found, kept = trial(collected, risks, recipes, workspace.policy, seed)
    keys = collected.keys.filter(kept.tolist())
    without = int(here.sum()) - len(found.y)
    print(f"seed {seed}: {len(found.y):,} test rows, {found.events} events, {without} rows without a truth left out")
    return County(found, keys["village_code"].to_list(), keys["household_id"].to_list())


def made(folder: Path, households: int, months: int, seed: int) -> Workspace:
    """The workspace of a simulated county, unless it is there."""
    workspace = Workspace(Settings(folder / "home", seed=seed))
    if not (folder / "home").exists():
        simulate(folder / "county", households, months, seed)
        shutil.copytree(folder / "county" / "policy", workspace.home / "policy")
        init(workspace)
        ingest(workspace, folder / "county" / "deliveries")
    return workspace


def truth(known: Path, workspace: Workspace, days: list[date], horizon: int) -> pl.DataFrame:
    """`household_id` (of the lake), `as_of` and the true `probability` of the days."""
    hasher = Hasher(installation_key(workspace))
    parts = []
    for day in days:
        rows = pl.read_parquet(known / f"{day.isoformat()}.parquet")
        ids = hasher.ids("household", normal_number(rows["户编号"], "household"))
        parts.append(rows.select(household_id=ids, as_of=pl.lit(day), probability=f"probability_{horizon}m"))
    return pl.concat(parts)


def pooled(counties: list[County]) -> Trial:
    """All counties as one test; places, orders and villages of one county are not those of another."""

    def apart(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        firsts = np.cumsum([0, *(int(part.max()) + 1 for part in parts[:-1])])
        return np.concatenate([part + first for part, first in zip(parts, firsts, strict=True)])

    trials = [county.trial for county in counties]
    villages = [f"{n}:{v}" for n, county in enumerate(counties) for v in county.villages]
    homes = [f"{n}:{h}" for n, county in enumerate(counties) for h in county.households]
    return Trial(
        y=np.concatenate([t.y for t in trials]),
        risks={kind: np.concatenate([t.risks[kind] for t in trials]) for kind in trials[0].risks},
        place=apart([t.place for t in trials]),
        capacity=np.concatenate([t.capacity for t in trials]),
        order=apart([t.order for t in trials]),
        fired=np.concatenate([t.fired for t in trials]),
        sampling=Resampling.of(villages, homes, seed=0),
    )


def print_table(found: Comparison) -> None:
    """The pooled numbers by kind, and average precision as a share of the oracle's."""
    best = found.values[ORACLE]["average_precision"].value
    print(f"{found.rows:,} test rows, {found.events:,} events")
    print("  ".join([f"{'model':10}", *(f"{name:>22}" for name in TOLD), f"{'of the oracle':>14}"]))
    for kind, values in found.values.items():
        cells = [f"{values[n].value:.4f} [{values[n].low:.3f},{values[n].high:.3f}]" for n in TOLD]
        share = f"{values['average_precision'].value / best:.1%}"
        print("  ".join([f"{kind:10}", *(f"{cell:>22}" for cell in cells), f"{share:>14}"]))


def told(found: Comparison, seeds: int, households: int) -> dict[str, object]:
    """The JSON line."""
    best = found.values[ORACLE]["average_precision"].value
    over = {other: found.differences["lightgbm", other] for other in ("rules", "naive", "logistic")}
    return {
        "seeds": seeds,
        "households": households,
        "events": found.events,
        "lightgbm_minus": {
            other: {name: [round(i.value, 4), round(i.low, 4), round(i.high, 4)] for name, i in values.items()}
            for other, values in over.items()
        },
        "share_of_oracle": {k: round(v["average_precision"].value / best, 3) for k, v in found.values.items()},
        "recall_at_capacity": {k: round(v["recall_at_capacity"].value, 4) for k, v in found.values.items()},
    }


if __name__ == "__main__":
    main()
