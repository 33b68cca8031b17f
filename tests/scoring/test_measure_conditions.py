from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from riskmodel.policy import EVIDENCE, MEASURE_RULES, REMEDIES
from riskmodel.scoring.measure_conditions import CONDITIONS, Answer
from riskmodel.scoring.measures import asked_facts
from riskmodel.tables import View
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

Rows = Sequence[Mapping[str, object]]
ALL_RULES = {
    **{"loan_cap": 50000.0, "age.loan_min": 18, "age.loan_max": 65, "dibao_standard": 6000},
    **{"check.5_11_029.size_min": 4, "check.5_11_029.able_share": 0.5},
}


def answered(size: int = 4, numbers: Mapping[str, float] = ALL_RULES, **tables: Any) -> dict[str, Answer]:
    rows: dict[str, Rows] = {"households": [{"household_id": "H1", "size": size}], **tables}
    view = View.of({name: rows_of(name, *given) for name, given in rows.items()}, date(2025, 3, 5), COUNTY)
    asked = asked_facts(view, policy_of(8000, **numbers), full_id("H1"), [])
    assert asked is not None
    return dict(asked.told)


def met(name: str, found: Mapping[str, Answer]) -> bool | None:
    return found[name].met


def test_every_condition_that_the_map_names_is_declared_and_every_declared_one_is_named() -> None:
    named = {name for r in REMEDIES for name in (*r.needs, *([r.when] if r.when else []))}
    named |= {name for names in EVIDENCE.values() for name in names}
    assert named == set(CONDITIONS)
    assert {condition.rule for condition in CONDITIONS.values()} <= set(MEASURE_RULES)


def test_of_a_household_without_any_fact_nothing_is_known_but_its_kind() -> None:
    found = answered()
    assert list(found) == list(CONDITIONS)
    assert [name for name, answer in found.items() if answer.met is not None] == ["borrower_entitled"]


def test_a_number_that_is_not_in_force_leaves_the_answer_open() -> None:
    rows: dict[str, Any] = {
        "members": [{"person_id": "P1", "labour": "ordinary"}],
        "income_surveys": [{"period_end": date(2024, 9, 30), "net_per_capita": 100}],
        "loan_statements": [{"loan_id": "L1", "month": date(2025, 1, 1), "product": "small_loan"}],
    }
    names = ("borrower_age", "loan_room", "below_dibao")
    assert [met(name, answered(numbers={}, **rows)) for name in names] == [None, None, None]
    assert [met(name, answered(**rows)) for name in names] == [True, False, True]
    borrower = answered(**rows)["borrower_age"]
    assert (borrower.least, borrower.most, borrower.value) == (18, 65, 1)


def test_lack_of_labour_is_questioned_where_half_of_four_or_more_can_work() -> None:
    able: list[Mapping[str, object]] = [{"person_id": f"P{n}", "labour": "weak"} for n in (1, 2)]
    others: list[Mapping[str, object]] = [{"person_id": f"P{n}", "labour": "none"} for n in (3, 4, 5)]
    assert met("short_of_labour", answered(4, members=able + others[:2])) is False
    assert met("short_of_labour", answered(5, members=able + others)) is True
    assert met("short_of_labour", answered(3, members=able + others[:1])) is True
    unknown: list[Mapping[str, object]] = [{"person_id": "P9", "labour": None}]
    assert met("short_of_labour", answered(5, members=able + unknown + others[:2])) is None


def test_business_shows_in_income_in_a_measure_or_in_a_shock() -> None:
    survey: dict[str, object] = {"period_end": date(2024, 9, 30)}
    assert met("business", answered(income_surveys=[survey | {"business": 0.01}])) is True
    assert met("business", answered(income_surveys=[survey])) is False
    measure: dict[str, object] = {"measure_id": "M1", "started_on": date(2020, 1, 1), "ended_on": date(2020, 2, 1)}
    assert met("business", answered(income_surveys=[survey], measures=[measure])) is True
    shock: dict[str, object] = {"happened_on": date(2024, 1, 1), "kind": "project_failure"}
    assert met("business", answered(shocks=[shock])) is True
