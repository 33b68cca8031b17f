"""The sheets of a workbook: which one is read, and the parts of the archive that hold it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from riskmodel.errors import RejectedFile
from riskmodel.sources.zip_parts import parts_of, read_part

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Mapping
    from pathlib import Path

    Parts = Mapping[str, zipfile.ZipInfo]


@dataclass(frozen=True)
class Workbook:
    """One sheet of a workbook, chosen but not yet read."""

    sheet: str
    others: tuple[str, ...]
    """Names of the sheets that are not read."""
    instead: tuple[str, ...]
    """Those of them that may be meant: shown, while nobody said which sheet to read."""
    cells: zipfile.ZipInfo
    """Part with the cells of the sheet."""
    texts: zipfile.ZipInfo | None
    """Part with the texts that cells share."""


def open_workbook(path: Path, sheet: str | None = None) -> Workbook:
    """The sheet of this name, else the first one that is not hidden.

    Raises RejectedFile for another kind of archive, a dangerous or damaged one, and for a name that no sheet has.
    """
    parts = parts_of(path)
    if not {_BOOK, _TYPES} <= parts.keys():
        kind, kind_zh = _instead(parts)
        raise RejectedFile(
            f"{path} is {kind}, no Excel workbook (.xlsx). Save the table as .xlsx or .csv. / "
            f"文件是{kind_zh}，不是 Excel 工作簿(.xlsx)。请把表格另存为 .xlsx 或 .csv。"
        )
    for name, entry in parts.items():  # what calamine reads beside the sheet
        if name.startswith((_TYPES, "_rels/", "xl/styles", "xl/theme")):
            refuse_markup(read_part(path, entry, most=_MOST_STYLES), path, name)
    visible, hidden = _sheets(path, parts)
    sheets = visible | hidden
    if sheet is not None and sheet not in sheets:
        raise RejectedFile(
            f"{path} has no sheet {sheet!r}. Its sheets: {', '.join(sheets)}. Name one of these. / "
            f"工作簿中没有名为“{sheet}”的工作表。现有工作表：{'、'.join(sheets)}。请在 delivery.toml 中写其中一个。"
        )
    chosen = sheet if sheet is not None else next(iter(visible or hidden))
    texts = next((entry for name, entry in parts.items() if name.lower() == "xl/sharedstrings.xml"), None)
    others = tuple(name for name in sheets if name != chosen)
    shown = tuple(name for name in others if name in visible and sheet is None)
    return Workbook(chosen, others, shown, parts[sheets[chosen]], texts)


def refuse_markup(xml: bytes, path: Path, part: str) -> None:
    """Entities can blow up or name other files; comments and CDATA hide text, which calamine would skip in silence."""
    if b"<!" in xml or b"\0" in xml:
        raise RejectedFile(
            f"{path}: its part {part} declares entities or hides text in a way that Excel never writes. Open the file "
            "in Excel or WPS and save it again. / 文件内部声明了实体或藏有文字，Excel 不会这样写。"
            "请用 Excel 或 WPS 打开后重新保存。"
        )


_TYPES: Final = "[Content_Types].xml"
_BOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_MOST_STYLES: Final = 64 << 20
"""Workbooks copied from one another for years carry tens of thousands of styles."""
_KINDS: Final = {
    "xl/workbook.bin": ("a binary workbook (.xlsb)", "二进制工作簿(.xlsb)"),
    "word/document.xml": ("a Word document", " Word 文档"),
    "ppt/presentation.xml": ("a presentation", "演示文稿"),
    "content.xml": ("an OpenDocument file (.ods)", " OpenDocument 文件(.ods)"),
}


def _instead(parts: Parts) -> tuple[str, str]:
    return next((kind for name, kind in _KINDS.items() if name in parts), ("a zip archive", " zip 压缩包"))


def _sheets(path: Path, parts: Parts) -> tuple[dict[str, str], dict[str, str]]:
    """Name -> part of the sheets with cells in the order of the workbook: those shown, those hidden."""
    worksheets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _elements(path, parts, _RELATIONS, "Relationship")
        if relation.get("Type", "").endswith("/worksheet")
    }
    shown: dict[str, str] = {}
    hidden: dict[str, str] = {}
    for sheet in _elements(path, parts, _BOOK, "sheet"):
        name = sheet.get("name", "")
        relation = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        if relation in worksheets:  # else a sheet of a chart or a dialogue
            target = worksheets[relation].removeprefix("/")
            part = target if target.startswith("xl/") else f"xl/{target}"
            if part not in parts or name in shown | hidden:
                raise RejectedFile(
                    f"{path} is damaged: it lacks the sheet {name} or has it twice. Deliver it again. / "
                    f"文件已损坏：缺少工作表“{name}”，或有两个同名的工作表。请重新报送。"
                )
            (shown if sheet.get("state", "visible") == "visible" else hidden)[name] = part
    if not shown and not hidden:
        raise RejectedFile(
            f"{path} has no sheet with cells. Deliver the table itself. / 工作簿中没有数据工作表。请报送表格本身。"
        )
    return shown, hidden


def _elements(path: Path, parts: Parts, part: str, name: str) -> list[ElementTree.Element]:
    if part not in parts:
        raise RejectedFile(
            f"{path} is damaged: it lacks its part {part}. Deliver it again. / "
            "文件已损坏：内部缺少必要的部件。请重新报送。"
        )
    xml = read_part(path, parts[part])
    refuse_markup(xml, path, part)
    try:
        return [element for element in ElementTree.fromstring(xml).iter() if element.tag.rpartition("}")[2] == name]
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise RejectedFile(
            f"{path} is damaged in its part {part}: {error}. Deliver it again. / 文件内部已损坏。请重新报送。"
        ) from error
