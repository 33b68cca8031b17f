from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.assessments import Month, MonthReplaced, replace_month
from riskmodel.review.month_parts import NotPrepared, part

if TYPE_CHECKING:
    from riskmodel.review.store import Store

MONTH = Month(date(2026, 1, 4), "x", "m", None, "f", "p", 0, "2026-01-05T00:00:00Z")
AGAIN = Month(date(2026, 1, 4), "x", "m", None, "f", "p", 0, "2026-01-06T00:00:00Z")


def test_a_part_comes_with_its_month_and_goes_with_it(store: Store) -> None:
    replace_month(store, MONTH, [], [], [("facts", b"old"), ("id", b"\x00\xff")])
    assert (part(store, MONTH, "facts"), part(store, MONTH, "id")) == (b"old", b"\x00\xff")
    replace_month(store, AGAIN, [], [], [("facts", b"new")])
    assert part(store, AGAIN, "facts") == b"new"
    with pytest.raises(MonthReplaced):
        part(store, MONTH, "facts")


def test_a_month_of_an_older_version_says_how_to_prepare_it(store: Store) -> None:
    replace_month(store, MONTH, [], [])
    with pytest.raises(NotPrepared, match="riskmodel publish --as-of 2026-01-04"):
        part(store, MONTH, "facts")
