from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from riskmodel.scoring.measure_statements import statements
from riskmodel.scoring.measures import MeasureEntry, asked_facts
from riskmodel.tables import View
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
NUMBERS = {
    **{"loan_cap": 50000, "age.loan_min": 18, "age.loan_max": 65, "dibao_standard": 6000},
    **{"check.5_11_029.size_min": 4, "check.5_11_029.able_share": 0.5},
}
ORDINARY, EX_POOR = {"household_id": "H1", "category": "ordinary"}, {"household_id": "H1", "category": "ex_poor_policy"}
WORKER = {"person_id": "P1", "labour": "ordinary", "birth_month": date(1980, 1, 1)}
OLD = {"person_id": "P1", "labour": "none", "birth_month": date(1950, 1, 1)}
POOR = [{"period_end": date(2024, 9, 30), "net_per_capita": 963.6}]
DIBAO = {"measure_id": "M1", "measure": "social_security", "option": "dibao", "started_on": date(2024, 1, 1)}
WELL = {"person_id": "P1", "chronic_illness": False, "major_illness": False, "basic_insured": True}
NO_BILL_PAID = [{"settlement_id": "S1", "service_end": date(2024, 12, 1), "self_pay": 0}]
NOTHING_SURVEYED = [{"period_end": date(2024, 9, 30), "compliant_self_pay": 0}]


def all_said(causes: Sequence[str] = ("INCOME",), **tables: Any) -> list[MeasureEntry]:
    given: Mapping[str, Any] = {"households": [ORDINARY], **tables}
    view = View.of({name: rows_of(name, *rows) for name, rows in given.items()}, AS_OF, COUNTY)
    asked = asked_facts(view, policy_of(8000, **NUMBERS), full_id("H1"), causes)
    assert asked is not None
    return statements(asked)


def said(rule: str, option: str | None = None, causes: Sequence[str] = ("INCOME",), **tables: Any) -> MeasureEntry:
    (found,) = [one for one in all_said(causes, **tables) if (one.rule, one.option) == (rule, option)]
    return found


def entitled(option: str, **tables: Any) -> str:
    return str(said("M10", option, **tables).state)


def evidence(cause: str, **tables: Any) -> list[tuple[str | None, str | None]]:
    return [(one.state, one.fact) for one in all_said([cause], **tables) if one.rule == "MAP"]


# --- M10 and M09, which need no cause ---


def test_the_poorest_are_proposed_for_dibao_though_no_cause_is_told() -> None:
    found = said("M10", "dibao", income_surveys=POOR, members=[WORKER])
    assert (found.cause, found.state, found.fact) == (None, "open", "below_dibao")
    assert (found.value, found.most) == (963.6, 6000)


@pytest.mark.parametrize(("income", "state"), [(5999.99, "open"), (6000, "not_asked")])
def test_who_is_at_the_standard_is_not_asked(income: float, state: str) -> None:
    assert entitled("dibao", income_surveys=[POOR[0] | {"net_per_capita": income}]) == state


def test_who_has_dibao_or_tekun_already_has_what_the_rule_wants() -> None:
    tekun, else_ = DIBAO | {"option": "tekun"}, DIBAO | {"option": "pension"}
    states = [entitled("dibao", income_surveys=POOR, measures=[row]) for row in (DIBAO, tekun, else_)]
    assert states == ["met", "met", "open"]
    paid = {"month": date(2025, 2, 1), "amount": 300, "known_at": AS_OF}
    assert entitled("dibao", income_surveys=POOR, social_assistance=[paid]) == "met"
    assert entitled("tekun", income_surveys=POOR, members=[OLD], measures=[DIBAO]) == "not_asked"


def test_without_an_income_only_the_ex_poor_and_the_monitored_are_to_be_checked() -> None:
    assert entitled("dibao") == "not_asked"
    assert entitled("dibao", households=[EX_POOR]) == "to_check"
    assert entitled("dibao", households=[EX_POOR], measures=[DIBAO]) == "not_asked"


def test_extreme_hardship_is_to_be_checked_where_nobody_of_the_poor_can_work() -> None:
    assert entitled("tekun", income_surveys=POOR, members=[OLD]) == "to_check"
    assert entitled("tekun", income_surveys=POOR, members=[WORKER]) == "not_asked"
    assert entitled("tekun", income_surveys=POOR) == "not_asked"
    assert entitled("tekun", members=[OLD]) == "not_asked"


def test_where_nobody_can_work_income_from_assets_is_wanted_of_the_poor_and_the_ex_poor() -> None:
    def assets(**tables: Any) -> str:
        return str(said("M09", **tables).state)

    assert assets(members=[OLD]) == "not_asked"
    assert assets(members=[OLD], income_surveys=POOR) == "open"
    assert assets(members=[OLD], households=[EX_POOR]) == "open"
    assert assets(members=[WORKER], households=[EX_POOR]) == "not_asked"
    assert assets(members=[OLD | {"birth_month": date(1980, 1, 1), "labour": None}], households=[EX_POOR]) == (
        "not_asked"
    )
    running = {"measure_id": "M1", "measure": "industry", "started_on": date(2024, 1, 1)}
    for option, state in (("asset_income", "met"), (None, "met"), ("award_subsidy", "open")):
        assert assets(members=[OLD], households=[EX_POOR], measures=[running | {"option": option}]) == state


# --- evidence ---


@pytest.mark.parametrize(
    ("sign", "lacking"),
    [
        ({"members": [WELL | {"chronic_illness": True}]}, "self_pay"),
        ({"members": [WELL | {"basic_insured": False}]}, "ill_member"),
        ({"medical_settlements": [NO_BILL_PAID[0] | {"self_pay": 10}]}, "ill_member"),
        ({"income_surveys": [NOTHING_SURVEYED[0] | {"compliant_self_pay": 10}]}, "ill_member"),
        ({"guarantee_checks": [{"checked_on": date(2025, 1, 5), "insured_ok": False}]}, "ill_member"),
    ],
)
def test_one_sign_of_illness_is_enough_to_tell_of_it_and_what_should_be_there_too_is_named(
    sign: dict[str, Any], lacking: str
) -> None:
    well = {"members": [WELL], "medical_settlements": NO_BILL_PAID, "income_surveys": NOTHING_SURVEYED}
    assert evidence("ILL", **well) == [("questioned", "ill_member")]
    assert evidence("ILL", **{**well, **sign}) == [("incomplete", lacking)]


def test_an_illness_that_costs_lacks_nothing() -> None:
    ill = {"members": [WELL | {"chronic_illness": True}], "medical_settlements": [NO_BILL_PAID[0] | {"self_pay": 10}]}
    assert evidence("ILL", **ill, income_surveys=NOTHING_SURVEYED) == []


def test_where_no_sign_holds_and_one_is_not_known_that_one_is_to_be_checked() -> None:
    well = {"members": [WELL], "medical_settlements": NO_BILL_PAID, "income_surveys": NOTHING_SURVEYED}
    for table, fact in (("medical_settlements", "self_pay"), ("income_surveys", "surveyed_self_pay")):
        assert evidence("ILL", **{name: rows for name, rows in well.items() if name != table}) == [("to_check", fact)]
    unknown = {**well, "members": [WELL | {"basic_insured": None}]}
    assert evidence("ILL", **unknown) == [("to_check", "uninsured")]
    checked = {**unknown, "guarantee_checks": [{"checked_on": date(2025, 1, 5), "insured_ok": True}]}
    assert evidence("ILL", **checked) == [("questioned", "ill_member")]
    assert evidence("ILL") == [("to_check", "ill_member")]


def test_findings_that_disagree_have_both_days_and_what_found_nothing_out_has_none() -> None:
    seen = {"inspected_on": date(2023, 9, 2)}
    bad = [seen | {"house_grade": "C"}, seen | {"water_safe": False}]
    good = {"checked_on": date(2024, 10, 20), "house_ok": True, "water_ok": True}
    silent = good | {"house_ok": None, "water_ok": None}
    for cause in ("HOU", "WAT"):
        for tables, days in (
            ({"dwellings": bad, "guarantee_checks": [good]}, (date(2023, 9, 2), date(2024, 10, 20))),
            ({"guarantee_checks": [silent]}, (None, None)),
        ):
            found = said("MAP", causes=[cause], **tables)
            assert (found.state, found.found_on, found.checked_on) == ("to_check", *days)
