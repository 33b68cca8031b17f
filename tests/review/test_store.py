from __future__ import annotations

import errno
import sqlite3
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from riskmodel.errors import BusyError, DataError, StorageError, UsageError
from riskmodel.review import store as module
from riskmodel.review.ledger_schema import ENTRIES
from riskmodel.review.schema import KEYS, METADATA
from riskmodel.review.store import Store, knows_version, newest_version, open_store, version_in_file


def made(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder / 'riskmodel.sqlite'}", migrate=True)


def key(number: int) -> dict[str, Any]:
    facts = {"id": f"{number:012x}", "digest": b"0" * 32, "name": "x", "roles": "analyst", "area": "", "per_minute": 1}
    return facts | {"created_at": "2026-01-05T00:00:00Z", "expires_at": "2027-01-05T00:00:00Z"}


def test_the_migrations_make_the_tables_that_the_program_declares(store: Store) -> None:
    assert store.version() == newest_version()
    assert ENTRIES.name in METADATA.tables
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_what_was_there_stays_where_the_tables_are_brought_up_to_date(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'riskmodel.sqlite'}"
    old = open_store(url, migrate=True)
    with old.writing() as connection:
        connection.execute(insert(KEYS).values(key(1)))
        first = {"api_keys", "published_months", "assessments", "typical_places"}
        for table in reversed(METADATA.sorted_tables):
            if table.name not in first:
                connection.exec_driver_sql(f"DROP TABLE {table.name}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    old.close()
    store = open_store(url, migrate=True)
    assert store.version() == newest_version()
    with store.reading() as connection:
        assert [row.id for row in connection.execute(select(KEYS))] == [key(1)["id"]]
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    made(tmp_path)
    for path in tmp_path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_tables_of_another_version_are_refused_with_what_to_do(empty_url: str) -> None:
    with pytest.raises(UsageError, match=rf"of version none, .* needs {newest_version()}.*riskmodel database upgrade"):
        open_store(empty_url)
    open_store(empty_url, migrate=True).close()
    open_store(empty_url).close()


def test_a_transaction_is_all_there_or_not_at_all(store: Store) -> None:
    def stopped() -> None:
        with store.writing() as connection:
            connection.execute(insert(KEYS).values(key(1)))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        stopped()
    with store.reading() as connection:
        assert connection.execute(select(KEYS)).all() == []
    with store.writing() as connection:
        connection.execute(insert(KEYS).values(key(1)))
    with store.reading() as connection:
        assert len(connection.execute(select(KEYS)).all()) == 1


def test_writers_wait_for_each_other_and_lose_nothing(store: Store) -> None:
    def write(first: int) -> None:
        for number in range(first, first + 10):
            with store.writing() as connection:
                connection.execute(insert(KEYS).values(key(number)))

    threads = [threading.Thread(target=write, args=(10 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        assert len(connection.execute(select(KEYS)).all()) == 40


def test_a_writer_that_waits_too_long_is_told_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    store = made(tmp_path)
    other = sqlite3.connect(tmp_path / "riskmodel.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(BusyError), store.writing():
        pass
    other.close()


def test_a_full_disk_is_told_without_what_was_to_be_written_and_nothing_of_it_stays(tmp_path: Path) -> None:
    store = made(tmp_path)
    with pytest.raises(
        StorageError, match=r"riskmodel\.sqlite cannot be written .*full.*Make room .*磁盘已满"
    ) as refused:
        fill(store)
    assert "secret" not in f"{refused.value} {refused.value.__cause__}"
    with store.reading() as connection:
        assert connection.execute(select(KEYS)).all() == []


def fill(store: Store) -> None:
    """Write more than the file may hold from now on."""
    with store.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        connection.execute(insert(KEYS), [key(number) | {"name": "secret" * 900} for number in range(20)])


def test_an_error_of_a_statement_shows_no_values(tmp_path: Path) -> None:
    store = made(tmp_path)
    twice = [key(1) | {"name": "secret"}] * 2
    with pytest.raises(IntegrityError) as refused, store.writing() as connection:
        connection.execute(insert(KEYS), twice)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize("content", [b"no database" * 1000, None])
def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    made(tmp_path).close()
    path = tmp_path / "riskmodel.sqlite"
    whole = path.read_bytes()
    path.write_bytes(content or whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(DataError, match=r"riskmodel\.sqlite is damaged: .*backup\. / .*备份"):
        made(tmp_path)


def test_a_read_only_disk_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "touch", refused)
    with pytest.raises(StorageError, match=r"riskmodel\.sqlite cannot be written .*mounted read-only"):
        made(tmp_path)


def test_the_version_of_a_file_is_told_without_opening_it_for_writing(tmp_path: Path) -> None:
    made(tmp_path).close()
    path = tmp_path / "riskmodel.sqlite"
    before = path.read_bytes()
    assert version_in_file(path) == newest_version()
    assert (path.read_bytes(), [found.name for found in tmp_path.iterdir()]) == (before, [path.name])
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(DataError, match="damaged"):
        version_in_file(path)
    path.write_bytes(b"")
    assert version_in_file(path) == ""
    assert knows_version(newest_version())
    assert not knows_version("9999")


def test_two_programs_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    failed: list[BaseException] = []

    def migrate() -> None:
        try:
            open_store(empty_url, migrate=True).close()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    open_store(empty_url).close()


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/name", "sqlite://"])
def test_a_url_that_cannot_be_used_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="sqlite:///FILE"):
        open_store(url)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(DataError) as refused:
        open_store("postgresql://ann:secret@127.0.0.1:1/name")
    assert "127.0.0.1" in str(refused.value)
    assert "secret" not in str(refused.value)
