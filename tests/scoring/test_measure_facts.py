from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from riskmodel.scoring.measure_facts import InForce, MeasureFacts, measure_facts
from riskmodel.tables import View
from riskmodel.tables.batches import BatchRecord
from scenario import COUNTY, full_list, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)


def facts(listed: Sequence[BatchRecord] = (), **tables: Sequence[dict[str, Any]]) -> MeasureFacts | None:
    rows = {"households": [{"household_id": "H1"}], **tables}
    view = View.of({name: rows_of(name, *given) for name, given in rows.items()}, AS_OF, COUNTY)
    code = view.ids.of("H").index_of(full_id("H1"))
    assert code is not None
    return measure_facts(replace(view, records=listed), policy_of(8000), code)


def fact(name: str, listed: Sequence[BatchRecord] = (), **tables: Sequence[dict[str, Any]]) -> Any:
    found = facts(listed, **tables)
    assert found is not None
    return found.told[name]


@pytest.mark.parametrize(
    ("name", "table", "first", "last"),
    [
        ("self_pay", "medical_settlements", date(2024, 3, 1), date(2025, 2, 28)),
        ("small_loans", "loan_statements", date(2024, 9, 1), date(2025, 2, 28)),
        ("disasters", "shocks", date(2022, 3, 1), date(2025, 2, 28)),
        ("students", "enrolments", date(2025, 3, 1), date(2025, 8, 31)),
    ],
)
def test_no_row_means_none_only_where_full_lists_cover_the_window(
    name: str, table: str, first: date, last: date
) -> None:
    assert fact(name) is None
    assert fact(name, [full_list(table, first, last)]) == 0
    assert fact(name, [full_list(table, first, last, source="village")]) is None


def test_a_list_of_natural_disasters_says_nothing_of_accidents_and_failed_business() -> None:
    listed = [full_list("shocks", date(2022, 3, 1), date(2025, 2, 28))]
    assert (fact("accidents", listed), fact("business_shocks", listed)) == (None, None)
    flood = {"happened_on": date(2025, 1, 5), "kind": "flood"}
    assert (fact("accidents", listed, shocks=[flood]), fact("disasters", listed, shocks=[flood])) == (0, 1)


def test_an_autumn_list_of_the_schools_says_nothing_of_the_spring_term() -> None:
    autumn = full_list("enrolments", date(2024, 9, 1), date(2025, 1, 31))
    assert fact("vocational", [autumn]) is None


def test_bills_count_for_twelve_complete_months() -> None:
    bills = [
        {"settlement_id": f"S{n}", "service_end": day, "self_pay": 10.5}
        for n, day in enumerate((date(2024, 2, 29), date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1)))
    ]
    assert fact("self_pay", medical_settlements=bills) == 21.0


def test_a_list_of_the_civil_affairs_department_ends_an_older_row() -> None:
    paid = {"month": date(2025, 1, 1), "known_at": date(2025, 2, 1)}
    assert fact("on_dibao", social_assistance=[paid]) is True
    newest = full_list("social_assistance", date(2025, 2, 1), date(2025, 2, 28))
    assert fact("on_dibao", [newest], social_assistance=[paid]) is False
    older = full_list("social_assistance", date(2024, 12, 1), date(2024, 12, 31))
    assert fact("on_dibao", [older], social_assistance=[paid]) is True
    assert fact("on_dibao") is False


def test_of_a_household_that_is_not_active_nothing_is_told() -> None:
    assert facts(households=[{"household_id": "H1", "status": "dissolved", "size": 0}]) is None


def test_measures_of_one_kind_are_told_once_with_an_end_only_if_all_have_one() -> None:
    kind = {"measure": "health", "option": "family_doctor"}
    ending = {"measure_id": "M1", "started_on": date(2024, 1, 1), "ended_on": date(2025, 12, 31)} | kind
    lasting = {"measure_id": "M2", "started_on": date(2024, 5, 1)} | kind
    one, both = facts(measures=[ending]), facts(measures=[ending, lasting])
    assert one is not None
    assert both is not None
    of_kind = ("health", "family_doctor", date(2024, 1, 1))
    assert one.running == [InForce(*of_kind, date(2025, 12, 31))]
    assert both.running == [InForce(*of_kind, None)]
