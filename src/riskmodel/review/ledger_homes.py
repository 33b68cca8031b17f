"""Entries of the ledger go with their households: where one lives now decides who sees and answers for its entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from riskmodel.review.ledger import TOWNSHIP
from riskmodel.review.ledger_schema import ENTRIES
from riskmodel.review.schema import ASSESSMENTS

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.review.store import Store


def follow_homes(store: Store, as_of: date) -> int:
    """Put entries where a published date has their households; returns how many moved."""
    c, said = ENTRIES.c, ASSESSMENTS.c
    same = (said.household_id == c.household_id) & (said.as_of == as_of)
    village = select(said.village_code).where(same).scalar_subquery()
    moved = select(said.household_id).where(same, said.village_code != c.village_code).exists()
    values = {"village_code": village, "township": func.substr(village, 1, TOWNSHIP)}
    with store.writing() as connection:
        return connection.execute(update(ENTRIES).where(moved).values(**values)).rowcount
