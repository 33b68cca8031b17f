from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import polars as pl
import pytest

from on_spark import SETTINGS, spark_only
from on_spark import workers as workers
from riskmodel.engines import Ended, Here, Part
from riskmodel.engines.local import Local
from riskmodel.engines.spark import Spark
from riskmodel.errors import StoppedError
from riskmodel.settings import Settings
from riskmodel.workflows import score_parts
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.score import MANIFEST, Scored, all_published, score
from riskmodel.workflows.score_parts import PARTS, parts_folder
from riskmodel.workflows.workspace import Workspace
from trained_county import Office
from two_counties import FIRST, SECOND, add_second_county

T = TypeVar("T")


class Noting:
    """Works here and notes what it was given; stops after some pieces, as a kill would."""

    def __init__(self, most: int = 99) -> None:
        self.most, self.given = most, list[str]()

    at_once = False

    def map(self, function: Callable[[Any], Any], parts: Sequence[Part[Any]]) -> Iterator[Ended[Any]]:
        """Yield what pieces gave."""
        for ended in Here().map(function, parts):
            self.given.append(ended.name)
            yield ended
            if len(self.given) == self.most:
                raise StoppedError("killed")


@pytest.fixture(scope="module")
def both(office: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Scored]:
    """A workspace with two counties, of which the first had been scored before there was the second. Do not write."""
    place = office.copied(tmp_path_factory.mktemp("both"))
    add_second_county(place)
    noting = Noting()
    done = score(place, office.as_of, executor=noting)
    assert noting.given == [f"county {SECOND}"]
    return place, done


def test_a_new_county_is_scored_and_the_others_are_kept(office: Office, both: tuple[Workspace, Scored]) -> None:
    place, done = both
    assert (done.counties, done.made) == ([FIRST, SECOND], [SECOND])
    assert list(done.cpu_seconds) == [SECOND]
    assert done.households == 2 * office.scored.households
    for folder in (".", "_typical", "_neighbours", PARTS):
        names = {path.stem for path in (place.results / done.as_of / folder).glob(f"{FIRST[:4]}*")}
        assert names == {FIRST, SECOND}
    first = Path(done.folder) / f"{FIRST}.parquet"
    assert first.read_bytes() == (office.results / f"{FIRST}.parquet").read_bytes()
    assert not parts_folder(Path(done.folder)).exists()
    assert set(json.loads((Path(done.folder) / MANIFEST).read_text())["inputs"]) == {FIRST, SECOND}


def test_a_run_that_was_killed_shows_nothing_and_goes_on_where_it_stopped(
    both: tuple[Workspace, Scored], tmp_path: Path
) -> None:
    place, whole = copied(both, tmp_path)
    shutil.rmtree(target := place.results / whole.as_of)
    with pytest.raises(StoppedError):
        score(place, day := date_of(whole), executor=Noting(1))
    assert all_published(place.results) == []
    (half := parts_folder(target) / ".990302-0123.abc.tmp").mkdir()
    noting = Noting()
    assert score(place, day, executor=noting).made == [FIRST, SECOND]
    assert noting.given == [f"county {FIRST}", f"county {SECOND}"]
    assert not half.exists()
    assert contents(target) == contents(both[0].results / whole.as_of)


@pytest.mark.long  # two processes of its own import all that scoring needs
def test_processes_of_their_own_give_the_same_bytes(both: tuple[Workspace, Scored], tmp_path: Path) -> None:
    place, whole = copied(both, tmp_path)
    shutil.rmtree(target := place.results / whole.as_of)
    score(place, date_of(whole), executor=Local(2, memory=2**34))
    assert contents(target) == contents(both[0].results / whole.as_of)


@pytest.mark.usefixtures("workers")
@spark_only
@pytest.mark.long  # the Java machine of Spark starts for it
def test_spark_gives_the_same_bytes(both: tuple[Workspace, Scored], tmp_path: Path) -> None:
    place, whole = copied(both, tmp_path)
    shutil.rmtree(target := place.results / whole.as_of)
    score(place, date_of(whole), executor=Spark("local[2]", SETTINGS))
    assert contents(target) == contents(both[0].results / whole.as_of)


def test_a_published_file_that_was_damaged_is_made_again(both: tuple[Workspace, Scored], tmp_path: Path) -> None:
    place, whole = copied(both, tmp_path)
    scores = place.results / whole.as_of / f"{SECOND}.parquet"
    scores.write_bytes(scores.read_bytes()[:-50])
    assert score(place, date_of(whole)).made == [SECOND]
    assert pl.read_parquet(scores).height == whole.households // 2
    assert contents(scores.parent) == contents(both[0].results / whole.as_of)


def copied(both: tuple[Workspace, Scored], folder: Path) -> tuple[Workspace, Scored]:
    shutil.copytree(both[0].home, folder / "home")
    return Workspace(Settings(folder / "home")), both[1]


def date_of(scored: Scored) -> date:
    return date.fromisoformat(scored.as_of)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


class Told(Silent):
    """Notes what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:
        """Yield the steps."""
        self.said.append(f"{title}: of {total}")
        yield from steps

    def say(self, message: str) -> None:
        """Note it."""
        self.said.append(message)


class Together(Noting):
    """Gives all results at the end, as Spark does."""

    at_once = True


@pytest.mark.parametrize(("executor", "said"), [(Noting(), ["scoring: of 0"]), (Together(), ["scoring"])])
def test_what_comes_all_at_once_is_not_counted(executor: Noting, said: list[str]) -> None:
    show = Told()
    assert list(score_parts.shown(executor, [], "scoring", show)) == []
    assert show.said == said
