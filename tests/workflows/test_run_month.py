from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

import polars as pl
import pytest

from office_files import write_deliveries
from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.review.keys import stamp
from riskmodel.settings import Settings
from riskmodel.tables import Batch, table
from riskmodel.workflows.run_lock import run_lock
from riskmodel.workflows.run_month import MonthRun, run_month
from riskmodel.workflows.worklist import work_list
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW
from two_counties import APRIL, FIRST, SECOND

STAGES = ["ingest", "check", "score", "list", "publish"]


def run(place: Workspace, now: datetime = NOW, deliveries: Path | None = None) -> MonthRun:
    """The run of April."""
    return run_month(place, APRIL, deliveries, "ann", lambda: now)


def copied(finished: tuple[Workspace, MonthRun], folder: Path) -> Workspace:
    shutil.copytree(finished[0].home, folder / "home")
    return Workspace(Settings(folder / "home"))


def files(place: Workspace) -> dict[str, tuple[int, int]]:
    """All but locks and what a database keeps beside it."""
    found = (path for path in place.home.rglob("*") if path.is_file() and "lock" not in path.as_posix())
    return {str(path.relative_to(place.home)): (path.stat().st_size, path.stat().st_ino) for path in found}


def test_a_month_goes_through_all_stages_and_accounts_for_them(finished: tuple[Workspace, MonthRun]) -> None:
    place, done = finished
    assert (done.done, done.scored, done.failed) == (STAGES, [FIRST, SECOND], False)
    report = json.loads(Path(done.account).read_text("utf-8"))
    assert Path(done.account) == place.runs / "2024-04.json"
    assert (report["as_of"], report["finished_at"]) == ("2024-05-05", NOW.isoformat())
    assert list(report["stages"]) == sorted(STAGES)
    assert all(stage["cpu_seconds"] >= 0 for stage in report["stages"].values())
    facts = {name: stage["facts"] for name, stage in report["stages"].items()}
    assert facts["score"]["households"] == facts["publish"]["households"] == 1200
    assert {*facts["score"]["cpu_by_county"]} == {FIRST, SECOND}
    assert {*facts["score"]["cpu_by_county"][FIRST]} == {"features", "score", "write", "health"}
    assert facts["list"]["visits"] > 0
    assert {"rows_read", "rows_refused"} <= {*facts["ingest"]}
    text = "\n".join(done.report.lines())
    assert "1,200 households of 2 counties" in text
    assert f"county {SECOND}: " in text


def test_a_finished_month_is_a_no_op(finished: tuple[Workspace, MonthRun], tmp_path: Path) -> None:
    place = copied(finished, tmp_path)
    before = files(place)
    again = run(place, NOW + timedelta(days=3))
    assert (again.done, again.scored) == ([], [])
    assert again.report == finished[1].report
    assert files(place) == before


def test_what_arrived_since_does_again_its_county_and_the_issued_list_stays(
    finished: tuple[Workspace, MonthRun], tmp_path: Path
) -> None:
    place, day = copied(finished, tmp_path), date(2024, 5, 4)
    incomes = place.lake.view(FIRST, day).canonical("incomes").sort("month", "household_id", "component")
    late = incomes.tail(50).with_columns(pl.col("amount") + 1_000_000, known_at=pl.lit(day))
    place.lake.receive([Batch(FIRST, "incomes", late, day, sha256="new", file="incomes.csv")])
    again = run(place, NOW + timedelta(days=3))
    assert (again.done, again.scored) == (["check", "score", "list", "publish"], [FIRST])
    assert again.report.stages["list"].facts["outdated"]
    assert "riskmodel worklist --again" in "\n".join(again.report.lines())
    assert [path.name for path in (place.home / "worklists" / "2024-05-05").iterdir()] == ["all"]
    work_list(place, date(2024, 5, 5), again=True)  # as the account says
    assert run(place).done == ["list", "publish"]  # the account and the pages show the list
    assert run(place).done == []


def test_what_arrived_since_and_says_nothing_of_the_day_leaves_the_list_as_it_is(
    finished: tuple[Workspace, MonthRun], tmp_path: Path
) -> None:
    place = copied(finished, tmp_path)
    rows = table("villages").empty()
    place.lake.receive([Batch(FIRST, "villages", rows, date(2024, 5, 26), sha256="new", file="villages.csv")])
    again = run(place, NOW + timedelta(days=3))
    assert (again.done, again.scored) == (["check"], [FIRST])
    assert not again.report.stages["list"].facts["outdated"]


def test_another_version_of_the_program_publishes_its_scores(
    finished: tuple[Workspace, MonthRun], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = copied(finished, tmp_path)
    monkeypatch.setattr("riskmodel.workflows.run_month.__version__", "9.9.9")
    assert run(place, NOW + timedelta(days=3)).done == ["check", "publish"]


@pytest.mark.parametrize("lost", ["worklists", "reports", "riskmodel.sqlite"])
def test_what_was_lost_is_made_again_and_nothing_else(
    finished: tuple[Workspace, MonthRun], tmp_path: Path, lost: str
) -> None:
    place = copied(finished, tmp_path)
    for path in place.home.glob(f"{lost}*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    stage = {"worklists": "list", "reports": "check", "riskmodel.sqlite": "publish"}[lost]
    assert run(place).done == [stage]


def test_the_time_is_that_of_the_end_and_what_is_done_again_costs_more(
    finished: tuple[Workspace, MonthRun], tmp_path: Path
) -> None:
    place = copied(finished, tmp_path)
    for path in place.home.glob("riskmodel.sqlite*"):
        path.unlink()
    ticks = (NOW + timedelta(minutes=minute) for minute in count(1))
    told: list[datetime] = []

    def clock() -> datetime:
        told.append(next(ticks))
        return told[-1]

    again = run_month(place, APRIL, None, "ann", clock)
    assert again.report.finished_at == told[-1].isoformat()
    publish, before = (done.report.stages["publish"] for done in (again, finished[1]))
    assert publish.facts["published_at"] == stamp(told[-2])
    assert len(told) > 3
    assert publish.cpu_seconds > before.cpu_seconds


@pytest.mark.parametrize("month", [date(2010, 1, 1), date(2030, 1, 1), date(2025, 9, 1)])
def test_a_month_that_is_refused_takes_nothing_in_and_leaves_no_account(
    place: Workspace, delivered: Path, month: date
) -> None:
    with pytest.raises(UsageError, match=" / "):
        run_month(place, month, delivered, "ann", lambda: NOW)
    assert place.lake.counties() == []
    assert not list(place.runs.glob("*.json"))


def test_with_a_clock_that_was_set_back_nobody_is_told_to_rename_first(place: Workspace, delivered: Path) -> None:
    with pytest.raises(UsageError, match=r"Check the clock of this machine first; .* / .*请先核对本机时钟"):
        run_month(place, date(2025, 1, 1), delivered, "ann", lambda: datetime(2025, 2, 6, tzinfo=NOW.tzinfo))


def test_an_empty_folder_of_deliveries_is_as_none(finished: tuple[Workspace, MonthRun], tmp_path: Path) -> None:
    (empty := tmp_path / "deliveries").mkdir()
    assert run(finished[0], deliveries=empty).done == []


def test_a_second_run_of_the_month_is_told_who_runs_it_and_since_when(finished: tuple[Workspace, MonthRun]) -> None:
    place, since = finished[0], NOW - timedelta(minutes=12)
    with (
        run_lock(place.runs / ".2024-04.lock", "another", "bob", since),
        pytest.raises(
            BusyError, match=r"the run of 2024-04 is under way already: bob, process \d+ on .* 12 minutes ago"
        ),
    ):
        run(place)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (
            datetime(2024, 5, 20, tzinfo=NOW.tzinfo),
            r"the clock says 2024-05-20, .* delivery of 2024-05-25\. .* / 本机日期",
        ),
        (
            datetime(2024, 5, 25, tzinfo=NOW.tzinfo),
            r"the run of 2024-05 is made on 2024-06-05, and today is 2024-05-25",
        ),
    ],
)
def test_a_clock_that_was_set_back_and_a_month_that_is_not_over_are_refused(
    finished: tuple[Workspace, MonthRun], now: datetime, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        run_month(finished[0], date(2024, 5, 1), None, "ann", lambda: now)
    assert not (finished[0].runs / "2024-05.json").exists()


def test_files_that_cannot_be_used_stop_the_run_before_anything_is_scored(place: Workspace, tmp_path: Path) -> None:
    deliveries = write_deliveries(tmp_path / "deliveries")
    (folder := sorted(deliveries.iterdir())[0]).joinpath("unknown.csv").write_text("nothing,of,use\n1,2,3\n")
    with pytest.raises(
        DataError, match=rf"nothing was scored, because files cannot be used: {folder.name}/unknown\.csv"
    ) as refused:
        run_month(place, date(2025, 1, 1), deliveries, "ann", lambda: NOW)
    assert "。." not in str(refused.value)  # one stop, not two
    assert not place.results.exists()
