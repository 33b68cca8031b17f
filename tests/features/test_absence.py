from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.features import REGISTRY, assemble_view, declared
from riskmodel.features.absence import NOTHING_THERE, UNSAID, WITHOUT, Absence, absence
from riskmodel.features.origins import NEWEST, origins
from riskmodel.features.reading import most_read
from scenario import features_of

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

AS_OF = date(2025, 3, 5)
MONTH = date(2025, 2, 1)


def why(name: str, newest: date | None = MONTH, **tables: Any) -> Absence:
    """Why a feature of a household is missing, which it must be."""
    features = features_of(AS_OF, **tables)
    assert features[name] is None
    return absence(REGISTRY[name], features, newest, AS_OF)


def loan(**cells: Any) -> list[dict[str, Any]]:
    return [{"loan_id": "L1", "month": MONTH, "due_on": AS_OF, "balance": 0, **cells}]


def test_the_purposes_of_loans_do_not_apply_once_these_are_paid_off() -> None:
    survey = [{"period_end": date(2024, 9, 30), "net_total": 100, "net_per_capita": 100}]
    paid_off: dict[str, Any] = {"loan_statements": loan(status="settled"), "income_surveys": survey}
    assert why("loans_non_production_share", **paid_off) is Absence.NOT_APPLICABLE
    running: dict[str, Any] = {"loan_statements": loan(balance=5), "income_surveys": survey}
    assert why("loans_non_production_share", **running) is Absence.EITHER  # the purpose is not said


def test_a_share_of_wages_does_not_apply_without_wages() -> None:
    worker = [{"person_id": "P1"}]
    without_work = [{"person_id": "P1", "month": MONTH, "employed": False, "wage": 0}]
    survey = [{"period_end": date(2024, 9, 30)}]
    known: dict[str, Any] = {"members": worker, "employment": without_work, "income_surveys": survey}
    assert why("post_ending_wage_share", **known) is Absence.NOT_APPLICABLE
    assert why("post_months_left", **known) is Absence.NOT_APPLICABLE
    unsaid = [{"person_id": "P1", "month": MONTH, "employed": True}]
    assert why("post_ending_wage_share", members=worker, employment=unsaid) is Absence.EITHER


def test_a_ratio_to_net_income_does_not_apply_where_that_is_not_above_zero() -> None:
    loss = [{"period_end": date(2024, 9, 30), "net_total": -5, "net_per_capita": -5}]
    bills = [{"settlement_id": "S1", "service_end": MONTH, "self_pay": 50}]
    assert why("bills_to_income_12m", income_surveys=loss, medical_settlements=bills) is Absence.NOT_APPLICABLE


def test_no_row_is_told_as_no_record_not_as_a_lack_of_data() -> None:
    assert why("students", newest=None) is Absence.NO_RECORD
    assert why("house_grade", newest=None) is Absence.NO_RECORD


def test_a_row_before_the_window_is_none_inside_it() -> None:
    old = [{"settlement_id": "S1", "service_end": date(2024, 6, 1), "self_pay": 50}]
    assert why("bills_to_line_3m", newest=date(2024, 6, 1), medical_settlements=old) is Absence.NO_RECORD


def test_bills_without_a_stay_have_no_newest_stay() -> None:
    bills = [{"settlement_id": "S1", "service_end": MONTH, "visit_type": "outpatient"}]
    assert why("months_since_stay", medical_settlements=bills) is Absence.NOT_APPLICABLE


def test_an_ordinary_household_never_left_poverty_and_one_of_unknown_year_is_not_known() -> None:
    assert why("months_since_exit") is Absence.NOT_APPLICABLE
    ex_poor = [{"household_id": "H1", "category": "ex_poor_policy"}]
    assert why("months_since_exit", households=ex_poor) is Absence.EITHER


def test_a_row_that_does_not_say_is_a_lack_of_data() -> None:
    silent = [{"checked_on": MONTH, "stage": "routine"}]
    assert why("house_problem", guarantee_checks=silent) is Absence.NOT_KNOWN


def test_the_rules_are_about_declared_features_and_one_each() -> None:
    assert {*WITHOUT, *WITHOUT.values(), *NOTHING_THERE, *UNSAID} <= set(REGISTRY)
    assert UNSAID.isdisjoint(NOTHING_THERE)
    assert UNSAID.isdisjoint(WITHOUT)


@pytest.mark.parametrize("name", sorted(WITHOUT))
def test_what_does_not_apply_is_missing_wherever_the_other_is_not_above_zero(
    name: str, sample_workspace: Workspace
) -> None:
    (county,) = sample_workspace.counties()
    rows = assemble_view(sample_workspace.lake.view(county, date(2024, 5, 5)), sample_workspace.policy).rows
    without = rows.filter(rows[WITHOUT[name]] <= 0)
    assert without[name].null_count() == without.height or name == "months_since_exit"


def test_every_missing_value_of_the_county_has_a_reason(sample_workspace: Workspace) -> None:
    (county,) = sample_workspace.counties()
    table = assemble_view(sample_workspace.lake.view(county, date(2024, 5, 5)), sample_workspace.policy)
    assert table.newest is not None
    newest, found = origins(table.newest).to_dicts(), set()
    for features, days in zip(table.rows.to_dicts()[:150], newest, strict=False):
        for f in declared():
            if features[f.name] is None and most_read(f).asked:
                day = days[f"{NEWEST}{most_read(f).asked[0].prepared}"]
                reason = absence(f, features, day, table.as_of)
                assert day is not None or reason in (Absence.NO_RECORD, Absence.NOT_APPLICABLE)
                found.add(reason)
    assert found == set(Absence)
