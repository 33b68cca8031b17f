"""Asking again: only where the service says when, and never without end."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from riskmodel.client.service_error import ServiceError

BUSY: Final = (429, 503)
"""Over the rate of the key, or more requests than the service takes on. Both are answered before anything is done, so
that asking again does nothing twice."""


@dataclass(frozen=True)
class Patience:
    """How often and how long a client asks again after 429 and 503 with Retry-After."""

    tries: int = 5
    """Requests in all, the first one included; 1 = never again."""
    seconds: float = 60.0
    """Waited in all; where the service asks for more, its answer is the error at once."""
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def waits(self, error: ServiceError, tried: int, waited: float) -> float | None:
        """Seconds to wait before asking again after `tried` requests and `waited` seconds; None = do not ask again."""
        if error.status not in BUSY or error.retry_after is None or tried >= self.tries:
            return None
        return error.retry_after if waited + error.retry_after <= self.seconds else None
