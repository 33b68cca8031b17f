from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources.file_kind import FileKind, kind_of
from sources.workbooks import write_rows

if TYPE_CHECKING:
    from pathlib import Path

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_the_ending_may_be_in_capitals(tmp_path: Path) -> None:
    frame = pl.DataFrame({"a": [1]})
    frame.write_parquet(tmp_path / "a.Parquet")
    assert kind_of(tmp_path / "a.Parquet") is FileKind.PARQUET
    assert kind_of(write_rows(tmp_path / "a.XLSX", ("a",))) is FileKind.XLSX
    assert kind_of(write(tmp_path / "a.CSV", b"a,b\n")) is FileKind.CSV


def test_a_wrong_ending_is_refused_with_the_right_one(tmp_path: Path) -> None:
    workbook = write_rows(tmp_path / "a.xlsx", ("a",)).read_bytes()
    with pytest.raises(RejectedFile, match=r"named \.csv.*Excel workbook.*Rename it to incomes\.xlsx"):
        kind_of(write(tmp_path / "incomes.csv", workbook))
    with pytest.raises(RejectedFile, match=r"named \.xlsx.*plain text.*incomes\.csv or save it as a real \.xlsx"):
        kind_of(write(tmp_path / "incomes.xlsx", b"a,b\n"))
    with pytest.raises(RejectedFile, match=r"named \.txt.*incomes\.csv\. / .*请改名为 incomes\.csv。$"):
        kind_of(write(tmp_path / "incomes.txt", b"a,b\n"))
    with pytest.raises(RejectedFile, match="without an ending"):
        kind_of(write(tmp_path / "incomes", b"a,b\n"))


@pytest.mark.parametrize("ending", ["xls", "xlsx", "csv"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (OLE + bytes(100), r"old Excel file \(\.xls\).*save it as \.xlsx"),
        (OLE + bytes(100_000) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"\r\n <HTML><table>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "web page or XML"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, ending: str, content: bytes, message: str) -> None:
    with pytest.raises(RejectedFile, match=message):
        kind_of(write(tmp_path / f"incomes.{ending}", content))


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="cannot be opened: No such file") as caught:
        kind_of(tmp_path / "incomes.csv")
    assert str(caught.value).count(str(tmp_path)) == 1
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(RejectedFile, match="cannot be opened"):
        kind_of(tmp_path / "folder.csv")
