"""The scores of one county on one day: a pure function from the files of the lake to a folder of result files.

    <county>-<key>/scores.parquet      see `scoring.score`
                   typical.parquet     what is typical of each village, see `scoring.typical`
                   neighbours.parquet  what each household adds to the sums of its village
                   part.json           what it was made of and what is in it
                   cost.json           CPU-seconds by stage

The key is a hash of all that the files depend on. A folder with it is whole or not there; whoever else does the same
work at the same time, or did it before a kill, does it for all.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel import __version__
from riskmodel.errors import BundleError, BusyError
from riskmodel.features import assemble_view, declared, set_hash
from riskmodel.models import Bundle
from riskmodel.models import bundle as bundles
from riskmodel.scoring.score import score
from riskmodel.scoring.sums import check_sums
from riskmodel.scoring.typical import typical
from riskmodel.settings import Settings
from riskmodel.tables.files import fingerprint, write_json, write_parquet
from riskmodel.tables.freshness import newest_known, too_new
from riskmodel.tables.outcomes import open_episodes
from riskmodel.tables.publish import discard, written_once
from riskmodel.workflows.health import county_health
from riskmodel.workflows.train import unconfirmed
from riskmodel.workflows.workspace import Workspace

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.tables import View

SCORES: Final = "scores"
TYPICAL: Final = "typical"
NEIGHBOURS: Final = "neighbours"
PART: Final = "part.json"
COST: Final = "cost.json"
_ROUNDS: Final = 5


@dataclass(frozen=True)
class Model:
    """A verified model on disk: its folder and its hash."""

    path: Path
    hash: str


@dataclass(frozen=True)
class ScoreTask:
    """What to score: a county, a day, the models, and the folder for the results."""

    settings: Settings
    county: str
    as_of: date
    model: Model
    shorter: Model | None
    parts: Path

    def key(self, state: str, policy: Policy) -> str:
        """Hash of all that the result depends on; `state` is that of the county in the lake."""
        made_of = {
            "county": self.county,
            "as_of": self.as_of.isoformat(),
            "inputs": state,
            "model": self.model.hash,
            "shorter": self.shorter.hash if self.shorter else None,
            "feature_set": set_hash(),
            "policy": policy.version,
            "program": __version__,
        }
        return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()[:16]

    def folder(self, key: str) -> Path:
        """Where a result with this key lies."""
        return self.parts / f"{self.county}-{key}"


@dataclass(frozen=True)
class ScoredPart:
    """What was scored of a county."""

    county: str
    key: str
    inputs: str
    """State of the county in the lake."""
    households: int
    tiers: dict[str, int]
    sums: dict[str, Any]
    """See `scoring.sums.SumCheck`."""
    unconfirmed: list[str]
    files: dict[str, str]
    """SHA-256 of each file, by the name it has here without its ending."""
    health: dict[str, Any] = field(repr=False)
    """See `features.health.Health`."""


def score_partition(task: ScoreTask) -> ScoredPart:
    """Score a county, unless that was done already, and leave the result in its folder.

    Raises BundleError for a model that is damaged, of other features, or whose contributions do not sum to its margins;
    LakeError for damaged files; StorageError when the disk refuses; BusyError for a county that others keep changing.
    """
    place = Workspace(task.settings)
    state, view = _still(place, task)
    key = task.key(state, place.policy)
    target = task.folder(key)
    if not sound(target):
        discard(target, sound)
        with written_once(target) as folder:
            _write(folder, task, view, place, (key, state))
    return read_part(target)


def read_part(folder: Path) -> ScoredPart:
    """What lies in a folder."""
    return ScoredPart(**json.loads((folder / PART).read_text("utf-8")))


def read_cost(folder: Path) -> dict[str, float]:
    """CPU-seconds by stage that a part took."""
    found: dict[str, float] = json.loads((folder / COST).read_text("utf-8"))
    return found


def sound(folder: Path) -> bool:
    """Whether a part is there, and its files are those that were written."""
    try:
        files = read_part(folder).files
        return all(fingerprint(folder / f"{name}.parquet") == was for name, was in files.items())
    except (OSError, ValueError, TypeError):
        return False


def with_facts(scored: pl.DataFrame, view: View, policy: Policy) -> pl.DataFrame:
    """Add what decides who is listed: `data_age_days`, `monitored`, `too_new`.

    `data_age_days`: days since news of the household last arrived here; it tells nothing of how old the facts are.
    `monitored`: the household has an open episode already. `too_new`: its history is too short to judge it by.
    """
    named = scored[:, ["household_id", "as_of"]].join(
        newest_known(view), on="household_id", how="left", maintain_order="left"
    )
    watched = view.ids.decode("H", view.collect(open_episodes(view))["household_id"])
    facts = named.select(
        data_age_days=(pl.col("as_of") - pl.col("known_at")).dt.total_days().cast(pl.Int32),
        monitored=pl.col("household_id").is_in(watched.implode()),
        too_new=pl.col("household_id").is_in(too_new(view, policy).implode()),
    )
    return scored.hstack(facts)


def _still(place: Workspace, task: ScoreTask) -> tuple[str, View]:
    """A verified view of the county, and the state of the lake that it is of: the same before and after."""
    for _ in range(_ROUNDS):
        state = place.lake.state(task.county)
        view = place.lake.view(task.county, task.as_of, verified=True)
        if place.lake.state(task.county) == state:
            return state, view
    raise BusyError(
        f"county {task.county} of the lake is being changed all the time. Wait until the ingest has ended and run the "
        f"command again. / 县 {task.county} 的数据正在不断变化。请等入库结束后重新运行该命令。"
    )


def _write(folder: Path, task: ScoreTask, view: View, place: Workspace, made_of: tuple[str, str]) -> None:
    """Fill the folder of a part."""
    cost: dict[str, float] = {}
    clock = _Stages(cost)
    table = assemble_view(view, place.policy)
    clock.ended("features")
    scored = score(table, _bundle(task.model), place.policy, _bundle(task.shorter) if task.shorter else None)
    checked = check_sums(scored, {f.name: f.group.value for f in declared()})
    frame = with_facts(scored, view, place.policy)
    del scored
    clock.ended("score")
    frames = {SCORES: frame, TYPICAL: typical(table)}
    if table.neighbours:
        frames[NEIGHBOURS] = table.neighbours.frame(set_hash())
    for name, rows in frames.items():
        write_parquet(folder / f"{name}.parquet", rows)
    tiers = {str(tier): count for tier, count in frame["tier"].value_counts().sort("tier").iter_rows()}
    del frame, frames[SCORES]
    clock.ended("write")
    found = county_health(place, table)
    clock.ended("health")
    part = ScoredPart(
        county=task.county,
        key=made_of[0],
        inputs=made_of[1],
        households=table.rows.height,
        tiers=tiers,
        sums=asdict(checked),
        unconfirmed=unconfirmed(place.policy.unconfirmed_used()),
        files={path.stem: fingerprint(path) for path in sorted(folder.glob("*.parquet"))},
        health=asdict(found),
    )
    write_json(folder / COST, cost)
    write_json(folder / PART, asdict(part))


class _Stages:
    """Notes the CPU-seconds of this process by stage."""

    def __init__(self, cost: dict[str, float]) -> None:
        self._cost, self._since = cost, time.process_time()

    def ended(self, stage: str) -> None:
        """All since the stage before was this one."""
        now = time.process_time()
        self._cost[stage], self._since = round(now - self._since, 3), now


@lru_cache(maxsize=4)
def _bundle(model: Model) -> Bundle:
    """A model, verified once per process."""
    found = bundles.read(model.path)
    if found.hash != model.hash:
        raise BundleError(
            f"{model.path} is not the model that was asked for: it was changed meanwhile. Run the command again. / "
            f"{model.path} 已被改动，不是要使用的模型。请重新运行该命令。"
        )
    return found
