"""The parts of a zip archive, taken out one at a time and only after its directory was found harmless.

A directory may lie, so every part is inflated here by its own count before another library may touch it.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from riskmodel.errors import RejectedFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MOST_FILE_BYTES: Final = 256 << 20
"""A full sheet of 1,048,576 rows and 12 columns has some 60 MB."""
MOST_PARTS: Final = 5_000
"""Parts of an archive: sheets, pictures, notes. Excel writes a few dozen."""
MOST_BYTES: Final = 3 << 29
"""Bytes of all parts together once inflated (1.5 GiB). The full sheet of 12 columns has 0.45 GB."""
MOST_RATIO: Final = 100
"""Times that a large part may grow. Sheets of numbers grow 7-10 times, of one value in all cells 30; bombs 1,000."""
SMALL: Final = 16 << 20
"""A part up to this size does no harm, however much it grew."""
PIECE: Final = 4 << 20
_FLAG_ENCRYPTED: Final = 1
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")


def parts_of(path: Path) -> Mapping[str, zipfile.ZipInfo]:
    """Name -> entry of the parts of an archive, judged by its directory only; nothing is inflated.

    Raises RejectedFile for what is damaged, encrypted, too large, too many, or named as no workbook names its parts.
    """
    if path.stat().st_size > MOST_FILE_BYTES:
        size = MOST_FILE_BYTES >> 20
        raise RejectedFile(
            f"{path} is larger than {size} MiB. Deliver it as CSV or in several files. / "
            f"文件超过 {size} MiB。请另存为 CSV，或分成几个文件报送。"
        )
    _refuse_many(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise RejectedFile(
            f"{path} is damaged or was not copied to its end: {error}. Deliver it again. / "
            "文件已损坏，或没有复制完整。请重新报送。"
        ) from error
    names = [entry.filename.lower() for entry in entries]
    strange = [name for name in names if re.search(r"^/|^[a-z]:|\\|(?:^|/)\.\.(?:/|$)|[\x00-\x1f]", name)]
    if strange or len(set(names)) != len(names):
        raise RejectedFile(
            f"{path} holds parts with names that no workbook has. Open it in Excel or WPS, save it again. / "
            "文件内部有工作簿中不会出现的部件名。请用 Excel 或 WPS 打开后重新保存。"
        )
    for entry in entries:
        _refuse_dangerous(entry, path)
    total = sum(entry.file_size for entry in entries)
    if total > MOST_BYTES:
        raise _too_large(path, f"would take {total >> 20} MiB", f"文件展开后要占 {total >> 20} MiB")
    return {entry.filename: entry for entry in entries}


def pieces(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """A part in pieces of at most `PIECE` bytes.

    Raises RejectedFile where it is damaged or holds another number of bytes than the directory says.
    """
    seen = checksum = 0
    with path.open("rb") as file:
        for piece in _inflated(_raw(file, entry, path), entry, path):
            seen += len(piece)
            checksum = zlib.crc32(piece, checksum)
            if seen > entry.file_size:
                raise _too_large(path, "holds more than its directory says", "文件实际内容比其目录写的多")
            yield piece
    if seen != entry.file_size or checksum != entry.CRC:
        raise _damaged(path, entry)


def read_part(path: Path, entry: zipfile.ZipInfo, most: int = SMALL) -> bytes:
    """A whole part of at most `most` bytes."""
    if entry.file_size > most:
        size = entry.file_size >> 20
        raise _too_large(path, f"has a part {entry.filename} of {size} MiB", f"文件内部有一个 {size} MiB 的部件")
    return b"".join(pieces(path, entry))


def _refuse_many(path: Path) -> None:
    """Count the entries without reading the directory, which takes seconds and gigabytes for millions of them."""
    count, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            text = rest + piece
            count += text.count(b"PK\x01\x02")
            rest = text[-3:]
    if count > MOST_PARTS:
        raise RejectedFile(
            f"{path} holds {count} parts or sheets, a workbook has at most {MOST_PARTS}. Deliver the sheet that is "
            f"meant in a workbook of its own. / 文件含有 {count} 个部件或工作表，一个工作簿最多 {MOST_PARTS} 个。"
            "请把要报送的工作表单独存成一个工作簿。"
        )


def _refuse_dangerous(entry: zipfile.ZipInfo, path: Path) -> None:
    if entry.flag_bits & _FLAG_ENCRYPTED:
        raise RejectedFile(
            f"{path} is protected by a password. Remove it and save the file again. / "
            "文件有密码保护。请去掉密码后重新保存。"
        )
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise RejectedFile(
            f"{path} is packed in a way that no workbook is. Open it in Excel or WPS and save it again. / "
            "文件的压缩方式不是工作簿的方式。请用 Excel 或 WPS 打开后重新保存。"
        )
    if entry.file_size > max(SMALL, MOST_RATIO * entry.compress_size):
        times = entry.file_size // max(entry.compress_size, 1)
        raise _too_large(path, f"would grow {times} times when unpacked", f"文件展开后会变大 {times} 倍")


def _raw(file: BinaryIO, entry: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    file.seek(entry.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
        raise _damaged(path, entry)
    _, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    while left and (piece := file.read(min(left, PIECE // 4))):
        left -= len(piece)
        yield piece


def _inflated(raw: Iterator[bytes], entry: zipfile.ZipInfo, path: Path) -> Iterator[bytes]:
    if entry.compress_type == zipfile.ZIP_STORED:
        yield from raw
        return
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    for piece in raw:
        rest = piece
        while rest and not stream.eof:
            try:
                yield stream.decompress(rest, PIECE)
            except zlib.error as error:
                raise _damaged(path, entry) from error
            rest = stream.unconsumed_tail
    if not stream.eof:
        raise _damaged(path, entry)


def _damaged(path: Path, entry: zipfile.ZipInfo) -> RejectedFile:
    return RejectedFile(
        f"{path} is damaged in its part {entry.filename}. Deliver it again. / 文件内部已损坏。请重新报送。"
    )


def _too_large(path: Path, how: str, how_zh: str) -> RejectedFile:
    return RejectedFile(
        f"{path} {how}; that is a bomb or far too much for one workbook. Deliver the sheet that is meant in a workbook "
        f"of its own, or as CSV. / {how_zh}，可能是恶意文件，或远超一个工作簿的大小。"
        "请把要报送的工作表单独存成一个工作簿，或另存为 CSV。"
    )
