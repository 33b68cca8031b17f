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
from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from riskmodel.errors import DatabaseAway, DataError, RiskModelError, StorageError, UsageError
from riskmodel.tables.files import OWNERS_FILE, make_folder
from riskmodel.tables.storage import naming, of_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_PATIENCE: Final = 10.0
"""Seconds that a writer waits for another one."""

_SERVER_REFUSES: Final = ("53100", "25006")
"""PostgreSQL's codes for a full disk and for a server that only reads."""
_SERVER_AWAY: Final = ("", "08", "57")
"""Start of its codes where nobody answers: no connection, a lost one, a server that ends."""


@dataclass(frozen=True)
class Store:
    """An open database of the right version."""

    engine: Engine = field(repr=False)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection for reading; what others write meanwhile is not seen."""
        with self._refusals(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is there when this ends, or nothing. BusyError where others write too long."""
        with self._refusals(), self.engine.begin() as connection:
            if self.embedded:  # else two readers that both go on to write would block each other
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turn what the database refuses into our errors; the one place where that is done."""
        try:
            yield
        except DBAPIError as error:
            ours = _meaning(self.engine, error)
            if ours is None:
                raise
            raise ours from error.orig
        except PoolTimeout as error:  # all connections wait for a server that does not answer
            raise DatabaseAway(f"the database {_shown(self.engine.url)} does not answer: {error}") from error

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

    Raises UsageError for a URL that cannot be used and for tables of another version, DatabaseAway where nothing
    answers.
    """
    store = Store(_engine(url))
    try:
        if migrate:
            _migrate(store)
        found = store.version()
    except RiskModelError:
        store.close()
        raise
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
        return create_engine(parsed, pool_pre_ping=True, hide_parameters=True, connect_args={"connect_timeout": 5})
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError(f"no database of kind {parsed.drivername}: sqlite:///FILE or postgresql://HOST/NAME.")
    _make_file(Path(parsed.database))
    options = {"timeout": _PATIENCE, "check_same_thread": False}
    engine = create_engine(parsed, hide_parameters=True, connect_args=options)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _make_file(path: Path) -> None:
    """An empty file for its owner alone, before SQLite makes one that others may read."""
    make_folder(path.parent)
    with naming(path):
        path.touch(OWNERS_FILE, exist_ok=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers do not wait for the writer (WAL); what was committed survives a power cut (FULL)."""
    connection.isolation_level = None  # we say ourselves when a transaction begins
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={int(_PATIENCE * 1000)}"):
        connection.execute(f"PRAGMA {pragma}")


def _meaning(engine: Engine, error: DBAPIError) -> RiskModelError | None:
    """What an error of the database means to who uses it; None for a fault of the program."""
    if engine.dialect.name == "sqlite":
        return of_sqlite(Path(engine.url.database or ""), error.orig)
    name = _shown(engine.url)
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in _SERVER_REFUSES:
        return StorageError(
            f"the database {name} refuses to write: {error.orig}. Make room on its server, or make it writable, and "
            f"run the command again. / 数据库 {name} 拒绝写入。请在其服务器上清理空间或恢复写入权限后重新运行该命令。"
        )
    if isinstance(error, OperationalError) and state[:2] in _SERVER_AWAY:
        return DatabaseAway(
            f"the database {name} does not answer: {error.orig}. Is it running? / 数据库 {name} 没有应答。它在运行吗？"
        )
    return None


def _shown(url: str | URL) -> str:
    """The URL without its password."""
    return make_url(url).render_as_string(hide_password=True)
