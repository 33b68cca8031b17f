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
        raise RejectedFile(
            f"{path} cannot be opened: {error.strerror}. Check that it is a file and may be read. / "
            "文件无法打开。请检查它是不是文件、是否允许读取。"
        ) from error
    if not isinstance(content, FileKind):
        raise RejectedFile(f"{path} {content}")
    if path.suffix.lower() != content.value:
        raise RejectedFile(f"{path} {_wrong_ending(path, content)}")
    return content


def _wrong_ending(path: Path, content: FileKind) -> str:
    ending, right = path.suffix.lower(), path.stem + content.value
    known = ending in tuple(FileKind)
    kind, kind_zh = _SHOWN[content]
    return (
        f"is named {ending or 'without an ending'}, but its content is {kind}. Rename it to {right}"
        + (f" or save it as a real {ending} file. / " if known else ". / ")
        + (f"文件名以 {ending} 结尾" if ending else "文件名没有扩展名")
        + f"，内容却是{kind_zh}。请改名为 {right}"
        + (f"，或另存为真正的 {ending} 文件。" if known else "。")
    )


_START: Final = 4096
_OLE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_DIRECTORY: Final = 64 << 20
"""Bytes searched for the name of the stream that a protected workbook has; it may stand anywhere in the container."""
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_PAGES: Final = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head", b"<style")
_PICTURE: Final = "is a picture. Ask for the table as .xlsx or .csv. / 这是图片。请索取 .xlsx 或 .csv 格式的表格。"
_OTHERS: Final = {
    b"%PDF": "is a PDF. Ask for the table as .xlsx or .csv. / 这是 PDF 文件。请索取 .xlsx 或 .csv 格式的表格。",
    b"\x1f\x8b": "is compressed (gzip). Unpack it first. / 这是 gzip 压缩文件。请先解压。",
    b"Rar!": "is a RAR archive. Unpack it first. / 这是 RAR 压缩包。请先解压。",
    b"7z\xbc\xaf": "is a 7z archive. Unpack it first. / 这是 7z 压缩包。请先解压。",
    b"\xff\xd8\xff": _PICTURE,
    b"\x89PNG": _PICTURE,
}
_SHOWN: Final = {
    FileKind.CSV: ("plain text (a CSV)", "纯文本(CSV)"),
    FileKind.XLSX: ("a zip archive like that of an Excel workbook (.xlsx)", " zip 压缩包，例如 Excel 工作簿(.xlsx)"),
    FileKind.PARQUET: ("a Parquet file", " Parquet 文件"),
}


def _content(start: bytes, longer: bytes) -> FileKind | str:
    """The kind, or what the file is instead: the end of an English sentence, and a Chinese one."""
    if not start:
        return "is empty (0 bytes). Deliver it again. / 文件是空的(0 字节)。请重新报送。"
    if start.startswith(_OLE):
        if _ENCRYPTED in longer:
            return (
                "is protected by a password. Open it in Excel or WPS, remove the password and save it again. / "
                "文件有密码保护。请用 Excel 或 WPS 打开，去掉密码后重新保存。"
            )
        return (
            "is an old Excel file (.xls). Open it in Excel or WPS and save it as .xlsx. / "
            "这是旧版 Excel 文件(.xls)。请用 Excel 或 WPS 打开，另存为 .xlsx。"
        )
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return FileKind.XLSX
    if start.startswith(b"PAR1"):
        return FileKind.PARQUET
    if start.removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_PAGES):
        return (
            "is a web page or XML, whatever its ending says. Open it in Excel or WPS and save it as .xlsx. / "
            "不管扩展名是什么，内容是网页或 XML。请用 Excel 或 WPS 打开，另存为 .xlsx。"
        )
    return next((said for magic, said in _OTHERS.items() if start.startswith(magic)), FileKind.CSV)
