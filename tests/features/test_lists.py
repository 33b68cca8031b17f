from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from riskmodel.features import assemble_view
from riskmodel.features.lists import lists_of
from riskmodel.features.neighbours import Neighbours
from riskmodel.features.windows import SHOCK_MONTHS, months_before
from riskmodel.tables import View
from riskmodel.tables.batches import BatchRecord
from scenario import COUNTY, Rows, full_list, policy_of, rows_of
from worked_example import full_id

JANUARY, MARCH = date(2025, 1, 1), date(2025, 3, 31)
MONTHS = {date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)}
TABLE = "social_assistance"


def listed(*records: BatchRecord, as_of: date = date(2025, 4, 5)) -> dict[str, frozenset[date]]:
    return dict(lists_of(replace(View.of({}, as_of, COUNTY), records=records)).months)


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


@pytest.mark.parametrize(("unnamed", "months"), [(0, MONTHS), (5, MONTHS), (6, None)])
def test_a_list_with_many_rows_that_name_nobody_says_nothing(unnamed: int, months: set[date] | None) -> None:
    whole = replace(full_list(TABLE, JANUARY, MARCH), rows_read=1000, rows_unusable=500, rows_unnamed=unnamed)
    assert listed(whole).get(TABLE) == months


def test_of_a_list_of_an_earlier_release_nobody_knows_whom_its_unusable_rows_name() -> None:
    whole = replace(full_list(TABLE, JANUARY, MARCH), rows_read=100, rows_unnamed=None)
    for unusable, months in ((0, MONTHS), (None, MONTHS), (1, None)):
        assert listed(replace(whole, rows_unusable=unusable)).get(TABLE) == months


def test_who_is_named_by_a_row_that_could_not_be_used_is_in_doubt_until_the_list_is_sent_again() -> None:
    first, second = (replace(full_list(TABLE, JANUARY, MARCH), in_doubt=(full_id(h),)) for h in ("H1", "H2"))
    second = replace(second, received_on="2025-04-03", sequence=2)
    view = replace(View.of({}, date(2025, 4, 5), COUNTY), records=(second, first))
    lists = lists_of(view)
    assert lists.doubted(TABLE) == {full_id("H2")}
    assert lists.doubted("incomes") == frozenset()
    assert lists.of(full_id("H1")) == {TABLE: MONTHS}
    assert lists.of(full_id("H2")) == {}
    assert lists_of(replace(view, called={"other": full_id("H2")})).doubted(TABLE) == {"other"}


def test_a_doubt_ends_with_the_months_that_are_looked_at() -> None:
    january = replace(full_list(TABLE, JANUARY, date(2025, 1, 31)), in_doubt=(full_id("H1"),))
    views = {d: replace(View.of({}, d, COUNTY), records=(january,)) for d in (date(2026, 1, 30), date(2026, 1, 31))}
    assert [lists_of(view).doubted(TABLE) for view in views.values()] == [{full_id("H1")}, frozenset()]


def test_of_several_lists_of_a_month_the_newest_decides() -> None:
    day, later = date(2025, 4, 1), date(2025, 4, 3)
    whole, broken = full_list(TABLE, JANUARY, MARCH, day), full_list(TABLE, date(2025, 2, 1), MARCH, later)
    broken = replace(broken, rows_unusable=3, rows_unnamed=3)
    assert listed(broken, whole)[TABLE] == {date(2025, 1, 1)}
    assert listed(broken, whole, as_of=day)[TABLE] == MONTHS
    again = replace(whole, received_on=later.isoformat(), sequence=2)
    assert listed(again, broken)[TABLE] == MONTHS


# --- who is in doubt ---

AS_OF = date(2025, 4, 5)
HOUSEHOLDS = ("H1", "H2")
ROWS: Rows = {
    "households": rows_of("households", *({"household_id": h} for h in HOUSEHOLDS)),
    "income_surveys": rows_of(
        "income_surveys",
        *({"household_id": h, "period_end": date(2024, 9, 30), "net_per_capita": 4000} for h in HOUSEHOLDS),
    ),
    "incomes": rows_of("incomes", *({"household_id": h, "month": JANUARY, "amount": 100} for h in HOUSEHOLDS)),
    "social_assistance": rows_of(
        "social_assistance", *({"household_id": h, "month": JANUARY, "scheme": "dibao"} for h in HOUSEHOLDS)
    ),
}
"""Two households of which the same is known: dibao in January, and not in February and March."""
TABLES = ("incomes", "medical_settlements", "loan_statements", "social_assistance", "shocks")


def view_of(in_doubt: str = "", tables: tuple[str, ...] = TABLES, rows: Rows = ROWS) -> View:
    """The view, full lists of these tables, and one household whom a row of each of them names that was refused."""
    lists = [full_list(table, months_before(JANUARY, SHOCK_MONTHS), MARCH) for table in tables]
    told = [replace(one, in_doubt=(full_id(in_doubt),) if in_doubt else ()) for one in lists]
    return replace(View.of(rows, AS_OF, COUNTY), records=told)


def features(view: View, household: str, neighbours: Neighbours | None = None) -> dict[str, float | None]:
    made = assemble_view(view, policy_of(), neighbours=neighbours).rows
    (found,) = made.filter(household_id=full_id(household)).iter_rows(named=True)
    return {name: value for name, value in found.items() if name != "household_id"}


def test_who_is_in_doubt_is_looked_at_as_without_lists_and_nobody_else_is() -> None:
    listed, unlisted = features(view_of(), "H1"), features(view_of(tables=()), "H1")
    view = view_of("H1")
    found = features(view, "H1")
    beside = features(view, "H2")
    own = {name for name in listed if not name.startswith("village_")}  # those of the village tell of H1
    assert {name: beside[name] for name in own} == {name: listed[name] for name in own}
    assert (listed["dibao_ended"], unlisted["dibao_ended"]) == (1, None)
    differing = {name for name, value in listed.items() if value != unlisted[name]}
    assert {"bills_to_line_12m", "loans_to_line", "disasters_12m", "relief_to_line_6m"} <= differing
    for name in own:
        assert found[name] == unlisted[name] or (name.startswith("on_") and found[name] is None), name


@pytest.mark.parametrize("several", [True, False])
def test_a_household_in_doubt_gets_the_same_beside_what_was_published(several: bool) -> None:
    whole = assemble_view(view_of("H1"), policy_of()).neighbours
    assert whole is not None
    own = ROWS if several else {name: rows.filter(household_id=full_id("H1")) for name, rows in ROWS.items()}
    assert features(view_of("H1", rows=own), "H1", whole) == features(view_of("H1"), "H1")
