"""What somebody sees who joins today's tables to an old date."""

from __future__ import annotations

import polars as pl
import pytest

from lake_rows import amounts, day, income, many
from riskmodel.errors import UsageError
from riskmodel.tables import View
from riskmodel.tables.hindsight import in_hindsight


def test_what_was_told_later_is_seen_in_hindsight_and_not_in_the_view_of_the_day() -> None:
    rows = {"incomes": pl.concat([income(1, 5, day(1)), income(1, 7, day(20), month=2)])}
    assert amounts(View.of(rows, day(5)).canonical("incomes")) == [5]
    assert amounts(in_hindsight(View.of(rows, day(30)), day(5)).canonical("incomes")) == [5, 7]


def test_a_correction_and_a_cancellation_count_from_the_beginning() -> None:
    corrected = [income(1, 5, day(1)), income(1, 9, day(20))]
    cancelled = [income(2, 3, day(1)), income(2, 3, day(20), retracted=True)]
    rows = {"incomes": pl.concat([*corrected, *cancelled])}
    assert amounts(View.of(rows, day(5)).canonical("incomes")) == [3, 5]
    assert amounts(in_hindsight(View.of(rows, day(30)), day(5)).canonical("incomes")) == [9]


def test_what_even_the_later_day_does_not_know_stays_unknown() -> None:
    rows = {"incomes": pl.concat([income(1, 5, day(1)), income(1, 7, day(40), month=2)])}
    assert amounts(in_hindsight(View.of(rows, day(30)), day(5)).canonical("incomes")) == [5]


def test_the_dates_of_what_happened_stay() -> None:
    rows = {
        "households": many("households", {"valid_from": [day(0), day(9)], "size": [3, 4], "known_at": [day(0), day(9)]})
    }
    seen = in_hindsight(View.of(rows, day(30)), day(5))
    assert seen.as_of == day(5)
    assert seen.states("households").collect()["size"].to_list() == [3]


def test_nothing_seems_to_have_been_known_after_the_day() -> None:
    rows = {"incomes": pl.concat([income(1, 5, day(1)), income(1, 7, day(20), month=2)])}
    seen = in_hindsight(View.of(rows, day(30)), day(5)).canonical("incomes")
    assert sorted(seen["known_at"]) == [day(1), day(5)]


def test_hindsight_of_a_later_day_is_refused() -> None:
    with pytest.raises(UsageError, match="no hindsight"):
        in_hindsight(View.of({}, day(5)), day(6))
