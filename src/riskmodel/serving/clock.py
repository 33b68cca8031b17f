"""The edge where the clock is read: the time in China, for the command line and the service."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

CHINA: Final = timezone(timedelta(hours=8))


def now() -> datetime:
    """The time in China; read here and passed down."""
    return datetime.now(CHINA)
