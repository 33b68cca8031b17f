"""Run the service with uvicorn: one process or several, each of which ends its requests before it stops."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import structlog
import uvicorn
from uvicorn.supervisors import Multiprocess

from riskmodel.serving.api.protocol import BoundedProtocol
from riskmodel.serving.api.stopping import STOPPING
from riskmodel.settings import load, prepare_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from fastapi import FastAPI

APPLICATION: Final = "riskmodel.serving.api.server:application"
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Names in the environment the folder of what the processes of one service count together: the rates of keys, and the
numbers of prometheus_client, which reads this name before its first number is made."""
DRAIN_SECONDS: Final = 2.0
"""After SIGTERM /readyz says 503 for so long before no more connections are taken."""
NOT_READY: Final = signal.SIGUSR1
"""What the first process says to the others."""
ENDING_SECONDS: Final = 30
"""Requests that run longer than this when it stops are cut off."""


class Supervisor(Multiprocess):
    """Several processes, which are first all not ready, then closed."""

    _alive: frozenset[int | None] = frozenset()

    def keep_subprocess_alive(self) -> None:
        """As of uvicorn; what a process that ended told of its present state is told no longer, its counts stay."""
        from prometheus_client.multiprocess import mark_process_dead

        super().keep_subprocess_alive()
        alive = frozenset(process.pid for process in self.processes)
        for ended in self._alive - alive:
            mark_process_dead(ended)  # type: ignore[no-untyped-call]  # as of prometheus_client
        self._alive = alive

    def handle_term(self) -> None:
        """Say in every process that it stops, and close them after some time."""
        for process in self.processes:
            if process.pid:
                os.kill(process.pid, NOT_READY)
        time.sleep(DRAIN_SECONDS)
        super().handle_term()

    def handle_int(self) -> None:
        """As for SIGTERM."""
        self.handle_term()


class Server(uvicorn.Server):
    """A server that is first not ready, then closed."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal says that it stops; a second one, or some time, closes it."""
        if STOPPING.is_set():
            super().handle_exit(sig, frame)
            return
        STOPPING.set()
        timer = threading.Timer(DRAIN_SECONDS, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()

    async def shutdown(self, sockets: Any = None) -> None:
        """As of uvicorn; the signals that were caught are not raised again: to be asked to stop is no error."""
        await super().shutdown(sockets)
        self._captured_signals.clear()


def application() -> FastAPI:
    """The application of the workspace that the environment names; called in every process."""
    from riskmodel.serving.api.app import Limits, create_app
    from riskmodel.workflows.workspace import Workspace

    if threading.current_thread() is threading.main_thread():
        signal.signal(NOT_READY, lambda *_: STOPPING.set())
    log_as_json()  # a further process inherits nothing of the first one's
    shared = os.environ.get(SHARED)
    return create_app(Workspace(load()), Limits(shared=Path(shared) if shared else None))


def serve(host: str, port: int, workers: int) -> None:
    """Answer until a signal comes. RISKMODEL_HOME and the other settings have to be in the environment already."""
    prepare_process()
    log_as_json()
    config = uvicorn.Config(
        APPLICATION,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=ENDING_SECONDS,
        http=BoundedProtocol,
        loop="uvloop",
    )
    with _shared_folder():
        if workers == 1:
            Server(config).run()
        else:
            Supervisor(config, sockets=[config.bind_socket()]).run()


@contextmanager
def _shared_folder() -> Iterator[None]:
    """A folder for what processes count together, named in the environment; locked, so that systemd's cleaning of
    old temporary files leaves it alone."""
    with tempfile.TemporaryDirectory(prefix="riskmodel-serve-") as folder:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(held, fcntl.LOCK_SH)
        os.environ[SHARED] = folder
        try:
            yield
        finally:
            os.close(held)


def log_as_json() -> None:
    """One JSON object per line on standard error, from this program and from uvicorn alike."""
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=shared
        )
    )
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
