"""Score a date: every active household of every county, with its reasons, as Parquet files that appear together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.engines import Here
from riskmodel.errors import UsageError
from riskmodel.features import set_hash
from riskmodel.features.neighbours import Neighbours
from riskmodel.features.windows import months_before
from riskmodel.models import bundle as bundles
from riskmodel.scoring.score import check_feature_set
from riskmodel.scoring.sums import SumCheck
from riskmodel.tables.files import locked
from riskmodel.tables.freshness import first_known
from riskmodel.tables.publish import restore_interrupted
from riskmodel.training.labels import LABELS, label_named
from riskmodel.workflows.health import health_from
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.score_partition import Model, ScoreTask
from riskmodel.workflows.score_parts import MANIFEST as MANIFEST
from riskmodel.workflows.score_parts import Held, gather, parts_folder, publish
from riskmodel.workflows.score_parts import identity as identity
from riskmodel.workflows.workspace import Workspace, model_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from riskmodel.engines import Executor
    from riskmodel.features.health import Health
    from riskmodel.models import Bundle

NEIGHBOURS: Final = "_neighbours"
"""Folder beside the scores: what each household adds to the sums of its village, see `neighbours`."""

TYPICAL: Final = "_typical"
"""Folder beside them: what is typical of each village and of the county on that day, see `typical`."""


@dataclass(frozen=True)
class Scored:
    """What a scoring run wrote."""

    as_of: str
    folder: str
    households: int
    counties: list[str]
    made: list[str]
    """Counties that were scored now; those of the others were published before and are unchanged."""
    tiers: dict[str, int]
    model: str
    label: str
    shorter_model: str | None
    """Hash of the model of the shorter horizon that was told beside it; None without one."""
    sums: dict[str, SumCheck]
    """By county: how exactly the contributions sum to the margins in a sample, see `scoring.sums`."""
    health: dict[str, Health] = field(repr=False)
    """By county: how the features and the sources do on that day; scores are published all the same."""
    unconfirmed_policy: list[str] = field(repr=False)
    cpu_seconds: dict[str, dict[str, float]] = field(repr=False)
    """By county scored now and stage: features (with reading), score (with contributions), write, health."""


def score(
    workspace: Workspace,
    as_of: date,
    label: str | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Scored:
    """Score all counties at `as_of` with the champion of a label and publish results/<as_of>/<county>.parquet.

    The scores of a label other than that of the installation have a folder of their own, results/<label>/<as_of>.

    `pandas.read_parquet(results/<as_of>)` reads them. The files appear together or not at all; scoring again replaces
    them, and does again only the counties of which anything changed. A run that was killed goes on where it stopped.
    Where the label's shorter horizon has a champion, its probability stands beside, see `scoring.score`. `executor`:
    what works on the counties, by default this process. Raises UsageError without data, champion or households known on
    that day, BusyError while somebody else scores it, BundleError for a model of another feature set, and for one whose
    contributions do not sum to its margins in a sample of a county; then nothing is published.
    """
    show = progress or Silent()
    counties, name = workspace.counties(), label_named(label or workspace.settings.label).name
    workspace.require_known(as_of)
    target = workspace.scores(name).absolute() / as_of.isoformat()
    with locked(workspace.runs / f".{name}-{as_of}.lock", f"scores of {as_of}"):
        first, shorter = _models(workspace, name)
        settings = replace(workspace.settings, home=workspace.home.absolute(), database_url="")
        tasks = [ScoreTask(settings, county, as_of, first, shorter, parts_folder(target)) for county in counties]
        held = gather(workspace, target, tasks, executor or Here(), show)
        publish(target, held, _manifest(as_of, name, first, shorter, workspace, held))
    return _told(target, name, first, shorter, held)


def _models(workspace: Workspace, label: str) -> tuple[Model, Model | None]:
    """The champion of a label, and that of its shorter horizon where there is one; both fit the features."""
    folders = [champion_folder(workspace, label)]
    if name := _shorter(workspace, label):
        folders.append(champion_folder(workspace, name))
    found = [bundles.read(folder) for folder in folders]
    for bundle in found:
        check_feature_set(bundle)
    models = [Model(folder.absolute(), bundle.hash) for folder, bundle in zip(folders, found, strict=True)]
    return models[0], models[1] if models[1:] else None


def _manifest(
    as_of: date, label: str, model: Model, shorter: Model | None, workspace: Workspace, held: Mapping[str, Held]
) -> dict[str, Any]:
    """What the scores were made of."""
    parts = {county: one.part for county, one in held.items()}
    sooner = {"shorter_model_name": model_name(LABELS[label].shorter), "shorter_model": shorter.hash} if shorter else {}
    return {
        "as_of": as_of.isoformat(),
        "model_name": model_name(label),
        "model": model.hash,
        **sooner,
        "feature_set": set_hash(),
        "policy": workspace.policy.version,
        "inputs": {county: part.inputs for county, part in parts.items()},
        "files": {county: part.files for county, part in parts.items()},
        "unconfirmed_policy": _unconfirmed(held),
        "sums": {county: part.sums for county, part in parts.items()},
    }


def _told(target: Path, label: str, model: Model, shorter: Model | None, held: Mapping[str, Held]) -> Scored:
    parts = {county: one.part for county, one in held.items()}
    tiers: Counter[str] = Counter()
    for part in parts.values():
        tiers.update(part.tiers)
    return Scored(
        as_of=target.name,
        folder=str(target),
        households=sum(part.households for part in parts.values()),
        counties=list(parts),
        made=[county for county, one in held.items() if not one.published],
        tiers=dict(tiers),
        model=model.hash,
        label=label,
        shorter_model=shorter.hash if shorter else None,
        sums={county: SumCheck(**part.sums) for county, part in parts.items()},
        health={county: health_from(part.health) for county, part in parts.items()},
        unconfirmed_policy=_unconfirmed(held),
        cpu_seconds={county: one.cost for county, one in held.items() if one.cost},
    )


def _unconfirmed(held: Mapping[str, Held]) -> list[str]:
    return sorted({value for one in held.values() for value in one.part.unconfirmed})


def as_of_of_month(workspace: Workspace, month: date, county: str | None = None) -> date:
    """Date of a month's run: the policy's run day of the month after it, in a county (default: the first one)."""
    following = months_before(month, -1)
    county = workspace.counties()[0] if county is None else county
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
    return bundles.read(champion_folder(workspace, label))


def champion_folder(workspace: Workspace, label: str) -> Path:
    """Folder of the verified champion of a label. Raises UsageError when there is none."""
    return workspace.registry.bundle_path(model_name(label), "champion")


def champion_of_shorter(workspace: Workspace, label: str) -> Bundle | None:
    """The verified champion of the shorter horizon that a label names; None where there is none."""
    name = _shorter(workspace, label)
    return champion(workspace, name) if name else None


def _shorter(workspace: Workspace, label: str) -> str:
    """The label of the shorter horizon that a label names, where it has a champion; else empty."""
    name = LABELS[label].shorter if label in LABELS else ""
    has_one = name and any("champion" in v.aliases for v in workspace.registry.versions(model_name(name)))
    return name if has_one else ""


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
