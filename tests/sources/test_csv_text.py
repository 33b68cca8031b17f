from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.errors import RejectedFile
from riskmodel.sources import csv_text
from riskmodel.sources.csv_text import read_csv
from riskmodel.sources.lines import Lines
from riskmodel.tables import TABLES

HEADER = "户编号,月份,收入项目,金额\n"
ROW = "H1,2025-01,务工,1\n"


def read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> Lines:
    path = folder / "incomes.csv"
    path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
    return read_csv(path, TABLES["incomes"])[1]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_every_encoding_and_line_end_gives_the_same_cells(tmp_path: Path, encoding: str, end: str, quote: str) -> None:
    text = f"{HEADER}H1,2025-01,{quote}㐀𠀀镕{quote},1\n\nH2,,,2".replace("\n", end)
    lines = read(tmp_path, text, encoding)
    assert lines.cells.rows() == [(2, "H1", "2025-01", "㐀𠀀镕", "1"), (4, "H2", "", "", "2")]
    assert lines.empty == 1


def test_a_byte_order_mark_before_gb18030_is_no_part_of_a_title(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff" + HEADER + ROW, "gb18030").cells["0"].to_list() == ["H1"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ((HEADER + ROW).encode() + ROW.encode("gb18030"), 3),
        (HEADER.encode("gb18030") + ROW.encode(), 2),
        ((HEADER + ROW).encode("gb18030") + ROW.encode() + ROW.encode("gb18030"), 3),
        ((HEADER + ROW).encode("gb18030") + "H1,2025-01,务工费用,1".encode(), 3),
        ("\ufeff".encode() + HEADER.encode() + ROW.encode("gb18030"), 2),
        (HEADER.encode() + b"H1,2025-01,\xff\xff,1\n", 2),
        ((HEADER + ROW).encode("utf-16"), 1),
        ((HEADER + ROW).encode("utf-16-le"), 1),
        (HEADER.encode() + b"H1,\0,,\n", 2),
    ],
)
def test_the_first_line_that_cannot_be_read_is_named(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(RejectedFile, match=rf"incomes\.csv: line {line} "):
        read(tmp_path, content)


def test_characters_cut_by_the_pieces_of_reading_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_text, "LONGEST_LINE", 64)
    monkeypatch.setattr(csv_text, "_BLOCK", 50)
    for encoding in ("utf-8", "gb18030"):
        for end in ("\n", "\r\n"):
            lines = read(tmp_path, (HEADER + ROW * 50).replace("\n", end), encoding)
            assert set(lines.cells.drop("row").rows()) == {("H1", "2025-01", "务工", "1")}
            assert lines.cells["row"].to_list() == list(range(2, 52))
    with pytest.raises(RejectedFile, match="line 41 "):
        read(tmp_path, (HEADER + ROW * 39).encode() + ROW.encode("gb18030") * 9)
    with pytest.raises(RejectedFile, match="line 41 "):
        read(tmp_path, (HEADER + ROW * 39).encode("gb18030") + "H1,2025-01,务工费用,1\n".encode() * 9)


def test_rows_carry_the_numbers_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    lines = read(tmp_path, f'报表,,,\n,,,\n{HEADER}H1,2025-01,"两\n行",1\n\n , , \nH2,2025-02,"含""号",2\n')
    assert lines.cells.rows() == [(4, "H1", "2025-01", "两\n行", "1"), (7, "H2", "2025-02", '含"号', "2")]
    assert lines.empty == 2


@pytest.mark.parametrize("quote", ["", '"'])
def test_a_line_with_a_cell_too_few_or_too_many_is_torn_and_the_others_stay(tmp_path: Path, quote: str) -> None:
    body = f"{quote}H1{quote},1,2\nH2,1,2,3,4\nH3,1,2,3,\nH4,1,2,3, ,\nH5\nH6,1,2,3,,5\n"
    lines = read(tmp_path, HEADER + body)
    assert lines.cells["0"].to_list() == ["H3", "H4"]
    assert lines.torn.select("row", "column", "value").rows() == [
        (2, "household_id", "H1"),
        (3, "household_id", "H2"),
        (6, "household_id", "H5"),
        (7, "household_id", "H6"),
    ]
    assert lines.torn["reason"][1] == "the line has 5 cells, the header 4 / 列数与表头不符"


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
@pytest.mark.parametrize("plain", [True, False])
def test_a_file_with_another_separator_is_read_row_for_row_as_with_commas(
    tmp_path: Path, separator: str, encoding: str, *, plain: bool
) -> None:
    odd = "" if plain else 'H7,2025-01,"含""号",7\n'
    body = f'H1,2025-01,务工,"1,5"\nH2,2025-01\n,,,\n\n"H3,x",2025-02,"两 项",3,,\nH4,1,2,3,4\n{odd}合计,,,9\n'
    expected = read(tmp_path, "报表,,,\n" + HEADER + body, encoding)
    rows = list(csv.reader(io.StringIO("报表,,,\n" + HEADER + body)))
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(rows)
    found = read(tmp_path, out.getvalue(), encoding)
    assert found.cells.rows() == expected.cells.rows()
    assert found.torn.rows() == expected.torn.rows()
    assert found.cells["0"].to_list() == ["H1", "H3,x", *([] if plain else ["H7"]), "合计"]
    assert found.empty == expected.empty == 2


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_separator_inside_quotation_marks_is_part_of_its_cell(tmp_path: Path, separator: str) -> None:
    text = (HEADER + '"H1",2025-01,"务工\x00零工",1\n').replace(",", separator).replace("\x00", separator)
    assert read(tmp_path, text).cells.rows() == [(2, "H1", "2025-01", f"务工{separator}零工", "1")]
    quoted = "".join('"' + line.replace(",", f'"{separator}"') + '"\n' for line in (HEADER + ROW).splitlines())
    assert read(tmp_path, quoted).cells.rows() == [(2, "H1", "2025-01", "务工", "1")]


def test_the_header_alone_decides_what_separates(tmp_path: Path) -> None:
    lines = read(tmp_path, HEADER + "H1;2025-01;务工;1\nH2;x,2025-01,务工,1\n")
    assert lines.cells.rows() == [(3, "H2;x", "2025-01", "务工", "1")]
    assert lines.torn["value"].to_list() == ["H1;2025-01;务工;1"]
    with pytest.raises(RejectedFile, match="none of the first 10 rows"):
        read(tmp_path, "甲;乙;丙\n1;2;3\n")
    with pytest.raises(RejectedFile, match=r"line 3 is no CSV.*quotation"):
        read(tmp_path, (HEADER + ROW + 'H1,2025-01,"3"4,1\n').replace(",", ";"))


CELL = st.text(st.characters(codec="utf-8", exclude_characters='",\r\n\0', categories=["L", "N", "P", "Z"]), max_size=4)


@given(st.lists(st.lists(CELL, max_size=6), max_size=12), st.sampled_from(",;\t"))
def test_the_fast_way_of_reading_gives_what_the_csv_module_gives(rows: list[list[str]], separator: str) -> None:
    header = HEADER.replace(",", separator)
    cells = [[cell.replace(separator, ",") for cell in row] for row in rows]
    text = header + "".join(separator.join(row) + "\n" for row in cells)
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n", delimiter=separator).writerows(cells)
    with TemporaryDirectory() as folder:
        fast = read(Path(folder), text)
        slow = read(Path(folder), header + out.getvalue())
    assert fast.cells.equals(slow.cells)
    assert fast.torn.equals(slow.torn)
    assert fast.empty == slow.empty


def test_broken_quotation_marks_are_refused_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match=r"line 3 is no CSV.*quotation"):
        read(tmp_path, HEADER + ROW + 'H1,2025-01,"3"4,1\n')
    with pytest.raises(RejectedFile, match="quotation"):
        read(tmp_path, HEADER + 'H1,2025-01,"3,1\n')


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="line 2 is longer than 1 MiB"):
        read(tmp_path, HEADER + "x" * (3 << 20))


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    lines = read(tmp_path, HEADER.strip())
    assert lines.cells.is_empty()
    assert lines.cells.columns == ["row", "0", "1", "2", "3"]
