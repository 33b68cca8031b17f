from __future__ import annotations

import json
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.review.audit import AuditLog, Entry
from riskmodel.review.store import newest_version
from riskmodel.settings import Settings
from riskmodel.workflows import backup as module
from riskmodel.workflows.backup import ACTION, BACKED_UP, LEFT_OUT, backup
from riskmodel.workflows.backup_manifest import FILES, MANIFEST, read_manifest
from riskmodel.workflows.database import make_key
from riskmodel.workflows.installation import KEY_FILE, LOG, init
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.publish import publish
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace with a key, a database and a policy file."""
    place = Workspace(Settings(tmp_path / "home"))
    init(place)
    make_key(place, "county system", ["analyst"], "", 30, NOW, 60)
    (place.home / "policy").mkdir()
    (place.home / "policy" / "own.toml").write_text("")
    return place


def names_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_everything_of_a_finished_office_is_backed_up_or_left_out_on_purpose(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    init(place)
    publish(place, lambda: NOW)
    done = backup(place, tmp_path / "backup", "ann", NOW)
    assert done.left_out == []
    copied = names_in(tmp_path / "backup" / FILES)
    there = {
        name
        for name in names_in(place.home)
        if not name.startswith(LEFT_OUT) and not name.endswith(("-wal", "-shm", ".lock"))
    }
    gone = {name for name in there - copied if "/generations/" not in name}
    assert (gone, copied - there) == (set(), set())
    assert {
        path.name for path in (tmp_path / "backup" / FILES / "lake" / "generations" / "county=990301").iterdir()
    } == {
        "CURRENT",
        f"{json.loads((place.home / 'lake/generations/county=990301/CURRENT').read_text())['generation']:06d}",
    }


def test_a_backup_is_for_its_owner_alone_and_written_down_before_it_is_made(place: Workspace, tmp_path: Path) -> None:
    done = backup(place, tmp_path / "2026-01-05", "ann", NOW)
    for path in [tmp_path / "2026-01-05", *(tmp_path / "2026-01-05").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    *_, entry = AuditLog(tmp_path / "2026-01-05" / FILES / LOG).entries()
    assert entry == Entry(NOW.isoformat(), "ann", ACTION, "2026-01-05", ())
    assert done.log_head == str(AuditLog(place.home / LOG).examined().head)
    manifest = read_manifest(tmp_path / "2026-01-05")
    assert (manifest.database, manifest.made_at, done.files) == (newest_version(), NOW.isoformat(), len(manifest.files))


def test_the_key_lies_apart_or_nowhere(place: Workspace, tmp_path: Path) -> None:
    key = (place.home / KEY_FILE).read_text().strip()
    done = backup(place, tmp_path / "one", "ann", NOW)
    assert (done.secrets, done.secrets_copied_to) == ([KEY_FILE], None)
    done = backup(place, tmp_path / "two", "ann", NOW, keys_to=tmp_path / "safe")
    assert (done.secrets_copied_to, (tmp_path / "safe" / KEY_FILE).read_text().strip()) == (str(tmp_path / "safe"), key)
    assert stat.S_IMODE((tmp_path / "safe" / KEY_FILE).stat().st_mode) == 0o600
    for folder in ("one", "two"):
        for path in (tmp_path / folder).rglob("*"):
            assert path.is_dir() or (
                key.encode() not in path.read_bytes() and bytes.fromhex(key) not in path.read_bytes()
            )


def test_settings_with_a_password_lie_with_the_key(tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path / "home", database_url="postgresql://ann:secret@host/name"))
    init(place)
    (place.home / "riskmodel.toml").write_text('database_url = "postgresql://ann:secret@host/name"\n')
    done = backup(place, tmp_path / "backup", "ann", NOW, keys_to=tmp_path / "safe")
    assert (done.database_elsewhere, done.secrets) == ("postgresql", [KEY_FILE, "riskmodel.toml"])
    assert names_in(tmp_path / "safe") == {KEY_FILE, "riskmodel.toml"}
    assert not any(b"secret@" in path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())


def test_a_folder_that_cannot_be_one_is_refused_with_what_to_do(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(UsageError, match="exists already"):
        backup(place, tmp_path / "full", "ann", NOW)
    with pytest.raises(UsageError, match="lies in the workspace"):
        backup(place, place.home / "backup", "ann", NOW)
    with pytest.raises(UsageError, match="lies in the backup"):
        backup(place, tmp_path / "new", "ann", NOW, keys_to=tmp_path / "new" / "keys")
    with pytest.raises(UsageError, match="no workspace"):
        backup(Workspace(Settings(tmp_path / "none")), tmp_path / "new", "ann", NOW)
    (tmp_path / "safe").mkdir()
    (tmp_path / "safe" / KEY_FILE).write_text("another")
    with pytest.raises(UsageError, match="another one"):
        backup(place, tmp_path / "new", "ann", NOW, keys_to=tmp_path / "safe")
    assert not (tmp_path / "new").exists()


def test_what_riskmodel_does_not_know_is_named_and_links_to_folders_are_refused(
    place: Workspace, tmp_path: Path
) -> None:
    (place.home / "notes.txt").touch()
    (place.home / "lake" / "strange").mkdir(parents=True)
    assert backup(place, tmp_path / "one", "ann", NOW).left_out == ["lake/strange", "notes.txt"]
    (place.home / "policy" / "more").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="is a link to a folder"):
        backup(place, tmp_path / "two", "ann", NOW)


def test_while_keys_are_made_and_looks_are_written_the_copy_is_that_of_one_moment(
    place: Workspace, tmp_path: Path
) -> None:
    done, log = threading.Event(), AuditLog(place.home / LOG)

    def work() -> None:
        while not done.is_set():
            log.append(Entry(NOW.isoformat(), "bob", "look_up", "visit", ()))
            make_key(place, "another", ["analyst"], "", 30, NOW + timedelta(hours=1), 60)

    thread = threading.Thread(target=work)
    thread.start()
    told = [backup(place, tmp_path / f"copy{n}", "ann", NOW) for n in range(3)]
    done.set()
    thread.join()
    for n, made in enumerate(told):
        copy = tmp_path / f"copy{n}" / FILES
        assert (made.log_broken_at, AuditLog(copy / LOG).verify()) == (None, None)
        with closing(sqlite3.connect(copy / "riskmodel.sqlite")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_files_that_are_replaced_while_they_are_copied_make_no_backup(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Meddling(Silent):
        def track(self, steps: Iterable[T], title: str, total: int | None = None) -> Iterator[T]:  # noqa: ARG002  # protocol
            for step in steps:
                if title == "copying policy":
                    (place.home / "policy" / "own.toml").write_text("# changed")
                yield step

    with pytest.raises(BusyError, match="policy was written while it was copied"):
        backup(place, tmp_path / "one", "ann", NOW, progress=Meddling())

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "copy_file", refuse)
    with pytest.raises(DataError, match=r"No space left.*Nothing half-written is visible"):
        backup(place, tmp_path / "two", "ann", NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_a_broken_log_is_backed_up_as_it_is_and_said_to_be_broken(place: Workspace, tmp_path: Path) -> None:
    AuditLog(place.home / LOG).append(Entry(NOW.isoformat(), "bob", "look_up", "visit", ()))
    (place.home / LOG).write_text((place.home / LOG).read_text().replace("bob", "eve"))
    done = backup(place, tmp_path / "one", "ann", NOW)
    assert done.log_broken_at == 2
    assert (tmp_path / "one" / FILES / LOG).read_bytes() == (place.home / LOG).read_bytes()


def test_nothing_is_both_backed_up_and_left_out() -> None:
    assert set(BACKED_UP) & set(LEFT_OUT) == set()
    assert MANIFEST not in BACKED_UP
