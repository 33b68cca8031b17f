"""Score a date: every active household of every county, with its reasons, as Parquet files that appear together."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features import assemble_view, declared, set_hash
from riskmodel.features.neighbours import Neighbours
from riskmodel.features.windows import months_before
from riskmodel.models import bundle as bundles
from riskmodel.scoring.score import score as score_county
from riskmodel.scoring.sums import check_sums
from riskmodel.scoring.typical import typical
from riskmodel.tables.files import write_json, write_parquet
from riskmodel.tables.freshness import first_known, newest_known, too_new
from riskmodel.tables.outcomes import open_episodes
from riskmodel.tables.publish import published_folder, restore_interrupted
from riskmodel.training.labels import LABELS, label_named
from riskmodel.workflows.health import health
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.train import unconfirmed
from riskmodel.workflows.workspace import Workspace, model_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from riskmodel.features import FeatureTable
    from riskmodel.features.health import Health
    from riskmodel.models import Bundle
    from riskmodel.policy import Policy
    from riskmodel.scoring.sums import SumCheck
    from riskmodel.tables import View

MANIFEST = "_manifest.json"
"""Beside the Parquet files; the leading underscore hides it from Parquet readers."""

NEIGHBOURS = "_neighbours"
"""Folder beside them: what each household adds to the sums of its village, see `neighbours`."""

TYPICAL = "_typical"
"""Folder beside them: what is typical of each village and of the county on that day, see `typical`."""


@dataclass(frozen=True)
class Scored:
    """What a scoring run wrote."""

    as_of: str
    folder: str
    households: int
    counties: list[str]
    tiers: dict[str, int]
    model: str
    label: str
    shorter_model: str | None
    """Hash of the model of the shorter horizon that was told beside it; None without one."""
    sums: dict[str, SumCheck]
    """By county: how exactly the contributions sum to the margins in a sample, see `scoring.sums`."""
    health: Health = field(repr=False)
    """How the features and the sources do on that day; scores are published all the same."""
    unconfirmed_policy: list[str] = field(repr=False)


def score(workspace: Workspace, as_of: date, label: str | None = None, progress: Progress | None = None) -> Scored:
    """Score all counties at `as_of` with the champion of a label and publish results/<as_of>/<county>.parquet.

    The scores of a label other than that of the installation have a folder of their own, results/<label>/<as_of>.

    `pandas.read_parquet(results/<as_of>)` reads them. The files appear together or not at all; scoring again replaces
    them. Where the label's shorter horizon has a champion, its probability stands beside, see `scoring.score`. Raises
    UsageError without data, champion or households known on that day, BundleError for a model of another feature
    set, and for one whose contributions do not sum to its margins in a sample of a county; then nothing is published.
    """
    show = progress or Silent()
    counties, name = workspace.counties(), model_name(label_named(label or workspace.settings.label).name)
    workspace.require_known(as_of)
    bundle = champion(workspace, label or workspace.settings.label)
    shorter = champion_of_shorter(workspace, bundle.facts.label)
    frames: dict[str, pl.DataFrame] = {}
    sums: dict[str, SumCheck] = {}
    groups = {f.name: f.group.value for f in declared()}
    tables: list[FeatureTable] = []
    for county in show.track(counties, f"scoring {as_of}", len(counties)):
        view = workspace.lake.view(county, as_of)
        tables.append(assemble_view(view, workspace.policy))
        scored = score_county(tables[-1], bundle, workspace.policy, shorter)
        sums[county] = check_sums(scored, groups)
        frames[county] = with_facts(scored, view, workspace.policy)
    found = health(workspace, as_of, tables=tables, progress=show)
    target = workspace.scores(bundle.facts.label) / as_of.isoformat()
    unconfirmed_values = unconfirmed(workspace.policy.unconfirmed_used())
    manifest = {
        "as_of": as_of.isoformat(),
        "model_name": name,
        "model": bundle.hash,
        **({"shorter_model_name": model_name(shorter.facts.label), "shorter_model": shorter.hash} if shorter else {}),
        "feature_set": bundle.facts.feature_set,
        "policy": workspace.policy.version,
        "inputs": {county: _inputs(workspace, county) for county in counties},
        "unconfirmed_policy": unconfirmed_values,
        "sums": {county: asdict(checked) for county, checked in sums.items()},
    }
    with published_folder(target) as folder:
        for (county, frame), table in zip(frames.items(), tables, strict=True):
            write_parquet(folder / f"{county}.parquet", frame)
            write_parquet(folder / TYPICAL / f"{county}.parquet", typical(table))
            if table.neighbours:
                write_parquet(folder / NEIGHBOURS / f"{county}.parquet", table.neighbours.frame(set_hash()))
        write_json(folder / MANIFEST, manifest)
    tiers: dict[str, int] = {}
    for frame in frames.values():
        for tier, count in frame["tier"].value_counts().iter_rows():
            tiers[tier] = tiers.get(tier, 0) + count
    return Scored(
        as_of=as_of.isoformat(),
        folder=str(target),
        households=sum(f.height for f in frames.values()),
        counties=counties,
        tiers=tiers,
        model=bundle.hash,
        label=bundle.facts.label,
        shorter_model=shorter.hash if shorter else None,
        sums=sums,
        health=found,
        unconfirmed_policy=unconfirmed_values,
    )


def as_of_of_month(workspace: Workspace, month: date) -> date:
    """Date of a month's run: the policy's run day of the month after it."""
    following = months_before(month, -1)
    county = workspace.counties()[0]
    day = int(workspace.policy.value("run_day", county, on=following, known=following))
    return following.replace(day=day)


def newest_as_of(workspace: Workspace) -> date:
    """The run date that follows the newest delivery's last complete month; where that is later, or nothing was known
    then, the day of the delivery."""
    newest = workspace.lake.newest_delivery()
    run = as_of_of_month(workspace, months_before(newest, 1))
    return run if first_known(workspace.lake) <= run <= newest else newest


def newest_told(workspace: Workspace) -> date:
    """Date of the newest scores, of which `explain` tells; where nothing was scored, `newest_as_of`."""
    dates = [date.fromisoformat(folder.name) for folder in all_published(workspace.results)]
    return dates[-1] if dates else newest_as_of(workspace)


def champion(workspace: Workspace, label: str) -> Bundle:
    """The verified champion of a label. Raises UsageError when there is none."""
    return bundles.read(workspace.registry.bundle_path(model_name(label), "champion"))


def champion_of_shorter(workspace: Workspace, label: str) -> Bundle | None:
    """The verified champion of the shorter horizon that a label names; None where there is none."""
    name = LABELS[label].shorter if label in LABELS else ""
    if not name or not any("champion" in v.aliases for v in workspace.registry.versions(model_name(name))):
        return None
    return champion(workspace, name)


def published(workspace: Workspace, as_of: date | None = None) -> Path:
    """Folder of the scores of a date, by default the newest. Raises UsageError when nothing was scored."""
    dates = [folder.name for folder in all_published(workspace.results)]
    if not dates:
        raise UsageError(
            f"{workspace.home} holds no scores yet. Score a month first: riskmodel score / "
            "还没有评估结果。请先评估一个月：riskmodel score"
        )
    wanted = as_of.isoformat() if as_of else dates[-1]
    if wanted not in dates:
        raise UsageError(
            f"no scores of {wanted} in {workspace.results}; there are: {', '.join(dates[-12:])}. / "
            f"没有{wanted}的评估结果；现有：{'、'.join(dates[-12:])}。"
        )
    return workspace.results / wanted


def all_published(scores: Path) -> list[Path]:
    """Folders of all dates scored of a label, oldest first; `scores` is `workspace.scores(label)`."""
    restore_interrupted(scores)
    folders: Iterable[Path] = scores.glob("????-??-??")
    return sorted(p for p in folders if (p / MANIFEST).exists())


def neighbours(workspace: Workspace, county: str, as_of: date | None = None) -> Neighbours:
    """What was published with the scores of a date (by default the newest) about the neighbours in a county.

    With it `assemble_view` gives one household alone the figures of its village that it has in the batch. Raises
    UsageError when nothing was scored or the features are others now, DataError when the file was changed.
    """
    folder = published(workspace, as_of)
    path = folder / NEIGHBOURS / f"{county}.parquet"
    if not path.exists():
        raise UsageError(
            f"no neighbours' figures of county {county} with the scores of {folder.name}. Score that day again. / "
            f"{folder.name} 的评估结果没有县 {county} 的同村数据。请重新评估该日期。"
        )
    return Neighbours.read(pl.read_parquet(path, glob=False), set_hash())


def with_facts(scored: pl.DataFrame, view: View, policy: Policy) -> pl.DataFrame:
    """Add what decides who is listed: `data_age_days`, `monitored`, `too_new`.

    `data_age_days`: days since news of the household last arrived here; it tells nothing of how old the facts are.
    `monitored`: the household has an open episode already. `too_new`: its history is too short to judge it by.
    """
    joined = scored.join(newest_known(view), on="household_id", how="left", maintain_order="left")
    age = (pl.col("as_of") - pl.col("known_at")).dt.total_days().cast(pl.Int32)
    watched = view.ids.decode("H", open_episodes(view).collect()["household_id"])
    monitored = pl.col("household_id").is_in(watched.implode())
    new = pl.col("household_id").is_in(too_new(view, policy).implode())
    return joined.with_columns(data_age_days=age, monitored=monitored, too_new=new).drop("known_at")


def _inputs(workspace: Workspace, county: str) -> str:
    """Hash of the county's batches. Of all: a batch received later may tell what was known before."""
    batches = [asdict(record) for record in workspace.lake.records(county)]
    return hashlib.sha256(json.dumps(batches, sort_keys=True).encode()).hexdigest()[:16]
