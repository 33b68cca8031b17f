from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskmodel.features.lists import listed_months
from riskmodel.tables import View
from riskmodel.tables.batches import BatchRecord
from scenario import COUNTY, full_list

JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 31)
MONTHS = {date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)}
TABLE = "social_assistance"


def listed(*records: BatchRecord, as_of: date = date(2025, 4, 5)) -> dict[str, frozenset[date]]:
    return listed_months(replace(View.of({}, as_of, COUNTY), records=records))


def test_a_full_list_covers_the_months_of_its_period() -> None:
    assert listed(full_list(TABLE, JANUARY, MARCH)) == {TABLE: MONTHS}
    assert listed() == {}


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2025, 1, 2), MARCH, {date(2025, 2, 1), date(2025, 3, 1)}),
        (JANUARY, date(2025, 3, 30), {date(2025, 1, 1), date(2025, 2, 1)}),
        (date(2024, 12, 1), date(2024, 12, 31), {date(2024, 12, 1)}),
        (date(2025, 1, 2), date(2025, 1, 31), set()),
    ],
)
def test_a_month_counts_only_as_a_whole(first: date, last: date, months: set[date]) -> None:
    assert listed(full_list(TABLE, first, last)).get(TABLE, frozenset()) == months


def test_lists_of_several_deliveries_add_up() -> None:
    parts = [full_list(TABLE, date(2025, m, 1), end) for m, end in ((1, date(2025, 1, 31)), (3, MARCH))]
    assert listed(*parts)[TABLE] == MONTHS - {date(2025, 2, 1)}


def test_a_list_that_comes_later_says_nothing_yet() -> None:
    late = full_list(TABLE, JANUARY, MARCH, received_on=date(2025, 4, 6))
    assert listed(late) == {}
    assert listed(late, as_of=date(2025, 4, 6)) == {TABLE: MONTHS}


def test_a_list_of_another_department_and_a_part_of_a_list_say_nothing() -> None:
    assert listed(full_list(TABLE, JANUARY, MARCH, source="disabled")) == {}
    assert listed(replace(full_list(TABLE, JANUARY, MARCH), full_list=False)) == {}
    assert listed(replace(full_list(TABLE, JANUARY, MARCH), period_from=None)) == {}


def test_a_list_with_a_row_that_could_not_be_used_says_nothing_and_one_of_an_earlier_release_counts() -> None:
    whole = full_list(TABLE, JANUARY, MARCH)
    for unusable, months in ((0, MONTHS), (None, MONTHS), (1, None)):
        assert listed(replace(whole, rows_unusable=unusable)).get(TABLE) == months


def test_of_several_lists_of_a_month_the_newest_decides() -> None:
    day, later = date(2025, 4, 1), date(2025, 4, 3)
    whole, broken = full_list(TABLE, JANUARY, MARCH, day), full_list(TABLE, date(2025, 2, 1), MARCH, later)
    broken = replace(broken, rows_unusable=3)
    assert listed(broken, whole)[TABLE] == {date(2025, 1, 1)}
    assert listed(broken, whole, as_of=day)[TABLE] == MONTHS
    again = replace(whole, received_on=later.isoformat(), sequence=2)
    assert listed(again, broken)[TABLE] == MONTHS
