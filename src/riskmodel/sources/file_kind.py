"""What a file is by its first bytes, whatever its name says: a CSV, an Excel workbook, a Parquet file, or no table."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from riskmodel.errors import RejectedFile

if TYPE_CHECKING:
    from pathlib import Path


class FileKind(StrEnum):
    """Kinds of files that are read; the value is the ending of their names."""

    CSV = ".csv"
    XLSX = ".xlsx"
    PARQUET = ".parquet"


def kind_of(path: Path) -> FileKind:
    """The kind of a file, which its ending (in upper or lower case) and its first bytes must agree on.

    Raises RejectedFile, which says what the file is and what to do, for anything else: an empty file, a wrong ending,
    an old or protected workbook, a web page that an export named .xls.
    """
    try:
        with path.open("rb") as file:
            start = file.read(_START)
            content = _content(start, start + file.read(_OLE_DIRECTORY) if start.startswith(_OLE) else start)
    except OSError as error:
        raise RejectedFile(f"{path} cannot be opened: {error}. Check that it is a file and may be read.") from error
    if not isinstance(content, FileKind):
        raise RejectedFile(f"{path} {content}")
    ending = path.suffix.lower()
    if ending != content.value:
        known = ending in tuple(FileKind)
        raise RejectedFile(
            f"{path} is named {ending or 'without an ending'}, but its content is {_SHOWN[content]}. "
            f"Rename it to {path.stem}{content.value}" + (f" or save it as a real {ending} file." if known else ".")
        )
    return content


_START: Final = 4096
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_DIRECTORY: Final = 64 << 20
"""Bytes searched for the name of the stream that a protected workbook has; it may stand anywhere in the container."""
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PAGES: Final = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<style")
_OTHERS: Final = {
    b"%PDF": "is a PDF. Ask for the table as .xlsx or .csv.",
    b"\x1f\x8b": "is compressed (gzip). Unpack it first.",
    b"Rar!": "is a RAR archive. Unpack it first.",
    b"7z\xbc\xaf": "is a 7z archive. Unpack it first.",
    b"\xff\xd8\xff": "is a picture. Ask for the table as .xlsx or .csv.",
    b"\x89PNG": "is a picture. Ask for the table as .xlsx or .csv.",
}
_SHOWN: Final = {
    FileKind.CSV: "plain text (a CSV)",
    FileKind.XLSX: "a zip archive like that of an Excel workbook (.xlsx)",
    FileKind.PARQUET: "a Parquet file",
}


def _content(start: bytes, longer: bytes) -> FileKind | str:
    """The kind, or the end of a sentence that says what the file is instead."""
    if not start:
        return "is empty (0 bytes). Deliver it again."
    if start.startswith(_OLE):
        if _ENCRYPTED in longer:
            return "is protected by a password. Open it in Excel or WPS, remove the password and save it again."
        return "is an old Excel file (.xls). Open it in Excel or WPS and save it as .xlsx."
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.XLSX
    if start.startswith(b"PAR1"):
        return FileKind.PARQUET
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        return "is a web page or XML, whatever its ending says. Open it in Excel or WPS and save it as .xlsx."
    return next((said for magic, said in _OTHERS.items() if start.startswith(magic)), FileKind.CSV)
