"""Whether this process was asked to stop: then /readyz says so, and a balancer sends its requests elsewhere."""

from __future__ import annotations

import threading
from typing import Final

STOPPING: Final = threading.Event()
