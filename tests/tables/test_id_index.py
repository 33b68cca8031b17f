from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_rows import day, state
from riskmodel.errors import BusyError, DataError, LakeError
from riskmodel.tables import Batch, Lake, id_index
from riskmodel.tables.id_index import IdIndex
from worked_example import full_id, row

HERE, THERE = "990101", "990102"


def ids(*short: str) -> pl.Series:
    return pl.Series([full_id(s) for s in short], dtype=pl.String)


def index(folder: Path) -> IdIndex:
    return IdIndex(folder / "deep" / "index.sqlite")


def found(made: IdIndex, kind: str, *short: str) -> list[tuple[str, str]]:
    """(end of the id, county) of all rows found."""
    return [(id_[-2:], county) for id_, county in made.find(kind, ids(*short)).iter_rows()]


def test_an_id_is_found_in_the_county_where_it_was_put(tmp_path: Path) -> None:
    made = index(tmp_path)
    assert made.missing
    made.put(HERE, "H", ids("H02", "H01"))
    assert not made.missing
    assert found(made, "H", "H02", "H03", "H01") == [("01", HERE), ("02", HERE)]
    assert made.find("H", ids("H03")).schema == {"id": pl.String, "county": pl.String}


def test_an_id_that_moved_stands_in_both_counties(tmp_path: Path) -> None:
    made = index(tmp_path)
    made.put(THERE, "P", ids("P01"))
    made.put(HERE, "P", ids("P01", "P02"))
    assert found(made, "P", "P01", "P02") == [("01", HERE), ("01", THERE), ("02", HERE)]
    assert made.counties_of(full_id("P01")) == [HERE, THERE]
    assert made.counties_of(full_id("P09")) == []


def test_putting_again_changes_nothing(tmp_path: Path) -> None:
    made = index(tmp_path)
    for _ in range(2):
        made.put(HERE, "H", pl.concat([ids("H01", "H01"), pl.Series([None], dtype=pl.String)]))
    made.put(HERE, "H", ids())
    assert found(made, "H", "H01", "H01") == [("01", HERE)]


def test_a_household_and_a_person_with_the_same_digits_are_two(tmp_path: Path) -> None:
    made = index(tmp_path)
    made.put(HERE, "H", ids("H01"))
    assert found(made, "P", "P01") == []
    assert found(made, "H", "P01") == []


def test_what_is_no_id_stands_nowhere_and_is_never_put(tmp_path: Path) -> None:
    made = index(tmp_path)
    made.put(HERE, "H", ids("H01"))
    for wrong in ("", "H", "X" + "0" * 24, "H" + "Z" * 24, full_id("H01") + "0", "H' OR 1=1 --"):
        assert made.counties_of(wrong) == []
        assert made.find("H", pl.Series([wrong])).is_empty()
    with pytest.raises(DataError, match="1 id\\(s\\) for county 990101 are no ids of kind H"):
        made.put(HERE, "H", ids("H02", "P02"))
    assert made.counties_of(full_id("H02")) == []  # all or none
    with pytest.raises(ValueError, match="no index of ids of kind 'S'"):
        made.put(HERE, "S", ids("S01"))


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from([HERE, THERE, "010203"]), st.sets(st.integers(0, 40))), max_size=6))
def test_the_index_tells_what_was_put_however_it_was_cut(
    tmp_path_factory: pytest.TempPathFactory, puts: list[tuple[str, set[int]]]
) -> None:
    made = index(tmp_path_factory.mktemp("index"))
    made.put(HERE, "H", ids())
    for county, numbers in puts:
        made.put(county, "H", ids(*(f"H{n:02}" for n in numbers)))
    expected = sorted({(f"{n:02}", county) for county, numbers in puts for n in numbers})
    assert found(made, "H", *(f"H{n:02}" for n in range(41))) == expected


def test_a_missing_file_is_an_error_and_not_an_empty_answer(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=r"index\.sqlite is missing.*rebuild"):
        index(tmp_path).find("H", ids("H01"))


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    made = index(tmp_path)
    made.put(HERE, "H", ids("H01"))
    made.path.write_bytes(b"no database " * 400)
    with pytest.raises(LakeError, match=r"is damaged.*rebuild"):
        made.find("H", ids("H01"))


def test_a_writer_waits_for_another_one_and_then_says_who_is_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = index(tmp_path)
    made.put(HERE, "H", ids("H01"))
    monkeypatch.setattr(id_index, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(made.path)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BusyError, match="another process is writing"):
            made.put(HERE, "H", ids("H02"))
        assert found(made, "H", "H01") == [("01", HERE)]  # reading goes on
        other.rollback()
    made.put(HERE, "H", ids("H02"))
    assert found(made, "H", "H02") == [("02", HERE)]


def test_a_place_that_cannot_be_written_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="unable to open"):
        IdIndex(tmp_path).put(HERE, "H", ids("H01"))  # a folder stands there


def test_a_rebuilt_index_knows_the_households_and_members_of_all_counties(tmp_path: Path) -> None:
    lake, made = Lake(tmp_path / "lake"), index(tmp_path)
    made.rebuild(lake)
    assert found(made, "H", "H01") == []
    named = state(1, day(0), 3, day(1), predecessor_id=full_id("H07"))
    for county, households in ((HERE, named), (THERE, state(2, day(0), 3, day(1)))):
        lake.receive([Batch(county, "households", households, day(5), county, rows_read=1)])
    member = row("members", known_at=date(2025, 1, 3))
    lake.receive([Batch(THERE, "members", member, day(5), "m", rows_read=1)])
    made.put(HERE, "H", ids("H05"))
    made.rebuild(lake)
    assert found(made, "H", "H1", "H2", "H05", "H07") == [("01", HERE), ("02", THERE)]
    assert made.counties_of(member["person_id"][0]) == [THERE]
    assert [path.name for path in made.path.parent.iterdir()] == ["index.sqlite"]
