"""Households of a published month, without a model: just what a verdict and the ledger ask of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from riskmodel import __version__
from riskmodel.review.assessments import Month, packed, replace_month

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.review.store import Store


def publish_households(store: Store, homes: Mapping[str, str], as_of: date, told: str = "约一成") -> None:
    """Publish a date with households in their villages; `told`: what their explanations say."""
    facts = {"tier": "high", "monitored": False, "too_new": False}
    row = {
        **{"category": "ordinary", "probability": 0.12, "tier": "high", "cause": "ILL", "rank_county": 1},
        **{"listed": True, "row": packed(json.dumps(facts).encode())},
        "answer": packed(f'{__version__}\n{{"meaning": "{told}"}}'.encode()),
    }
    rows = [row | {"household_id": household, "village_code": village} for household, village in homes.items()]
    month = Month(as_of, "x", "m", None, "f", "p", len(rows), f"{as_of}T00:00:00Z")
    replace_month(store, month, [rows], [])
