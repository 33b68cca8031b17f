from __future__ import annotations

import struct
import zipfile
from typing import TYPE_CHECKING

import pytest

from riskmodel.errors import RejectedFile
from riskmodel.sources import zip_parts
from riskmodel.sources.zip_parts import PIECE, SMALL, parts_of, pieces, read_part

if TYPE_CHECKING:
    from pathlib import Path

TEXT = b"".join(b"%d," % number for number in range(100_000))


def archive(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def with_directory(path: Path, offset: int, value: bytes) -> Path:
    """The archive with some bytes of its first directory entry replaced."""
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02") + offset
    raw[at : at + len(value)] = value
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_part_comes_out_as_it_went_in(tmp_path: Path, method: int) -> None:
    path = archive(tmp_path / "a.zip", {"a": TEXT, "empty": b"", "big": bytes(range(256)) * (PIECE // 128)}, method)
    parts = parts_of(path)
    assert read_part(path, parts["a"]) == TEXT
    assert read_part(path, parts["empty"]) == b""
    found = list(pieces(path, parts["big"]))
    assert len(found) > 1
    assert b"".join(found) == bytes(range(256)) * (PIECE // 128)
    assert max(map(len, found)) <= PIECE


def test_a_part_that_grows_a_thousand_times_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"bomb": bytes(SMALL + 1)})
    with pytest.raises(RejectedFile, match=r"would grow 10[0-9][0-9] times"):
        parts_of(path)
    assert parts_of(archive(tmp_path / "b.zip", {"small": bytes(SMALL)}))


@pytest.mark.parametrize("claimed", [0, 1000, len(TEXT) - 1, len(TEXT) + 1])
def test_a_directory_that_lies_about_a_size_is_found_out(tmp_path: Path, claimed: int) -> None:
    path = with_directory(archive(tmp_path / "a.zip", {"a": TEXT}), 24, struct.pack("<I", claimed))
    with pytest.raises(RejectedFile, match=r"more than its directory says|damaged"):
        read_part(path, parts_of(path)["a"])


def test_a_changed_byte_is_found_out(tmp_path: Path) -> None:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        path = archive(tmp_path / "a.zip", {"a": TEXT}, method)
        raw = bytearray(path.read_bytes())
        raw[len(raw) // 2] ^= 0xFF
        path.write_bytes(raw)
        with pytest.raises(RejectedFile, match="damaged in its part a"):
            read_part(path, parts_of(path)["a"])


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    raw = archive(tmp_path / "a.zip", {"a": TEXT[:1000], "b": TEXT[:100]}).read_bytes()
    for length in range(len(raw)):
        (tmp_path / "b.zip").write_bytes(raw[:length])
        with pytest.raises(RejectedFile):
            parts_of(tmp_path / "b.zip")


def test_an_encrypted_part_and_an_odd_packing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="password"):
        parts_of(with_directory(archive(tmp_path / "a.zip", {"a": TEXT}), 8, b"\1"))
    with pytest.raises(RejectedFile, match="packed in a way"):
        parts_of(archive(tmp_path / "b.zip", {"a": TEXT}, zipfile.ZIP_BZIP2))


@pytest.mark.parametrize("name", ["../a", "a/../../b", "/etc/a", "C:/a", "a\\b", "a/..", "a\nb"])
def test_names_that_leave_the_archive_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(RejectedFile, match="names that no workbook has"):
        parts_of(archive(tmp_path / "a.zip", {"x": b"", name: b""}))


def test_two_parts_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RejectedFile, match="names"):
        parts_of(archive(tmp_path / "a.zip", {"xl/a.xml": b"", "XL/A.XML": b""}))


def test_too_much_of_anything_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "a.zip", {str(n): TEXT for n in range(20)})
    assert len(parts_of(path)) == 20
    with pytest.raises(RejectedFile, match="a part 0 of"):
        read_part(path, parts_of(path)["0"], most=1000)
    for limit, value, message in (
        ("MOST_PARTS", 19, "20 parts"),
        ("MOST_BYTES", 10 * len(TEXT), "would take"),
        ("MOST_FILE_BYTES", 1 << 20, "larger than 1 MiB"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(zip_parts, limit, value)
            with pytest.raises(RejectedFile, match=message):
                parts_of(path)
