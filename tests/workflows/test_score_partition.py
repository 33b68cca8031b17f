from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import BundleError
from riskmodel.workflows.score import champion_folder
from riskmodel.workflows.score_partition import (
    COST,
    PART,
    Model,
    ScoreTask,
    read_cost,
    read_part,
    score_partition,
    sound,
)
from trained_county import LABEL, SOON, Office


@pytest.fixture(scope="module")
def task(office: Office, tmp_path_factory: pytest.TempPathFactory) -> ScoreTask:
    """The county of the office on the day of its scores."""
    models = [Model(champion_folder(office.workspace, label), "") for label in (LABEL, SOON)]
    first, shorter = models
    return ScoreTask(
        settings=office.workspace.settings,
        county="990301",
        as_of=office.as_of,
        model=replace(first, hash=office.scored.model),
        shorter=replace(shorter, hash=str(office.scored.shorter_model)),
        parts=tmp_path_factory.mktemp("parts"),
    )


@pytest.fixture(scope="module")
def folder(task: ScoreTask) -> Path:
    """The folder of the scored county."""
    done = score_partition(task)
    assert done == read_part(task.folder(done.key))
    return task.folder(done.key)


def test_the_result_is_the_published_one_bit_for_bit(office: Office, folder: Path) -> None:
    assert (folder / "scores.parquet").read_bytes() == (office.results / "990301.parquet").read_bytes()
    for name in ("typical", "neighbours"):
        assert (folder / f"{name}.parquet").read_bytes() == (office.results / f"_{name}/990301.parquet").read_bytes()
    assert {path.name for path in folder.parent.iterdir()} == {folder.name}


def test_a_part_says_what_it_was_made_of_and_what_it_cost(office: Office, task: ScoreTask, folder: Path) -> None:
    part = read_part(folder)
    assert part.key == task.key(office.workspace.lake.state("990301"), office.workspace.policy)
    assert part.households == pl.read_parquet(folder / "scores.parquet").height
    assert sum(part.tiers.values()) == part.households
    assert part.health["as_of"] == office.scored.as_of
    assert list(read_cost(folder)) == sorted(["features", "score", "write", "health"])
    assert all(seconds >= 0 for seconds in read_cost(folder).values())


def test_the_key_changes_with_everything_that_the_result_depends_on(office: Office, task: ScoreTask) -> None:
    policy, other = office.workspace.policy, Model(task.model.path, "0" * 64)
    changed = [
        task.key("another state", policy),
        replace(task, county="990302").key("state", policy),
        replace(task, model=other).key("state", policy),
        replace(task, shorter=None).key("state", policy),
        replace(task, as_of=office.as_of.replace(day=6)).key("state", policy),
    ]
    assert len({task.key("state", policy), *changed}) == 6
    assert replace(task, parts=Path("elsewhere")).key("state", policy) == task.key("state", policy)


def test_what_was_done_is_not_done_again(task: ScoreTask, folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert score_partition(task).key == folder.name.removeprefix("990301-")
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("damage", ["truncated", "missing", "half a part"])
def test_a_part_that_is_damaged_does_not_count(folder: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for path in folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    assert sound(copy)
    scores = copy / "scores.parquet"
    if damage == "truncated":
        scores.write_bytes(scores.read_bytes()[:-100])
    elif damage == "missing":
        scores.unlink()
    else:
        (copy / PART).write_text(json.dumps({"county": "990301"}))
    assert not sound(copy)
    assert (copy / COST).exists()


def test_another_model_in_the_place_of_the_one_asked_for_is_refused(task: ScoreTask, tmp_path: Path) -> None:
    wrong = replace(task, model=Model(task.model.path, "0" * 64), parts=tmp_path)
    with pytest.raises(BundleError, match=r"is not the model that was asked for.* / .*已被改动"):
        score_partition(wrong)
    assert list(tmp_path.iterdir()) == []
