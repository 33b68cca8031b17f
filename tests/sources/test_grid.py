from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import RejectedFile
from riskmodel.rendering.workbook import Sheet, write_workbook
from riskmodel.sources.grid import read_grid

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 1, 5)


def test_rows_have_the_numbers_and_cells_the_places_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    write_workbook(tmp_path / "x.xlsx", [Sheet("表", ["甲", "乙"], [[None, 2.5], [DAY, "x"]], ["说明"])], DAY)
    rows = dict(read_grid(tmp_path / "x.xlsx"))
    assert rows[1][0] == "说明"
    assert rows[2] == ["甲", "乙"]
    assert rows[3] == ["", 2.5]
    assert rows[4] == [DAY, "x"]


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(b"PK\x03\x04 something else")
    with pytest.raises(RejectedFile):
        read_grid(tmp_path / "x.xlsx")
