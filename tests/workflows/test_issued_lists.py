from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import DataError, UsageError
from riskmodel.settings import Settings
from riskmodel.tables.files import fingerprint, write_json, write_parquet
from riskmodel.workflows.issued_lists import (
    LIST,
    MANIFEST,
    Issued,
    folder_of,
    issues,
    newest_list,
    newest_lists,
    next_folder,
    without_list,
)
from riskmodel.workflows.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(Settings(tmp_path))


def test_lists_of_one_date_and_area_are_numbered_in_the_order_of_their_issue(place: Workspace) -> None:
    folders = [issue(place, "2025-01-05", "990301").name for _ in range(3)]
    assert folders == ["990301", "990301-2", "990301-3"]
    found = issues(folder_of(place, date(2025, 1, 5), "990301"))
    assert [issued.folder.name for issued in found] == folders
    assert issues(folder_of(place, date(2025, 1, 5), "990302")) == []
    assert issues(folder_of(place, date(2025, 2, 5), "990301")) == []


def test_the_newest_list_is_the_last_issue_of_the_last_date(place: Workspace) -> None:
    for day in ("2025-02-05", "2025-01-05", "2025-01-05"):
        issue(place, day, "")
    assert newest_list(place, "").folder.parts[-2:] == ("2025-02-05", "all")
    assert newest_list(place, "", date(2025, 1, 5)).folder.parts[-2:] == ("2025-01-05", "all-2")
    two = newest_lists(place, "", date(2025, 1, 5), date(2025, 2, 5))
    assert [issued.folder.parts[-2:] for issued in two] == [("2025-01-05", "all-2"), ("2025-02-05", "all")]
    assert len(newest_lists(place, "", date(2025, 1, 6), None)) == 1


def test_where_no_list_was_issued_the_command_that_makes_one_is_named(place: Workspace) -> None:
    with pytest.raises(UsageError, match=r"no work list for area 990301 .*riskmodel worklist"):
        newest_list(place, "990301")
    issue(place, "2025-01-05", "990301")
    with pytest.raises(UsageError, match="no work list of 2025-02-05 for area 990301"):
        newest_list(place, "990301", date(2025, 2, 5))


def test_rows_are_those_that_were_issued_or_an_error(place: Workspace) -> None:
    folder = issue(place, "2025-01-05", "990301")
    (issued,) = issues(folder)
    assert issued.rows()["n"].to_list() == [1, 2]
    write_parquet(folder / LIST, pl.DataFrame({"n": [1, 3]}))
    with pytest.raises(DataError, match="not the list that was issued"):
        issued.rows()
    (folder / LIST).unlink()
    with pytest.raises(DataError, match="is gone"):
        Issued(folder, issued.manifest).rows()


def test_counties_without_a_list_are_those_that_none_was_drawn_of(place: Workspace) -> None:
    day, scores = date(2025, 1, 5), place.results / "2025-01-05"
    for county in ("990301", "990302", "990303"):
        write_parquet(scores / f"{county}.parquet", pl.DataFrame({"n": [1]}))
    issue(place, "2025-01-05", "")  # of the first alone
    issue(place, "2025-01-05", "990303")
    assert without_list(place, day, scores) == ["990302"]


def issue(place: Workspace, day: str, area: str) -> Path:
    """A list of two rows, drawn when one county was scored."""
    folder = next_folder(folder_of(place, date.fromisoformat(day), area))
    write_parquet(folder / LIST, pl.DataFrame({"n": [1, 2]}))
    drawn = {"inputs": {"990301": "x"}}
    write_json(folder / MANIFEST, {"list": fingerprint(folder / LIST), "scores": drawn})
    return folder
