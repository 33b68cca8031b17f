"""The lake as a whole: what arrives once, what stays the same, who may read and write at the same time, and damage."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from lake_rows import COUNTY, amounts, batch, contents, day, income, state, tables_in_force
from riskmodel.errors import BusyError, DataError, LakeError
from riskmodel.tables import Batch, Lake
from riskmodel.tables.files import locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date


GENERATION = f"generations/county={COUNTY}"


def deliveries() -> list[Batch]:
    """Three days: incomes and households; corrections; the same households again, one income withdrawn."""
    households = [state(1, day(0), 3, day(1)), state(2, day(0), 4, day(1))]
    return [
        batch("incomes", day(1), income(1, 100, day(1)), income(2, 200, day(1))),
        batch("households", day(1), *households),
        batch("incomes", day(9), income(1, 150, day(9)), income(3, 300, day(9))),
        batch("households", day(20), *households),
        batch("incomes", day(20), income(2, 200, day(20), retracted=True), income(3, 300, day(20))),
    ]


def filled(folder: Path, *batches: Batch) -> Lake:
    lake = Lake(folder)
    lake.receive(batches or deliveries())
    return lake


def incomes(lake: Lake, on: date) -> list[int]:
    return amounts(lake.view(COUNTY, on).canonical("incomes"))


# --- receiving --------------------------------------------------------------------------------------------------------


def test_a_view_has_what_was_known_and_the_records_of_its_batches(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    assert [incomes(lake, day(n)) for n in (0, 1, 8, 9, 20)] == [
        [],
        [100, 200],
        [100, 200],
        [150, 200, 300],
        [150, 300],
    ]
    seen = lake.view(COUNTY, day(9)).records
    assert [(r.batch_id, r.table, r.rows_read, r.rows_written) for r in seen] == [
        ("r20250102-0001", "incomes", 2, 2),
        ("r20250102-0002", "households", 2, 2),
        ("r20250110-0001", "incomes", 2, 2),
    ]
    assert lake.newest_delivery() == day(20)
    assert lake.counties() == [COUNTY]


def test_the_batch_keeps_only_what_is_new(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    assert [(r.table, r.rows_written) for r in lake.records(COUNTY)[3:]] == [("households", 0), ("incomes", 1)]
    assert not (tmp_path / "batches" / "households" / f"county={COUNTY}" / "r20250121-0001.parquet").exists()


def test_a_file_sent_twice_changes_no_byte(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    before = contents(tmp_path)
    assert lake.receive(deliveries()) == []
    assert contents(tmp_path) == before


def test_a_file_sent_again_on_another_day_adds_its_record_and_nothing_else(tmp_path: Path) -> None:
    lake = filled(tmp_path, *deliveries()[:2])
    before = contents(tmp_path)
    (record,) = lake.receive([batch("incomes", day(5), income(1, 100, day(5)), income(2, 200, day(5)))])
    after = contents(tmp_path)
    assert record.rows_written == 0
    assert {name for name in after if after[name] != before.get(name)} == {
        f"manifests/county={COUNTY}/{record.batch_id}.json", f"generations/county={COUNTY}/CURRENT",
    }  # fmt: skip
    assert after.keys() - before.keys() == {f"manifests/county={COUNTY}/{record.batch_id}.json"}


def test_a_value_that_changes_and_changes_back_is_followed(tmp_path: Path) -> None:
    lake = filled(tmp_path, *(batch("incomes", day(n), income(1, a, day(n))) for n, a in ((1, 10), (2, 20), (3, 10))))
    assert [incomes(lake, day(n)) for n in (1, 2, 3)] == [[10], [20], [10]]


def test_of_two_files_of_one_day_the_second_counts_also_when_both_are_sent_again(tmp_path: Path) -> None:
    """The first says nothing new on its day; without its record the repetition would take it for news."""
    lake = filled(tmp_path, batch("incomes", day(1), income(1, 10, day(1))))
    double = [batch("incomes", day(2), income(1, amount, day(2))) for amount in (10, 20)]
    lake.receive(double)
    before = contents(tmp_path)
    lake.receive(double)
    assert incomes(lake, day(2)) == [20]
    assert contents(tmp_path) == before


def test_what_a_killed_process_left_half_written_is_swept(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    rests = [tmp_path / f"manifests/county={COUNTY}/.x.1.tmp", tmp_path / f"batches/incomes/county={COUNTY}/.x.1.tmp"]
    for rest in rests:
        rest.touch()
    lake.receive([batch("incomes", day(30), income(1, 1, day(30)))])
    assert not any(rest.exists() for rest in rests)


def test_a_delivery_of_an_older_day_takes_its_place_in_time(tmp_path: Path) -> None:
    lake = filled(tmp_path, batch("incomes", day(9), income(1, 20, day(9))))
    (late,) = lake.receive([batch("incomes", day(10), income(1, 10, day(3)), mode="h")])
    assert late.batch_id == "h20250111-0001"
    assert [incomes(lake, day(n)) for n in (2, 3, 8, 9)] == [[], [10], [10], [20]]


def test_contradicting_rows_are_refused_and_what_came_before_stays(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    good, bad = deliveries()[0], batch("incomes", day(2), income(1, 1, day(2)), income(1, 2, day(2)))
    with pytest.raises(DataError, match="disagree"):
        lake.receive([good, bad])
    assert incomes(lake, day(2)) == [100, 200]
    assert len(lake.records(COUNTY)) == 1


# --- the same whatever the way ----------------------------------------------------------------------------------------


def test_one_by_one_and_all_at_once_give_the_same_bytes(tmp_path: Path) -> None:
    filled(tmp_path / "whole")
    for received in deliveries():
        filled(tmp_path / "parts", received)
    assert tables_in_force(tmp_path / "whole") == tables_in_force(tmp_path / "parts")
    for part in ("batches", "manifests"):
        assert contents(tmp_path / "whole" / part) == contents(tmp_path / "parts" / part)


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]], ids=["in order", "older days later"])
@pytest.mark.parametrize("lost", ["rebuilt", "deleted", "pointer lost", "other layout"])
def test_a_generation_comes_back_with_the_same_bytes(tmp_path: Path, order: list[int], lost: str) -> None:
    lake = filled(tmp_path, *(deliveries()[n] for n in order))
    before, pointer = tables_in_force(tmp_path), tmp_path / "generations" / f"county={COUNTY}" / "CURRENT"
    if lost == "rebuilt":
        lake.rebuild(COUNTY)
    elif lost == "deleted":
        shutil.rmtree(tmp_path / "generations")
    elif lost == "pointer lost":
        pointer.unlink()
    else:
        pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"layout": "of another release"}))
    assert incomes(lake, day(99)) == [150, 300]
    assert tables_in_force(tmp_path) == before


def test_a_rebuild_mends_a_damaged_generation(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    for path in (tmp_path / "generations").rglob("*"):
        if path.is_file():
            path.write_bytes(b"x")
    lake.rebuild(COUNTY)
    assert incomes(lake, day(99)) == [150, 300]


# --- readers and writers at the same time -----------------------------------------------------------------------------


def test_a_view_stays_what_it_was_while_newer_generations_are_published(tmp_path: Path) -> None:
    lake = filled(tmp_path, deliveries()[0])
    view, frame = lake.view(COUNTY, day(99)), lake.view(COUNTY, day(99)).table("incomes")
    for n in range(3):
        lake.receive([batch("incomes", day(10 + n), income(1, n, day(10 + n)))])
        if n == 0:  # a frame whose view is gone outlives one generation
            assert amounts(frame.collect()) == [100, 200]
    assert amounts(view.canonical("incomes")) == [100, 200]
    assert (tmp_path / GENERATION / "000001").exists()
    del view
    gc.collect()
    lake.receive([batch("incomes", day(20), income(1, 7, day(20)))])
    assert sorted(p.name for p in (tmp_path / GENERATION).iterdir()) == ["000004", "000005", "CURRENT"]


def test_two_writers_of_one_county_are_one_too_many(tmp_path: Path) -> None:
    lake = filled(tmp_path, deliveries()[0])
    with locked(tmp_path / "locks" / f"county={COUNTY}", "test"):
        for write in (lambda: lake.receive([deliveries()[1]]), lambda: lake.rebuild(COUNTY)):
            with pytest.raises(BusyError, match=f"county {COUNTY} of the lake"):
                write()
    assert len(lake.records(COUNTY)) == 1


def test_readers_see_what_was_published_before_while_somebody_writes(tmp_path: Path) -> None:
    lake = filled(tmp_path, deliveries()[0])
    pointer = tmp_path / "generations" / f"county={COUNTY}" / "CURRENT"
    before = pointer.read_bytes()
    lake.receive([deliveries()[2]])
    pointer.write_bytes(before)  # as if the writer had recorded its batch and not published yet
    with locked(tmp_path / "locks" / f"county={COUNTY}", "test"):
        view = lake.view(COUNTY, day(99))
        assert amounts(view.canonical("incomes")) == [100, 200]
        assert [r.batch_id for r in view.records] == ["r20250102-0001"]
    assert incomes(lake, day(99)) == [150, 200, 300]


def test_before_the_first_generation_a_reader_has_to_wait(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    shutil.rmtree(tmp_path / "generations")
    with locked(tmp_path / "locks" / f"county={COUNTY}", "test"), pytest.raises(BusyError):
        lake.view(COUNTY, day(1))


# --- killed or refused at any point -----------------------------------------------------------------------------------


def test_a_kill_at_any_point_leaves_a_lake_that_reads_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each sync, rename and link the files are copied: each copy is what a kill there would leave."""
    start, rest = deliveries()[:2], deliveries()[2:]
    lake = filled(tmp_path / "lake", *start)
    copies: list[Path] = []

    def copying(call: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*arguments: object) -> object:
            copies.append(tmp_path / f"copy{len(copies)}")
            shutil.copytree(tmp_path / "lake", copies[-1])
            return call(*arguments)

        return wrapped

    with monkeypatch.context() as patch:
        for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "hardlink_to")):
            patch.setattr(owner, name, copying(getattr(owner, name)))
        lake.receive(rest)
    assert len(copies) > 20
    seen = {tuple(incomes(Lake(copy), day(99))) for copy in copies}
    assert seen == {(100, 200), (150, 200, 300), (150, 300)}
    for copy in copies[::2]:
        Lake(copy).receive([*start, *rest])
        assert tables_in_force(copy) == tables_in_force(tmp_path / "lake")
        assert contents(copy / "manifests") == contents(tmp_path / "lake" / "manifests")
        assert list(copy.rglob("*.tmp")) == []


def test_a_disk_that_refuses_leaves_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1000]

    def sync_until_full(handle: int, sync: Callable[[int], None] = os.fsync) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        sync(handle)

    monkeypatch.setattr(os, "fsync", sync_until_full)
    filled(tmp_path / "whole")
    for room in range(0, 1000 - left[0], 6):
        lake = tmp_path / f"room for {room}"
        left[0] = room
        with pytest.raises(OSError, match="No space left"):
            filled(lake)
        assert list(lake.rglob("*.tmp")) == []
        left[0] = 1000
        filled(lake)
        assert tables_in_force(lake) == tables_in_force(tmp_path / "whole")


KILLED = """
import os, sys
from pathlib import Path
from test_lake import deliveries, Lake
sync, left = os.fsync, [int(sys.argv[2])]
def dying(handle):
    left[0] -= 1
    if not left[0]:
        os._exit(9)
    sync(handle)
os.fsync = dying
Lake(Path(sys.argv[1])).receive(deliveries())
"""


def test_a_process_that_is_killed_leaves_no_lock(tmp_path: Path) -> None:
    here = Path(__file__).parent
    environment = {"PYTHONPATH": f"{here}:{here.parent}", "POLARS_MAX_THREADS": "1"}
    command = [sys.executable, "-c", KILLED, str(tmp_path), "12"]
    assert subprocess.run(command, env=environment, check=False).returncode == 9
    recorded = Lake(tmp_path).records(COUNTY)
    assert 0 < len(recorded) < len(deliveries())
    assert (tmp_path / "locks" / f"county={COUNTY}").read_text().startswith("process ")
    assert incomes(filled(tmp_path), day(99)) == [150, 300]


# --- damage -----------------------------------------------------------------------------------------------------------


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def remove(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.mark.parametrize(
    ("file", "harm", "remedy"),
    [
        (f"manifests/county={COUNTY}/r20250102-0002.json", cut, "Restore"),
        (f"manifests/county={COUNTY}/r20250102-0002.json", remove, "Restore"),
        (f"manifests/county={COUNTY}/r20250121-0002.json", remove, "Restore"),
        (f"{GENERATION}/CURRENT", cut, "rebuild"),
        (f"{GENERATION}/CURRENT", zeros, "rebuild"),
        (f"{GENERATION}/000001/incomes.parquet", remove, "rebuild"),
        (f"{GENERATION}/000001/incomes.parquet", cut, "rebuild"),
        (f"{GENERATION}/000001/incomes.parquet", zeros, "rebuild"),
        (f"{GENERATION}/000001/ids_H.parquet", remove, "rebuild"),
        (f"{GENERATION}/000001/ids_H.parquet", zeros, "rebuild"),
        (f"{GENERATION}/000001", remove, "[Rr]ebuild"),
    ],
)
def test_damage_is_named_with_its_remedy(tmp_path: Path, file: str, harm: Callable[[Path], None], remedy: str) -> None:
    lake = filled(tmp_path)
    harm(tmp_path / file)
    place = file.split("/")[0]
    news = batch("incomes", day(30), income(1, 1, day(30)))
    for use in (lambda: lake.view(COUNTY, day(99)), lambda: lake.receive([news])):
        with pytest.raises(LakeError, match=rf"(?s){place}/county={COUNTY}.*{remedy}"):
            use()
    if "ebuild" in remedy:
        lake.rebuild(COUNTY)
        assert incomes(lake, day(99)) == [150, 300]


@pytest.mark.parametrize("harm", [cut, zeros, remove])
def test_a_damaged_batch_is_named_when_it_is_needed_and_the_old_generation_stays(
    tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    lake = filled(tmp_path)
    harm(tmp_path / f"batches/incomes/county={COUNTY}/r20250110-0001.parquet")
    with pytest.raises(LakeError, match=r"r20250110-0001\.parquet is (damaged|missing).*Restore it from the backup"):
        lake.rebuild(COUNTY)
    assert incomes(lake, day(99)) == [150, 300]


def test_an_untouched_table_that_is_damaged_is_not_carried_on(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    cut(tmp_path / GENERATION / "000001" / "households.parquet")
    with pytest.raises(LakeError, match=r"households\.parquet is damaged: .* bytes instead of"):
        lake.receive([batch("incomes", day(30), income(1, 1, day(30)))])
    lake.rebuild(COUNTY)
    assert lake.view(COUNTY, day(99)).canonical("households").height == 2


def test_a_lake_without_batches_says_so(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match="is empty: nothing was received yet"):
        Lake(tmp_path).newest_delivery()
    (tmp_path / "manifests" / f"county={COUNTY}").mkdir(parents=True)  # of a kill before the first record
    with pytest.raises(LakeError, match=rf"no county {COUNTY} .* It has: none"):
        Lake(tmp_path).view(COUNTY, day(1))
    with pytest.raises(LakeError, match=rf"no county 990102 .* It has: {COUNTY}"):
        filled(tmp_path).view("990102", day(1))


def test_counties_are_independent(tmp_path: Path) -> None:
    other = Batch("990102", "incomes", pl.concat([income(7, 7, day(1))]), day(1), "7")
    lake = filled(tmp_path, deliveries()[0], other)
    with locked(tmp_path / "locks" / f"county={COUNTY}", "test"):
        lake.receive([Batch("990102", "incomes", income(7, 8, day(2)), day(2), "8")])
    assert amounts(lake.view("990102", day(9)).canonical("incomes")) == [8]
    assert lake.counties() == [COUNTY, "990102"]


# --- backup -----------------------------------------------------------------------------------------------------------


def test_nobody_writes_while_the_lake_is_held_still_and_everybody_reads(tmp_path: Path) -> None:
    lake = filled(tmp_path)
    with lake.still():
        assert incomes(lake, day(1)) == [100, 200]
        with pytest.raises(BusyError, match=f"county {COUNTY}"):
            lake.receive([batch("incomes", day(30), income(9, 1, day(30)))])
    lake.receive([batch("incomes", day(30), income(9, 1, day(30)))])


def test_the_files_in_force_are_a_generation_and_no_older_one(tmp_path: Path) -> None:
    lake = filled(tmp_path / "here")
    lake.receive([batch("incomes", day(30), income(9, 1, day(30)))])
    found = lake.files_in_force()
    assert {path.parent.name for path in found} == {f"county={COUNTY}", "000002"}
    for path in [
        *found,
        *(tmp_path / "here").glob("manifests/**/*.json"),
        *(tmp_path / "here").glob("batches/**/*.parquet"),
    ]:
        target = tmp_path / "there" / path.relative_to(tmp_path / "here")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    assert incomes(Lake(tmp_path / "there"), day(30)) == incomes(lake, day(30))
    assert (tmp_path / "there" / GENERATION / "CURRENT").read_bytes() == found[0].read_bytes()


def test_the_state_of_a_county_changes_with_what_it_received_and_with_nothing_else(tmp_path: Path) -> None:
    first, second, *_ = deliveries()
    lake = filled(tmp_path, first)
    before = lake.state(COUNTY)
    lake.rebuild(COUNTY)
    assert lake.state(COUNTY) == before == filled(tmp_path / "other", first).state(COUNTY)
    lake.receive([second])
    assert lake.state(COUNTY) != before
    assert lake.size(COUNTY) == sum(path.stat().st_size for path in lake.files_in_force() if path.suffix == ".parquet")
