"""The parts of a day's scores, one per county: those that are there, those to be made, and all of them together.

What is being made lies in a hidden folder beside the one of the day, `.<day>.parts`, until the day is published.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from riskmodel.engines import Part
from riskmodel.tables.files import fingerprint, make_folder, sync_folder, write_json
from riskmodel.tables.publish import published_folder
from riskmodel.workflows.score_partition import SCORES, ScoredPart, read_cost, score_partition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from riskmodel.engines import Ended, Executor
    from riskmodel.workflows.progress import Progress
    from riskmodel.workflows.score_partition import ScoreTask
    from riskmodel.workflows.workspace import Workspace

MANIFEST: Final = "_manifest.json"
"""Beside the Parquet files; the leading underscore hides it from Parquet readers."""
PARTS: Final = "_parts"
"""Folder beside them: of each county what its files were made of and their hashes."""
_BASE: Final = 600 * 2**20
_PER_BYTE: Final = 30
"""Memory that a county takes: so much in any case, and so many times the size of its files in the lake."""


@dataclass(frozen=True)
class Held:
    """A part that is there."""

    part: ScoredPart
    folder: Path
    published: bool
    """Whether it was published before, and nothing had to be done."""
    cost: dict[str, float]
    """CPU-seconds by stage; nothing for one that was published before."""

    def file(self, name: str) -> Path:
        """One of its files."""
        return place(self.folder, self.part.county, name) if self.published else self.folder / f"{name}.parquet"


def identity(folder: Path) -> str:
    """Hash of the scores in a published folder: the same where the same was said, whatever arrived meanwhile.

    Of scores that an earlier version made, which does not say what its files hold, that of all it says.
    """
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    return hashlib.sha256(json.dumps(manifest.get("files", manifest), sort_keys=True).encode()).hexdigest()


def place(folder: Path, county: str, name: str) -> Path:
    """Where a file of a county lies in a published folder."""
    return (folder if name == SCORES else folder / f"_{name}") / f"{county}.parquet"


def parts_folder(target: Path) -> Path:
    """Where the parts of a folder lie until it is published."""
    return target.with_name(f".{target.name}.parts")


def gather(
    workspace: Workspace, target: Path, tasks: Sequence[ScoreTask], executor: Executor, show: Progress
) -> dict[str, Held]:
    """All parts by county: those published in `target` that still hold, and the others made by the executor.

    Only for the holder of the lock of the day.
    """
    for rest in parts_folder(target).glob(".*.tmp"):  # what a kill left
        shutil.rmtree(rest, ignore_errors=True)
    held: dict[str, Held] = {}
    missing = []
    for task in tasks:
        part = _published(target, task.county)
        if part and part.key == task.key(workspace.lake.state(task.county), workspace.policy):
            held[task.county] = Held(part, target, published=True, cost={})
        else:
            memory = _BASE + _PER_BYTE * workspace.lake.size(task.county)
            missing.append(Part(f"county {task.county}", task, memory))
    by_county = {task.county: task for task in tasks}
    for done in shown(executor, missing, f"scoring {target.name}", show) if missing else ():
        folder = by_county[done.result.county].folder(done.result.key)
        held[done.result.county] = Held(done.result, folder, published=False, cost=read_cost(folder))
    return {county: held[county] for county in sorted(held)}


def shown(
    executor: Executor, parts: Sequence[Part[ScoreTask]], title: str, show: Progress
) -> Iterable[Ended[ScoredPart]]:
    """The parts as they end; how far it is, is told where they do not come all at once."""
    ended = executor.map(score_partition, parts)
    if not executor.at_once:
        return show.track(ended, title, len(parts))
    show.say(title)
    return ended


def publish(target: Path, held: Mapping[str, Held], manifest: Mapping[str, Any]) -> bool:
    """Let the folder of all parts and the manifest take the place of `target`; False where it is just that already."""
    if all(one.published for one in held.values()) and _is(target, held, manifest):
        shutil.rmtree(parts_folder(target), ignore_errors=True)
        return False
    with published_folder(target) as folder:
        for county, one in held.items():
            for name in one.part.files:
                file = place(folder, county, name)
                make_folder(file.parent)
                file.hardlink_to(one.file(name))
            write_json(folder / PARTS / f"{county}.json", asdict(one.part))
        for inside in folder.glob("_*/"):
            sync_folder(inside)
        write_json(folder / MANIFEST, manifest)
    shutil.rmtree(parts_folder(target), ignore_errors=True)
    return True


def _published(target: Path, county: str) -> ScoredPart | None:
    """The part of a county as it was published; None where it is not there or was changed since."""
    try:
        part = ScoredPart(**json.loads((target / PARTS / f"{county}.json").read_text("utf-8")))
        whole = all(fingerprint(place(target, county, name)) == was for name, was in part.files.items())
    except (OSError, ValueError, TypeError):
        return None
    return part if whole else None


def _is(target: Path, held: Mapping[str, Held], manifest: Mapping[str, Any]) -> bool:
    """Whether this was published."""
    try:
        same = json.loads((target / MANIFEST).read_text("utf-8")) == json.loads(json.dumps(manifest))
    except (OSError, ValueError):
        return False
    return bool(same) and {path.stem for path in target.glob("*.parquet")} == set(held)
