"""The database: SQLite in the workspace, or PostgreSQL where the settings name one. The same tables, the same code."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, OperationalError

from riskmodel.errors import BusyError, DataError, UsageError
from riskmodel.tables.files import OWNERS_FILE, make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PATIENCE: Final = 10.0
"""Seconds that a writer waits for another one."""


@dataclass(frozen=True)
class Store:
    """An open database of the right version."""

    engine: Engine = field(repr=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading; what others write meanwhile is not seen."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is there when this ends, or nothing. BusyError where others write too long."""
        try:
            with self.engine.begin() as connection:
                if self.embedded:  # else two readers that both go on to write would block each other
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield connection
        except OperationalError as error:
            if "locked" in str(error):
                raise BusyError("the database is being written by somebody else. Try again in a minute.") from error
            raise

    @contextmanager
    def erasing(self) -> Iterator[Connection]:
        """As `writing`; in SQLite what is deleted is overwritten, too, in the file and in the write-ahead log."""
        with self.writing() as connection:
            if self.embedded:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            yield connection
        if self.embedded:  # else it would stay in the write-ahead log until other writes take its place
            with self.reading() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def embedded(self) -> bool:
        """Whether this is SQLite."""
        return self.engine.dialect.name == "sqlite"

    def version(self) -> str:
        """The revision of its tables; empty for a database without tables."""
        with self.reading() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(url: str, *, migrate: bool = False) -> Store:
    """Open the database of a URL, and with `migrate` bring its tables to the newest version first.

    Raises UsageError for a URL that cannot be used and for tables of another version, DataError where nothing answers.
    """
    store = Store(_engine(url))
    try:
        if migrate:
            _migrate(store)
        found = store.version()
    except OperationalError as error:
        store.close()
        raise DataError(f"the database {_shown(url)} does not answer: {error.orig}. Is it running?") from error
    if found != newest_version():
        store.close()
        raise UsageError(
            f"the tables of {_shown(url)} are of version {found or 'none'}, this program needs {newest_version()}. "
            "Make a backup and bring them up to date: riskmodel database upgrade"
        )
    return store


def newest_version() -> str:
    """The revision that this program works with."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def version_in_file(path: Path) -> str:
    """The revision of the tables in a SQLite file that nobody writes; empty for one without tables.

    Raises DataError when it is damaged.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:  # no such table
        return ""
    except sqlite3.DatabaseError as error:
        raise DataError(f"{path} is damaged: {error}. Restore it from a backup.") from error
    return str(found[0]) if found else ""


def knows_version(version: str) -> bool:
    """Whether this program made such tables once, or makes them; a version that it does not know is a newer one."""
    return version in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def _migrate(store: Store) -> None:
    """Run the migrations that are missing, in one transaction; two programs at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with store.writing() as connection:
        if not store.embedded:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7205759403792793)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise UsageError("the database URL cannot be read. Write sqlite:///FILE or postgresql://HOST/NAME.") from error
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True, connect_args={"connect_timeout": 5})
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(f"no database of kind {parsed.drivername}: sqlite:///FILE or postgresql://HOST/NAME.")
    _make_file(Path(parsed.database))
    engine = create_engine(parsed, connect_args={"timeout": _PATIENCE, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _make_file(path: Path) -> None:
    """An empty file for its owner alone, before SQLite makes one that others may read."""
    make_folder(path.parent)
    path.touch(OWNERS_FILE, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers do not wait for the writer (WAL); what was committed survives a power cut (FULL)."""
    connection.isolation_level = None  # we say ourselves when a transaction begins
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(_PATIENCE * 1000)}"):
        connection.execute(f"PRAGMA {pragma}")


def _shown(url: str) -> str:
    """The URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
