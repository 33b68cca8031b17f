"""The service behind a real socket, in a thread of this process."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from riskmodel.serving.api.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.workspace import Workspace

PATIENCE = 60
"""Seconds to wait for what happens in a moment on a machine that has time."""


@contextmanager
def live(workspace: Workspace) -> Iterator[str]:
    """Address of the service of a workspace, which is stopped at the end."""
    config = uvicorn.Config(create_app(workspace), port=0, log_config=None, access_log=False)
    server, socket = uvicorn.Server(config), config.bind_socket()
    thread = threading.Thread(target=server.run, args=([socket],), daemon=True)
    thread.start()
    deadline = time.monotonic() + PATIENCE
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        assert time.monotonic() < deadline, "the service does not start"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        socket.close()
