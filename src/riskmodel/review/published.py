"""All published months, for those who look after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from riskmodel.review.assessments import Month
from riskmodel.review.schema import MONTHS

if TYPE_CHECKING:
    from riskmodel.review.store import Store


def published_months(store: Store) -> list[Month]:
    """Every month that is published, the newest first."""
    with store.reading() as connection:
        return [Month(**row) for row in connection.execute(select(MONTHS).order_by(MONTHS.c.as_of.desc())).mappings()]
