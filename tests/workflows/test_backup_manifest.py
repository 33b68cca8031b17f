from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from riskmodel.errors import DataError, UsageError
from riskmodel.tables.copying import Content, write_new
from riskmodel.workflows.backup_manifest import (
    FILES,
    LAYOUT,
    MANIFEST,
    SEAL,
    BackupManifest,
    file_in,
    read_manifest,
    verify_files,
    write_manifest,
)
from riskmodel.workflows.progress import Silent

NAMES = ("riskmodel.toml", "lake/manifests/county=990301/r1.json")


@pytest.fixture
def made(tmp_path: Path) -> BackupManifest:
    """The manifest of a backup with two files, in `tmp_path`."""
    files = {name: write_new(tmp_path / FILES / name, [name.encode()]) for name in NAMES}
    log = f"0:{'0' * 64}"
    manifest = BackupManifest("2026-01-05T09:30:00+08:00", "0.1.0", "0001", "", "ab" * 8, log, None, files)
    write_manifest(tmp_path, manifest)
    return manifest


def test_a_manifest_comes_back_as_it_was_written(made: BackupManifest, tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == made
    verify_files(tmp_path, made, Silent())
    assert made.bytes == sum(map(len, NAMES))


def test_the_seal_is_what_sha256sum_checks(made: BackupManifest, tmp_path: Path) -> None:
    seal = write_manifest(tmp_path, made)
    assert seal == hashlib.sha256((tmp_path / MANIFEST).read_bytes()).hexdigest()
    assert (tmp_path / SEAL).read_text("ascii") == f"{seal}  {MANIFEST}\n"


@pytest.mark.parametrize("name", [MANIFEST, SEAL, *(f"{FILES}/{name}" for name in NAMES)])
@pytest.mark.usefixtures("made")
def test_every_flipped_byte_is_refused_and_its_file_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    sound = path.read_bytes()
    for place in range(0, len(sound), max(1, len(sound) // 20)):
        path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
        with pytest.raises(DataError) as refused:
            verify_files(tmp_path, read_manifest(tmp_path), Silent())
        assert Path(name).name in str(refused.value)


def test_a_file_too_few_or_too_many_is_named(made: BackupManifest, tmp_path: Path) -> None:
    (tmp_path / FILES / "policy.toml").write_text("x")
    with pytest.raises(DataError, match=r"policy\.toml does not belong"):
        verify_files(tmp_path, made, Silent())
    (tmp_path / FILES / "policy.toml").unlink()
    (tmp_path / FILES / NAMES[0]).unlink()
    with pytest.raises(DataError, match=r"riskmodel\.toml is missing"):
        verify_files(tmp_path, made, Silent())


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a//b", "./a", "a\0b"])
def test_no_name_leads_out_of_the_folder(name: str, made: BackupManifest, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="leads out"):
        file_in(tmp_path / FILES, name)
    with pytest.raises(DataError):
        verify_files(tmp_path, replace(made, files={**made.files, name: Content(1, "0" * 64)}), Silent())


def test_a_link_is_no_file_of_a_backup(made: BackupManifest, tmp_path: Path) -> None:
    path = tmp_path / FILES / NAMES[0]
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DataError, match="is a link"):
        verify_files(tmp_path, made, Silent())


def test_a_folder_without_manifest_is_no_backup_and_a_newer_one_is_refused(
    made: BackupManifest, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="no backup"):
        read_manifest(tmp_path / "none")
    write_manifest(tmp_path, replace(made, layout=LAYOUT + 1, program="9.0.0"))
    with pytest.raises(UsageError, match=r"newer program \(9\.0\.0\)"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["[]", "{}", "null", '{"layout": 1, "files": [1]}', '{"layout": "x"}'])
@pytest.mark.usefixtures("made")
def test_a_sealed_manifest_of_another_form_is_damaged(text: str, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text(text)
    (tmp_path / SEAL).write_text(f"{hashlib.sha256(text.encode()).hexdigest()}  {MANIFEST}\n")
    with pytest.raises(DataError, match="damaged"):
        read_manifest(tmp_path)
    assert json.loads(text) is not False
