"""The cells of a workbook as they are, after a survey found it safe: for sheets of our own that come back filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from python_calamine import CalamineWorkbook

from riskmodel.errors import RejectedFile
from riskmodel.sources.sheet_survey import survey_sheet
from riskmodel.sources.spreadsheet import refusing_damage
from riskmodel.sources.workbook import open_workbook

if TYPE_CHECKING:
    from pathlib import Path


def read_grid(path: Path) -> list[tuple[int, list[Any]]]:
    """The rows of the first sheet that is not hidden, each with its number as a spreadsheet shows it; cells from A on.

    A cell is text, a number, a day or a moment; an empty one is "". Raises RejectedFile for what is dangerous or
    damaged, and for a cell that holds an error.
    """
    book = open_workbook(path)
    if errors := survey_sheet(path, book):
        row, position, text = errors[0]
        raise RejectedFile(
            f"{path.name}: row {row}, column {position + 1} holds the error {text}. Correct it. / "
            f"第 {row} 行第 {position + 1} 列的公式出错（{text}），请改正。"
        )
    with refusing_damage(path):
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(book.sheet)
        return [] if sheet.start is None else list(enumerate(sheet.to_python(skip_empty_area=False), start=1))
