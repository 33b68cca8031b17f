"""Entries of the ledger by the name of a household's head."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_pages import villages_with_entries, with_entries
from riskmodel.workflows.list_names import MOST_NAMES, with_name

if TYPE_CHECKING:
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.identities import Identity
    from riskmodel.workflows.service import Service


def ledger_named(
    service: Service, who: Principal, area: str, text: str, purpose: str, now: datetime
) -> dict[str, Identity]:
    """Households of an area that have an entry, and whose head has a name with this text in it.

    Raises NoSuchEntry for an area that lies not in that of who asks, and as `with_name`.
    """
    if not who.sees(area):
        raise NoSuchEntry
    return with_name(service, who, with_entries(service.store, area, MOST_NAMES + 1), text, purpose, now)


def ledger_villages(service: Service, who: Principal, area: str) -> list[str]:
    """Codes of the villages of an area that have an entry; none outside of the area of who asks."""
    return villages_with_entries(service.store, area) if who.sees(area) else []
