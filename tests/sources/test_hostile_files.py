"""Files that are broken or meant to harm: each gives a clear error or the right rows, in bounded memory and time.

Large ones are read in a process of their own, whose peak of memory and CPU seconds are measured; the limits are far
above what is needed, and far below what an attack that works would take.
"""

from __future__ import annotations

import ast
import json
import random
import re
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

import riskmodel
from riskmodel.errors import RejectedFile
from riskmodel.sources.delivery import opened
from riskmodel.sources.source import check
from riskmodel.sources.tabular_file import read_file
from riskmodel.tables import TABLES
from sources.workbooks import INCOMES, SHEET, edit_part, write_rows, write_sheets, write_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HEADER = ",".join(INCOMES) + "\n"
LINE = "H1,2025-01,务工,1\n"
READER = """
import json, resource, sys
from pathlib import Path
from riskmodel.errors import RejectedFile
from riskmodel.sources.tabular_file import read_file
from riskmodel.tables import TABLES
start = resource.getrusage(resource.RUSAGE_SELF)
for path in sys.argv[1:]:
    before = resource.getrusage(resource.RUSAGE_SELF)
    try:
        content = read_file(Path(path), TABLES["incomes"])
        said = {"rows": content.cells.height, "last": content.cells.row(-1)}
        del content
    except RejectedFile as error:
        said = {"refused": str(error)}
    after = resource.getrusage(resource.RUSAGE_SELF)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({**said, "seconds": seconds, "mib": (after.ru_maxrss - start.ru_maxrss) / 1024}))
"""
"""Reads files in turn; `mib` is the growth of the peak of memory since before the first one."""


def read_apart(*paths: Path) -> list[dict[str, Any]]:
    """What a process of its own says of each file, with its CPU seconds and the peak of memory."""
    command = [sys.executable, "-c", READER, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def refused(path: Path) -> str:
    """Why a file is rejected."""
    with pytest.raises(RejectedFile) as caught:
        read_file(path, TABLES["incomes"])
    assert str(path) in str(caught.value)
    return str(caught.value)


def sheet_of(rows: Iterator[bytes], path: Path) -> Path:
    """A workbook with these rows in XML, written as they come."""
    write_rows(path, INCOMES)
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    head, _, tail = parts.pop(SHEET).partition(b"</sheetData>")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        with archive.open(SHEET, "w") as file:
            file.write(head)
            file.writelines(rows)
            file.write(b"</sheetData>" + tail)
    return path


def income_rows(last: int) -> Iterator[bytes]:
    for n in range(2, last + 1):
        household = b'<c r="A%d" t="inlineStr"><is><t>H%d</t></is></c>' % (n, n)
        other = b'<c r="B%d"><v>202501</v></c><c r="C%d" t="s"><v>2</v></c><c r="D%d"><v>%d.5</v></c>' % (n, n, n, n)
        yield b'<row r="%d">' % n + household + other + b"</row>"


def bomb(path: Path) -> Path:
    """300 MiB of spaces."""
    return sheet_of(iter([b" " * (1 << 20)] * 300), path)


def lying_bomb(path: Path) -> Path:
    """The same, of which the directory says that it has 5,000 bytes."""
    raw = bytearray(bomb(path).read_bytes())
    entry = raw.rindex(b"PK\x01\x02")
    assert raw[entry:].find(SHEET.encode()) == 46
    raw[entry + 24 : entry + 28] = struct.pack("<I", 5000)
    path.write_bytes(raw)
    return path


def many_sheets(path: Path) -> Path:
    """100,000 of them."""
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(100_000):
            archive.writestr(f"xl/worksheets/sheet{n}.xml", "")
    return path


def shared_text(path: Path) -> Path:
    """A text of 96 kB that 200,000 cells share: 19 GB if each had its own."""
    write_rows(path, INCOMES, ["长" * 32_000])
    cells = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>4</v></c></row>' % (n, n) for n in range(3, 200_000))
    return edit_part(path, SHEET, lambda xml: xml.replace(b"</sheetData>", cells + b"</sheetData>"))


def endless_cell(path: Path) -> Path:
    """One cell of 30 MB."""
    noise = random.Random(1).randbytes(15_000_000).hex().encode()
    return write_xml(path, b'<row r="2"><c r="A2" t="inlineStr"><is><t>' + noise + b"</t></is></c></row>")


def endless_line(path: Path) -> Path:
    """One line of 200 MiB."""
    with path.open("wb") as file:
        file.write(HEADER.encode())
        file.writelines(b"1," * (1 << 20) for _ in range(100))
    return path


def text(path: Path, content: str) -> Path:
    """A CSV."""
    path.write_text(content, encoding="utf-8")
    return path


BIG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "bomb.xlsx": (bomb, "would grow"),
    "lying_bomb.xlsx": (lying_bomb, "more than its directory says"),
    "many_sheets.xlsx": (many_sheets, "100000 parts or sheets"),
    "far_cells.xlsx": (lambda path: write_xml(path, b'<c r="XFD1048576"><v>1</v></c>'), "a grid of 17179869184 cells"),
    "shared_text.xlsx": (shared_text, "texts repeated"),
    "endless_cell.xlsx": (endless_cell, "a cell of more than"),
    "endless_line.csv": (endless_line, "longer than 1 MiB"),
    "open_quote.csv": (lambda path: text(path, HEADER + 'H1,2025-01,"务工,1\n' + LINE * 500_000), "quotation marks"),
    "empty_columns.csv": (
        lambda path: text(path, HEADER.strip() + "," * 1_000_000 + "\n" + LINE),
        "a sheet has at most 16384",
    ),
}
"""Name of a file -> how to make it, and a part of what is said when it is refused."""
TORN = (HEADER + LINE, ("1," * 500_000 + "\n") * 20)
BLANK = (HEADER + ",,,\n" * 500_000, LINE)


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What one process says of all big files, those that are refused and those that are read."""
    folder = tmp_path_factory.mktemp("big")
    paths = [make(folder / name) for name, (make, _) in BIG.items()]
    paths += [text(folder / "torn.csv", "".join(TORN)), text(folder / "blank.csv", "".join(BLANK))]
    return dict(zip((path.name for path in paths), read_apart(*paths), strict=True))


@pytest.mark.parametrize("name", BIG)
def test_a_file_made_to_exhaust_the_machine_is_refused_soon_and_cheaply(
    verdicts: dict[str, dict[str, Any]], name: str
) -> None:
    said = verdicts[name]
    assert BIG[name][1] in said["refused"]
    assert said["seconds"] < 10
    assert said["mib"] < 400


def test_lines_of_a_million_cells_are_torn_and_the_others_stay(verdicts: dict[str, dict[str, Any]]) -> None:
    said = verdicts["torn.csv"]
    assert (said["rows"], said["last"]) == (1, [2, "H1", "2025-01", "务工", "1"])
    assert (said["seconds"] < 10, said["mib"] < 500) == (True, True)


def test_half_a_million_empty_lines_are_skipped(verdicts: dict[str, dict[str, Any]]) -> None:
    said = verdicts["blank.csv"]
    assert (said["rows"], said["last"]) == (1, [500_002, "H1", "2025-01", "务工", "1"])
    assert (said["seconds"] < 10, said["mib"] < 600) == (True, True)


@pytest.mark.parametrize("rows", [40_000, pytest.param(1_048_576, marks=pytest.mark.long)])
def test_a_sheet_filled_to_its_last_row_is_read(tmp_path: Path, rows: int) -> None:
    (said,) = read_apart(sheet_of(income_rows(rows), tmp_path / "incomes.xlsx"))
    assert said["rows"] == rows - 1
    assert said["last"] == [rows, f"H{rows}", "202501", "收入项目", f"{rows}.5"]
    assert said["mib"] < 1500
    assert said["seconds"] < 120


# --- broken and disguised workbooks ---


def test_a_workbook_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "incomes.xlsx", INCOMES, *[(f"H{n}", "2025-01", "务工", n) for n in range(300)])
    raw = path.read_bytes()
    for length in range(4, len(raw), 251):
        path.write_bytes(raw[:length])
        assert "damaged" in refused(path)


def test_a_workbook_with_changed_bytes_is_refused_or_read_as_it_was(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "incomes.xlsx", INCOMES, *[(f"H{n}", "2025-01", "务工", n) for n in range(50)])
    raw, whole = path.read_bytes(), read_file(path, TABLES["incomes"]).cells
    chance = random.Random(7)
    outcomes = {"refused": 0, "read": 0}
    for _ in range(150):
        changed = bytearray(raw)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(4, len(raw))] = chance.randrange(256)
        path.write_bytes(changed)
        try:
            assert read_file(path, TABLES["incomes"]).cells.equals(whole)
            outcomes["read"] += 1
        except RejectedFile:
            outcomes["refused"] += 1
    assert outcomes["refused"] > 50


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"])
def test_an_entity_from_outside_is_never_looked_up(tmp_path: Path, part: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    declared = f'?>\n<!DOCTYPE a [<!ENTITY b SYSTEM "{secret.as_uri()}">]>'.encode()
    path = write_rows(tmp_path / "incomes.xlsx", INCOMES, ("H1", "2025-01", "务工", 1))
    edit_part(path, part, lambda xml: xml.replace(b"?>", declared, 1))
    assert "declares entities" in refused(path)


def test_names_that_lead_out_of_the_archive_are_refused(tmp_path: Path) -> None:
    path = write_rows(tmp_path / "incomes.xlsx", INCOMES)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../evil.xml", "")
    assert "names that no workbook has" in refused(path)


def test_formulas_that_were_never_computed_are_refused(tmp_path: Path) -> None:
    assert "cell D2" in refused(write_xml(tmp_path / "a.xlsx", b'<row r="2"><c r="D2"><f>SUM(D3:D9)</f></c></row>'))


def test_a_protected_an_old_and_a_renamed_workbook_are_named(tmp_path: Path) -> None:
    path = tmp_path / "incomes.xlsx"
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000)
    path.write_bytes(ole + "EncryptedPackage".encode("utf-16-le") + bytes(5000))
    assert "protected by a password" in refused(path)
    path.write_bytes(ole)
    assert "old Excel file" in refused(path)
    path.write_text(HEADER, encoding="utf-8")
    assert "plain text" in refused(path)


# --- CSV ---


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\n\n\n", "none of the first 10 rows"),
        (
            (HEADER + "H1,2025-01,务工,1\n").encode() + "H2,2025-01,种植业,1\n".encode("gb18030"),
            "line 3 cannot be read",
        ),
        ((HEADER + "H1,2025-01,\0,1\n").encode(), "line 2 .*NUL"),
        (HEADER.encode("utf-16"), "UTF-16"),
        (random.Random(1).randbytes(10_000), "cannot be read"),
    ],
)
def test_a_text_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "incomes.csv"
    path.write_bytes(content)
    with pytest.raises(RejectedFile, match=message):
        read_file(path, TABLES["incomes"])


# --- what is said to the office ---

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(5000)
UNSEEN = b"?>\n<!-- a -->"
STRANGE_CELL = b'<row r="2"><c r="a2"><v>1</v></c></row>'
FORMULA = b'<row r="2"><c r="D2"><f>1+1</f></c></row>'
NO_TEXT = b'<row r="2"><c r="A2" t="s"><v>99</v></c></row>'
TITLES = ",".join(INCOMES)


def binary(path: Path, content: bytes) -> Path:
    """A file with these bytes."""
    path.write_bytes(content)
    return path


def directory(path: Path) -> Path:
    """A folder where a file should be."""
    path.mkdir()
    return path


def archive(path: Path, **parts: bytes) -> Path:
    """An archive with these parts; `__` in a name stands for a slash."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in {"[Content_Types].xml": b"", **parts}.items():
            file.writestr(name.replace("__", "/"), content)
    return path


def edited(path: Path, part: str, old: bytes, new: bytes) -> Path:
    """A workbook with one row of incomes and one part changed."""
    write_rows(path, INCOMES, ("H1", "2025-01", "务工", 1))
    return edit_part(path, part, lambda xml: xml.replace(old, new, 1))


def cut(path: Path, length: int) -> Path:
    """The beginning of a workbook, or all but so many bytes of its end."""
    return binary(path, write_rows(path, INCOMES).read_bytes()[:length])


def flagged(path: Path, offset: int, value: bytes) -> Path:
    """A workbook with some bytes of its first directory entry replaced."""
    raw = bytearray(write_rows(path, INCOMES).read_bytes())
    at = raw.index(b"PK\x01\x02") + offset
    raw[at : at + len(value)] = value
    return binary(path, bytes(raw))


def parquet(path: Path, amounts: list[object]) -> Path:
    """Incomes with these amounts."""
    pl.DataFrame({"household_id": ["H1"], "month": ["2025-01"], "amount": amounts}).write_parquet(path)
    return path


BOOK = "xl/workbook.xml"
REJECTED: dict[str, tuple[str, Callable[[Path], Path]]] = {
    "empty": ("a.csv", lambda p: binary(p, b"")),
    "folder": ("a.csv", directory),
    "wrong ending": ("a.xlsx", lambda p: text(p, HEADER)),
    "pdf": ("a.csv", lambda p: binary(p, b"%PDF-1.7")),
    "gzip": ("a.csv", lambda p: binary(p, b"\x1f\x8b\x08")),
    "rar": ("a.csv", lambda p: binary(p, b"Rar!")),
    "7z": ("a.csv", lambda p: binary(p, b"7z\xbc\xaf")),
    "picture": ("a.csv", lambda p: binary(p, b"\x89PNG")),
    "page": ("a.xlsx", lambda p: binary(p, b"<html>")),
    "old": ("a.xlsx", lambda p: binary(p, OLE)),
    "protected": ("a.xlsx", lambda p: binary(p, OLE + "EncryptedPackage".encode("utf-16-le"))),
    "encrypted": ("a.xlsx", lambda p: flagged(p, 8, b"\1")),
    "odd packing": ("a.xlsx", lambda p: flagged(p, 10, b"\x0c")),
    "cut": ("a.xlsx", lambda p: cut(p, 2000)),
    "lying": ("a.xlsx", lambda p: flagged(p, 24, struct.pack("<I", 5))),
    "names": ("a.xlsx", lambda p: archive(p, **{"..__a": b""})),
    "document": ("a.xlsx", lambda p: archive(p, **{"word__document.xml": b""})),
    "photos": ("a.xlsx", lambda p: archive(p, photo=b"")),
    "markup": ("a.xlsx", lambda p: edited(p, BOOK, b"?>", UNSEEN)),
    "no relations": ("a.xlsx", lambda p: archive(p, **{"xl__workbook.xml": b"<workbook/>"})),
    "broken book": ("a.xlsx", lambda p: edited(p, BOOK, b"</workbook>", b"")),
    "no sheet": ("a.xlsx", lambda p: edited(p, BOOK, b'r:id="rId1"', b'r:id="rId9"')),
    "lost sheet": ("a.xlsx", lambda p: edited(p, "xl/_rels/workbook.xml.rels", b"sheet1", b"sheet2")),
    "no end": ("a.xlsx", lambda p: edited(p, SHEET, b"</sheetData>", b"")),
    "no cells": ("a.xlsx", lambda p: edited(p, SHEET, b"<worksheet", b"<html")),
    "strange cell": ("a.xlsx", lambda p: write_xml(p, STRANGE_CELL)),
    "formula": ("a.xlsx", lambda p: write_xml(p, FORMULA)),
    "no such text": ("a.xlsx", lambda p: write_xml(p, NO_TEXT)),
    "far cell": ("a.xlsx", lambda p: write_xml(p, b'<row r="2"><c r="XFE2"><v>1</v></c></row>')),
    "empty sheet": ("a.xlsx", lambda p: write_rows(p)),
    "note first": ("a.xlsx", lambda p: write_sheets(p, {"说明": [("说明",)], "数据": [INCOMES]})),
    "no header": ("a.csv", lambda p: text(p, "甲,乙\n")),
    "wide": ("a.csv", lambda p: text(p, TITLES + "," * 20_000)),
    "two names": ("a.csv", lambda p: text(p, TITLES + ",amount\n")),
    "twice": ("a.csv", lambda p: text(p, TITLES + ",金额\nH1,2025-01,务工,1,2\n")),
    "unit": ("a.csv", lambda p: text(p, "单位：万元,,,\n" + HEADER)),
    "quotes": ("a.csv", lambda p: text(p, HEADER + 'H1,2025-01,"3"4,1\n')),
    "utf-16": ("a.csv", lambda p: binary(p, HEADER.encode("utf-16"))),
    "mixed": ("a.csv", lambda p: binary(p, HEADER.encode() + LINE.encode("gb18030"))),
    "nul": ("a.csv", lambda p: text(p, HEADER + "H1,\0,,1\n")),
    "broken parquet": ("a.parquet", lambda p: binary(p, b"PAR1")),
    "lists": ("a.parquet", lambda p: parquet(p, [[1]])),
    "missing column": ("a.csv", lambda p: text(p, "户编号,月份,收入项目\nH1,2025-01,务工\n")),
    "no table": ("loans.csv", lambda p: text(p, HEADER)),
    "no kind": ("a.txt", lambda p: text(p, HEADER)),
}
"""What is wrong with a file -> its name, `a` standing for the table, and how to make it."""


@pytest.mark.parametrize("fault", REJECTED)
def test_every_reason_for_which_a_file_is_rejected_is_said_in_chinese_too(tmp_path: Path, fault: str) -> None:
    name, make = REJECTED[fault]
    folder = tmp_path / "2025-03-10"
    folder.mkdir()
    path = make(folder / re.sub("^a(?=[.])", "incomes", name))
    (folder / "delivery.toml").write_text('ids = "canonical"\n', "utf-8")
    (file,) = opened(folder)
    with pytest.raises(RejectedFile) as caught:
        check(file.read(None))
    assert_bilingual(str(caught.value), path)


@pytest.mark.parametrize("name", BIG)
def test_a_file_made_to_exhaust_the_machine_is_refused_in_chinese_too(
    verdicts: dict[str, dict[str, Any]], name: str
) -> None:
    assert_bilingual(verdicts[name]["refused"], Path(name))


def assert_bilingual(said: str, path: Path) -> None:
    """The path stands once and in front, then come an English and a Chinese half that begins in Chinese."""
    english, _, chinese = said.partition(". / ")
    assert re.match(r"\S*" + re.escape(path.name), said) or english.startswith(f"2025-03-10/{path.name}")
    assert said.count(str(path)) <= 1
    assert re.match("[“0-9]*[\u3400-\u9fff]", chinese), said
    assert chinese.endswith("。")
    assert "请" in chinese, "it says what to do"


def test_no_reason_for_rejecting_a_file_is_written_in_english_only() -> None:
    package = Path(riskmodel.__file__).parent
    files = [path for path in (package / "sources").glob("*.py") if not path.name.startswith("eph")]
    found = [said for path in (*files, package / "tables" / "checks.py") for said in reasons(path)]
    assert len(found) > 30
    assert [said for said in found if len(said) > 10 and not re.search("[.] ?/ .*[\u3400-\u9fff]", said)] == []


def reasons(path: Path) -> Iterator[str]:
    """The words of every RejectedFile that a source file makes, without what is filled in."""
    for call in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "RejectedFile":
            parts = (part.value for part in ast.walk(call) if isinstance(part, ast.Constant))
            yield "".join(part for part in parts if isinstance(part, str))
