from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.workbook import open_workbook
from sources.workbooks import edit_part, write_rows, write_sheets

if TYPE_CHECKING:
    from pathlib import Path

BOOK = "xl/workbook.xml"


def test_the_first_sheet_that_is_shown_is_read_unless_one_is_named(tmp_path: Path) -> None:
    path = write_sheets(tmp_path / "a.xlsx", {"字典": [("x",)], "数据": [("y",)], "说明": [("z",)]}, hidden=["字典"])
    book = open_workbook(path)
    assert (book.sheet, set(book.others), book.instead) == ("数据", {"字典", "说明"}, ("说明",))
    assert book.cells.filename == "xl/worksheets/sheet2.xml"
    assert open_workbook(path, "字典").cells.filename == "xl/worksheets/sheet1.xml"
    assert open_workbook(path, "字典").instead == ()
    with pytest.raises(RejectedFile, match=r"no sheet '收入'\. Its sheets: 数据, 说明, 字典\."):
        open_workbook(path, "收入")


def test_a_book_of_hidden_sheets_only_is_read_too(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", ("x",))
    edit_part(path, BOOK, lambda xml: xml.replace(b'<sheet name="Sheet1"', b'<sheet name="Sheet1" state="veryHidden"'))
    assert open_workbook(path).sheet == "Sheet1"


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"])
def test_a_part_may_be_named_from_the_root_or_from_the_book(tmp_path: Path, target: str) -> None:
    path = write_rows(tmp_path / "a.xlsx", ("x",))
    edit_part(
        path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b'"worksheets/sheet1.xml"', f'"{target}"'.encode())
    )
    assert open_workbook(path).cells.filename == "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("xl/workbook.bin", "a binary workbook"),
        ("word/document.xml", "a Word document"),
        ("content.xml", "an OpenDocument file"),
        ("photo.jpg", "a zip archive"),
    ],
)
def test_another_kind_of_archive_is_named(tmp_path: Path, name: str, kind: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr(name, "")
    with pytest.raises(RejectedFile, match=f"is {kind}.*no Excel workbook"):
        open_workbook(tmp_path / "a.xlsx")


@pytest.mark.parametrize("part", ["[Content_Types].xml", "_rels/.rels", BOOK, "xl/styles.xml", "xl/theme/theme1.xml"])
def test_entities_comments_and_cdata_are_refused_in_every_part(tmp_path: Path, part: str) -> None:
    for markup in (b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:b">]>', b"<!-- a -->"):
        path = write_rows(tmp_path / "a.xlsx", ("x",))
        edit_part(path, part, lambda xml, markup=markup: xml.replace(b"?>\n", b"?>\n" + markup, 1))  # type: ignore[misc]
        with pytest.raises(RejectedFile, match=f"{re.escape(part)} declares entities"):
            open_workbook(path)


def test_a_book_that_is_damaged_inside_is_refused(tmp_path: Path) -> None:
    cases = {
        b"</workbook>": (b"", "damaged in its part"),
        b'r:id="rId1"': (b'r:id="rId9"', "no sheet with cells"),
        b"</sheets>": (
            b'<sheet name="Sheet1" sheetId="2" r:id="rId1"/></sheets>',
            "lacks the sheet Sheet1 or has it twice",
        ),
    }
    for old, (new, message) in cases.items():
        path = write_rows(tmp_path / "a.xlsx", ("x",))
        edit_part(path, BOOK, lambda xml, old=old, new=new: xml.replace(old, new))  # type: ignore[misc]
        with pytest.raises(RejectedFile, match=message):
            open_workbook(path)
    path = write_rows(tmp_path / "a.xlsx", ("x",))
    edit_part(path, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet1.xml", b"../sheet1.xml"))
    with pytest.raises(RejectedFile, match="damaged"):
        open_workbook(path)
