from __future__ import annotations

from datetime import date
from pathlib import Path

from office_files import DELIVERIES, write_deliveries
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.month_files import month_files
from riskmodel.workflows.workspace import Workspace

JANUARY, RUN = date(2025, 1, 1), date(2025, 2, 5)
BAD = "2025-01-10/incomes.csv"


def test_files_count_for_the_month_by_the_day_of_their_receipt_whatever_took_them_in(
    place: Workspace, tmp_path: Path
) -> None:
    folder = write_deliveries(tmp_path / "in")
    ingest(place, folder / "2025-01-10")
    ingest(place, folder)  # as a later run does, or one for another month
    found = month_files(place, JANUARY, RUN)
    assert (found["files"], found["rows_read"], found["rows_refused"]) == (4, 15, 1)
    february = month_files(place, date(2025, 2, 1), date(2025, 3, 5))
    assert (february["files"], february["rows_read"], february["above_limit"]) == (2, 5, [])


def test_good_files_beside_a_rejected_one_are_counted(place: Workspace, tmp_path: Path) -> None:
    folder = write_deliveries(tmp_path / "in", {"2025-01-10": {**DELIVERIES["2025-01-10"], "unknown.csv": "a\n1\n"}})
    assert ingest(place, folder).rejected
    assert month_files(place, JANUARY, RUN)["files"] == 4


def test_a_file_above_the_limit_is_told_until_it_is_delivered_again(place: Workspace, tmp_path: Path) -> None:
    first = {"2025-01-10": DELIVERIES["2025-01-10"]}
    folder = write_deliveries(tmp_path / "in", first)
    for _ in range(2):  # the second time it was taken in before
        ingest(place, folder)
        assert month_files(place, JANUARY, RUN)["above_limit"] == [BAD]
    ingest(place, write_deliveries(tmp_path / "again", {"2025-02-10": DELIVERIES["2025-02-10"]}))
    assert month_files(place, JANUARY, RUN)["above_limit"] == []


def test_a_corrected_file_of_the_same_day_is_the_file_delivered_again(place: Workspace, tmp_path: Path) -> None:
    files = DELIVERIES["2025-01-10"]
    ingest(place, write_deliveries(tmp_path / "in", {"2025-01-10": files}))
    corrected = str(files["incomes.csv"]).replace("many", "110")
    ingest(place, write_deliveries(tmp_path / "again", {"2025-01-10": {**files, "incomes.csv": corrected}}))
    assert month_files(place, JANUARY, RUN)["above_limit"] == []
