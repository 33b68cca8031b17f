from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from riskmodel.review.assessments import Month, replace_month
from riskmodel.review.published import published_months

if TYPE_CHECKING:
    from riskmodel.review.store import Store


def test_published_months_are_listed_the_newest_first(store: Store) -> None:
    assert published_months(store) == []
    for number in (1, 3, 2):
        month = Month(date(2026, number, 5), "l", "m", None, "f", "p", 0, "2026-01-05T00:00:00Z")
        replace_month(store, month, [], [])
    assert [month.as_of.month for month in published_months(store)] == [3, 2, 1]
