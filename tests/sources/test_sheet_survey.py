from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources import sheet_survey
from riskmodel.sources.sheet_survey import CellError, survey_sheet
from riskmodel.sources.workbook import open_workbook
from sources.workbooks import SHEET, edit_part, write_rows, write_xml

if TYPE_CHECKING:
    from pathlib import Path


def survey(path: Path) -> list[CellError]:
    return survey_sheet(path, open_workbook(path))


def survey_xml(folder: Path, rows: bytes) -> list[CellError]:
    return survey(write_xml(folder / "a.xlsx", rows))


def prefixed(xml: bytes) -> bytes:
    """The sheet as some libraries write it, with a prefix before every name."""
    return re.sub(rb"<(/?)(?=[a-z])", rb"<\1x:", xml).replace(b" xmlns=", b" xmlns:x=")


def test_errors_are_found_with_their_places(tmp_path: Path) -> None:
    rows = (
        b'<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="AB2" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        b'<row r="7"><c r="B7" t="e"><f t="shared" si="0"/><v>#REF!</v></c><c r="C7" t="b"><v>1</v></c></row>'
    )
    expected = [CellError(2, 0, "#N/A"), CellError(2, 27, "#DIV/0!"), CellError(7, 1, "#REF!")]
    assert survey_xml(tmp_path, rows) == expected
    assert survey(edit_part(tmp_path / "a.xlsx", SHEET, prefixed)) == expected


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="B2"><f>1+1</f></c>',
        b'<c r="B2"><f>1+1</f><v></v></c>',
        b'<c r="B2" s="1"><f>1+1</f><v/></c>',
        b'<c r="B2" t="str"><f>1+1</f></c>',
        b'<c r="B2"><f t="shared" si="0"/></c>',
        b'<c r="B2"><f t="array" ref="B2:B3">A1&gt;1</f> <v/></c>',
    ],
)
def test_a_formula_without_its_value_is_refused_and_named(tmp_path: Path, cell: bytes) -> None:
    rows = b'<row r="2"><c r="A2"><f>1</f><v>1</v></c>' + cell + b"</row>"
    for change in (bytes, prefixed):
        path = edit_part(write_xml(tmp_path / "a.xlsx", rows), SHEET, change)
        with pytest.raises(RejectedFile, match=r"cell B2 of the sheet Sheet1 has a formula.*save it again"):
            survey(path)


def test_a_formula_with_a_value_or_an_empty_text_passes(tmp_path: Path) -> None:
    cells = b'<c r="A2"><f>1</f><v>1</v></c><c r="B2" t="str"><f>2</f><v></v></c><c r="C2" t="str"><f>3</f><v/></c>'
    assert survey_xml(tmp_path, b'<row r="2">' + cells + b"</row>") == []


@pytest.mark.parametrize(
    "cell",
    [
        b"<c><v>1</v></c>",
        b'<c s="1" r="A2"><v>1</v></c>',
        b"<c r='A2'><v>1</v></c>",
        b"<c r=\"A2\" t='s'><v>1</v></c>",
        b'<c r="a2"><v>1</v></c>',
        b'<c r="ABCD2"><v>1</v></c>',
        b'<c r="A0"><v>1</v></c>',
        b'<y:c r="A2"><v>1</v></y:c>',
        b'<c r="A2"><y:v>1</y:v></c>',
    ],
)
def test_cells_in_a_form_that_the_patterns_do_not_know_are_refused(tmp_path: Path, cell: bytes) -> None:
    with pytest.raises(RejectedFile, match="not written the way Excel writes it"):
        survey_xml(tmp_path, b'<row r="2">' + cell + b"</row>")


@pytest.mark.parametrize("text", [b"<![CDATA[x]]>", b"x<!-- y -->"])
def test_hidden_text_is_refused(tmp_path: Path, text: bytes) -> None:
    with pytest.raises(RejectedFile, match="hides text"):
        survey_xml(tmp_path, b'<row r="2"><c r="A2" t="inlineStr"><is><t>' + text + b"</t></is></c></row>")
    path = write_rows(tmp_path / "b.xlsx", ("abc",))
    edit_part(path, "xl/sharedStrings.xml", lambda xml: xml.replace(b"abc", text))
    with pytest.raises(RejectedFile, match="sharedStrings"):
        survey(path)


def test_two_cells_in_opposite_corners_do_not_make_a_grid(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="a grid of 17179869184 cells"):
        survey_xml(tmp_path, b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    with pytest.raises(RejectedFile, match="outside of any sheet"):
        survey_xml(tmp_path, b'<row r="2"><c r="XFE2"><v>1</v></c></row>')
    with pytest.raises(RejectedFile, match="outside of any sheet"):
        survey_xml(tmp_path, b'<row r="1048577"><c r="A1048577"><v>1</v></c></row>')


def test_blank_cells_that_only_have_a_format_count_for_nothing(tmp_path: Path) -> None:
    assert survey_xml(tmp_path, b'<row r="1048576"><c r="XFD1048576" s="1"/></row>') == []


def test_the_same_cell_again_and_again_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_survey, "MOST_CELLS", 100)
    cells = b'<c r="A2"><v>1</v></c>'
    assert survey_xml(tmp_path, b'<row r="2">' + cells * 90 + b"</row>") == []
    with pytest.raises(RejectedFile, match="grid"):
        survey_xml(tmp_path, b'<row r="2">' + cells * 101 + b"</row>")


def test_a_long_text_that_many_cells_share_is_counted_for_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_survey, "MOST_TEXT", 300_000)
    path = write_rows(tmp_path / "a.xlsx", ("short", "x" * 900), *[("short", "short")] * 5000, *[("x" * 900,)] * 80)
    assert survey(path) == []
    path = write_rows(tmp_path / "b.xlsx", ("short", "x" * 900), *[("short", "short")] * 5000, *[("x" * 900,)] * 110)
    with pytest.raises(RejectedFile, match="texts repeated"):
        survey(path)


def test_cells_cut_by_the_pieces_of_reading_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskmodel.sources.zip_parts.PIECE", 512)
    cells = [b'<row r="%d"><c r="A%d" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>' % (n, n) for n in range(2, 500)]
    assert [error.row for error in survey_xml(tmp_path, b"".join(cells))] == list(range(2, 500))
    with pytest.raises(RejectedFile, match="cell A500 "):
        survey_xml(tmp_path, b"".join(cells) + b'<row r="500"><c r="A500"><f>1/0</f></c></row>')


def test_a_sheet_without_end_and_one_without_cells_are_told_apart(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", ("x",))
    edit_part(path, SHEET, lambda xml: xml.partition(b"</sheetData>")[0])
    with pytest.raises(RejectedFile, match="has no end"):
        survey(path)
    path = write_rows(tmp_path / "b.xlsx")
    assert survey(edit_part(path, SHEET, lambda xml: re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", xml))) == []
    path = write_rows(tmp_path / "c.xlsx", ("x",))
    with pytest.raises(RejectedFile, match="without cells"):
        survey(edit_part(path, SHEET, lambda _: b"<html></html>"))
