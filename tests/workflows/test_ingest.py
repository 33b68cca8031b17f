from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import polars as pl
import pytest

from riskmodel.errors import BusyError, RejectedFile, UsageError
from riskmodel.settings import Settings
from riskmodel.sources.sample import write_sample
from riskmodel.tables.files import locked
from riskmodel.workflows.ingest import Ingested, ingest
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.workspace import Workspace

T = TypeVar("T")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first three deliveries of 30 households."""
    folder = tmp_path_factory.mktemp("sample") / "out"
    write_sample(folder, households=30, months=24, seed=3)
    for day in sorted((folder / "deliveries").iterdir())[3:]:
        shutil.rmtree(day)
    return folder


@pytest.fixture
def place(tmp_path: Path, sample: Path) -> Workspace:
    """An empty workspace with the policy of the sample county."""
    shutil.copytree(sample / "policy", tmp_path / "home" / "policy")
    return Workspace(Settings(tmp_path / "home"))


class Listening(Silent):
    """Remembers what was said."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG002  # protocol
        self.heard.append(title)
        yield from steps

    def say(self, message: str) -> None:
        self.heard.append(message)


def counted(done: Ingested) -> int:
    """Rows of which the account says what became of them."""
    return done.rows_loaded + done.rows_known + done.rows_duplicate + done.rows_refused


def test_every_row_read_is_accounted_for(place: Workspace, sample: Path) -> None:
    listening = Listening()
    done = ingest(place, sample / "deliveries", listening)
    assert counted(done) == done.rows_read == done.rows_loaded > 1000
    written = [record.rows_written for county in place.counties() for record in place.lake.records(county)]
    assert (sum(written), len(written)) == (done.rows_loaded, done.batches)
    assert (done.quarantine, done.refused_share_exceeded) == (None, False)
    assert listening.heard == ["checking deliveries", "writing to the lake"]


def test_a_second_ingest_changes_no_byte(place: Workspace, sample: Path) -> None:
    first = ingest(place, sample / "deliveries")
    before = contents(place.home)
    again = ingest(place, sample / "deliveries")
    assert contents(place.home) == before
    assert (again.rows_loaded, again.batches, again.rows_known) == (0, 0, first.rows_read)


def test_one_delivery_of_the_folder_can_be_given_alone(place: Workspace, sample: Path) -> None:
    days = sorted((sample / "deliveries").iterdir())
    done = ingest(place, days[0])
    assert done.rows_loaded == done.rows_read
    rest = ingest(place, sample / "deliveries")
    assert rest.rows_known == done.rows_read
    assert counted(rest) == rest.rows_read


def test_bad_rows_are_quarantined_with_reasons_and_the_good_ones_go_on(
    place: Workspace, sample: Path, tmp_path: Path
) -> None:
    day = spoiled(sample, tmp_path, lambda rows: [rows[0], rows[1].replace("wage_work", "hope"), *rows[2:], rows[2]])
    done = ingest(place, day)
    assert (done.rows_refused, done.rows_duplicate) == (1, 1)
    assert counted(done) == done.rows_read
    assert done.quarantine is not None
    report = pl.read_parquet(done.quarantine)
    assert report.select("table", "column", "value").rows() == [("incomes", "component", "hope")]
    assert report["reason"][0]


def test_too_large_a_share_of_bad_rows_is_reported(place: Workspace, sample: Path, tmp_path: Path) -> None:
    day = spoiled(sample, tmp_path, lambda rows: [rows[0], *(row.replace("wage_work", "hope") for row in rows[1:])])
    assert ingest(place, day).refused_share_exceeded


def test_a_delivery_dated_after_today_is_refused_and_nothing_is_loaded(place: Workspace, sample: Path) -> None:
    newest = date.fromisoformat(max(p.name for p in (sample / "deliveries").iterdir()))
    with pytest.raises(UsageError, match="dated after today"):
        ingest(place, sample / "deliveries", today=newest - timedelta(days=1))
    assert place.lake.counties() == []


def test_a_report_is_gone_once_the_delivery_is_corrected_and_never_shows_an_id(
    place: Workspace, sample: Path, tmp_path: Path
) -> None:
    number = "110101199003074578"
    day = spoiled(sample, tmp_path, lambda rows: [rows[0], rows[1].replace(rows[1].split(",")[0], number), *rows[2:]])
    done = ingest(place, day)
    assert done.quarantine is not None
    report = pl.read_parquet(done.quarantine)
    assert report.select("column", "value").rows() == [("household_id", "(18 characters)")]
    assert ingest(place, sample / "deliveries" / day.name).quarantine is None
    assert not Path(done.quarantine).exists()


def test_a_file_that_cannot_be_used_rejects_the_whole_ingest(place: Workspace, sample: Path, tmp_path: Path) -> None:
    day = spoiled(sample, tmp_path, lambda rows: [rows[0].replace("component", "kind"), *rows[1:]])
    with pytest.raises(RejectedFile, match=r"incomes\.csv"):
        ingest(place, day.parent)
    assert place.lake.counties() == []


def test_a_quarantine_report_has_a_name_also_for_the_folder_here(
    place: Workspace, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = spoiled(sample, tmp_path, lambda rows: [rows[0], rows[1].replace("wage_work", "hope")])
    monkeypatch.chdir(day.parent)
    done = ingest(place, Path())
    assert done.quarantine is not None
    assert Path(done.quarantine).name == "spoiled.parquet"


@pytest.mark.parametrize("name", ["missing", "file.csv"])
def test_what_is_no_folder_is_refused(place: Workspace, tmp_path: Path, name: str) -> None:
    (tmp_path / "file.csv").write_text("a\n1\n", "utf-8")
    with pytest.raises(UsageError, match="is not a folder"):
        ingest(place, tmp_path / name)


def test_nothing_is_written_while_another_process_writes(place: Workspace, sample: Path) -> None:
    lock = place.lake.folder / "locks" / "county=990301"
    with locked(lock, "a test"), pytest.raises(BusyError, match="is writing here"):
        ingest(place, sample / "deliveries")
    assert place.lake.counties() == []


def spoiled(sample: Path, tmp_path: Path, change: Callable[[list[str]], list[str]]) -> Path:
    """The first delivery with the lines of its wages changed, the other incomes left out."""
    first = min((sample / "deliveries").iterdir())
    day = tmp_path / "spoiled" / first.name
    shutil.copytree(first, day)
    lines = (day / "incomes.csv").read_text("utf-8").splitlines()
    wages = [lines[0], *(line for line in lines if ",wage_work," in line)]
    (day / "incomes.csv").write_text("\n".join(change(wages)) + "\n", "utf-8")
    return day


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
