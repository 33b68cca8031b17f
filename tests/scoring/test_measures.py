from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest

from riskmodel.errors import UsageError
from riskmodel.policy import Policy
from riskmodel.scoring.measure_statements import statements
from riskmodel.scoring.measures import Asked, asked_facts, proposals
from riskmodel.tables import View
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
BORN_18, BORN_17 = date(2007, 3, 1), date(2007, 4, 1)
BORN_65, BORN_66 = date(1960, 3, 1), date(1959, 3, 1)
BORN_59, BORN_60 = date(1965, 4, 1), date(1965, 3, 1)
NUMBERS = {
    **{"loan_cap": 50000, "age.loan_min": 18, "age.loan_max": 65, "dibao_standard": 6000},
    **{"check.5_11_029.size_min": 4, "check.5_11_029.able_share": 0.5},
}
LOAN = {"loan_id": "L1", "month": date(2025, 1, 1), "product": "small_loan", "due_on": date(2025, 9, 1)}
LOAN |= {"balance": 20000, "principal": 20000, "started_on": date(2023, 9, 1), "purpose": "crop", "known_at": AS_OF}
WORKER = {"person_id": "P1", "labour": "ordinary", "birth_month": date(1980, 1, 1)}
OLD = {"person_id": "P1", "labour": "none", "birth_month": date(1950, 1, 1)}
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def view(tables: Tables, as_of: date = AS_OF) -> View:
    given: Tables = {"households": [{"household_id": "H1", "category": "ex_poor_policy"}], **tables}
    return View.of({name: rows_of(name, *rows) for name, rows in given.items()}, as_of, COUNTY)


def asked(seen: View, *causes: str, numbers: Policy | None = None) -> Asked:
    found = asked_facts(seen, numbers or policy(), full_id("H1"), causes)
    assert found is not None
    return found


def policy(**more: float) -> Policy:
    return policy_of(8000, **{**NUMBERS, **more})


def told(cause: str, *kind: str, **tables: Any) -> dict[str, Any]:
    measure, option = (*kind, None)[:2]
    found = proposals(asked(view(tables), cause))
    (row,) = [vars(one) for one in found if (one.cause, one.measure, one.option) == (cause, measure, option)]
    return row


def decided(*kind: str, **tables: Any) -> tuple[str, str, str]:
    row = told(*kind, **tables)
    return row["standing"], row["rule"], row["fact"]


def said(rule: str, causes: Sequence[str] = ("ILL",), **tables: Any) -> dict[str, Any]:
    (row,) = [vars(one) for one in statements(asked(view(tables), *causes)) if one.rule == rule]
    return row


# --- M01: a development measure for who can work ---


@pytest.mark.parametrize(
    ("member", "standing"),
    [
        (WORKER, "must"),
        (WORKER | {"birth_month": BORN_59}, "must"),
        (WORKER | {"labour": "weak"}, "must"),
        (WORKER | {"birth_month": BORN_60}, "allowed"),
        (WORKER | {"labour": "lost"}, "allowed"),
    ],
)
def test_one_development_measure_is_a_must_for_who_can_work(member: dict[str, Any], standing: str) -> None:
    row = told("IND", "industry", "award_subsidy", members=[member])
    assert (row["standing"], row["one_of"]) == (standing, standing == "must")
    assert row["rule"] == ("M01" if standing == "must" else "MAP")


def test_with_a_development_measure_in_force_no_other_is_a_must() -> None:
    post = {"measure_id": "M1", "measure": "public_post", "started_on": date(2024, 1, 1)}
    row = told("IND", "industry", "award_subsidy", members=[WORKER], measures=[post])
    assert (row["standing"], row["running"]) == ("allowed", False)
    running = told("JOB", "public_post", members=[WORKER], measures=[post])
    assert (running["standing"], running["running"], running["since"]) == ("must", True, date(2024, 1, 1))
    assert said("M01", members=[WORKER], measures=[post])["state"] == "met"
    assert said("M01", members=[WORKER])["state"] == "open"
    assert said("M01", members=[OLD])["state"] == "not_asked"
    assert said("M01", members=[WORKER | {"labour": None}])["state"] == "to_check"


def test_an_ordinary_household_that_nobody_monitors_need_have_no_measure() -> None:
    ordinary = {"household_id": "H1", "category": "ordinary"}
    watched = {"identified_month": date(2024, 6, 1)}
    assert said("M01", households=[ordinary], members=[WORKER])["state"] == "not_asked"
    assert said("M01", households=[ordinary], members=[WORKER], monitoring_episodes=[watched])["state"] == "open"
    assert said("M02", households=[ordinary], members=[WORKER])["state"] == "not_asked"


# --- M02 and M03 ---


def test_who_can_work_may_not_have_social_security_alone() -> None:
    dibao = {"measure_id": "M1", "measure": "social_security", "option": "dibao", "started_on": date(2024, 1, 1)}
    help_ = {"measure_id": "M2", "measure": "health", "started_on": date(2024, 1, 1)}
    assert said("M02", members=[WORKER], measures=[dibao])["state"] == "open"
    assert said("M02", members=[WORKER], measures=[dibao, help_])["state"] == "met"
    assert said("M02", members=[OLD], measures=[dibao])["state"] == "not_asked"
    assert said("M02", members=[WORKER | {"labour": None}], measures=[dibao])["state"] == "to_check"


def test_a_subsidy_in_cash_is_to_be_checked_while_the_scope_of_the_rule_is_open() -> None:
    assert decided("JOB", "employment", "travel_subsidy", members=[WORKER]) == ("to_check", "M03", "no_cash")
    assert said("M03")["state"] == said("M12")["state"] == "general"


# --- M04: house and water ---


@pytest.mark.parametrize(
    ("grade", "standing"), [("A", "excluded"), ("B", "excluded"), ("C", "must"), ("D", "must"), (None, "to_check")]
)
@pytest.mark.parametrize(("cause", "measure"), [("HOU", "housing"), ("HOU", "relocation"), ("NAT", "housing")])
def test_a_house_of_grade_c_or_d_needs_its_measure(cause: str, measure: str, grade: str | None, standing: str) -> None:
    rows = [] if grade is None else [{"inspected_on": date(2024, 5, 1), "house_grade": grade}]
    assert decided(cause, measure, dwellings=rows) == (standing, "M04", "unsafe_house")


def test_an_empty_house_is_no_risk_and_a_check_that_disagrees_is_to_be_checked() -> None:
    bad = {"inspected_on": date(2024, 5, 1), "house_grade": "D"}
    assert decided("HOU", "housing", dwellings=[bad | {"occupied": False}])[0] == "excluded"
    good, later = bad | {"house_grade": "B"}, {"checked_on": date(2024, 6, 1)}
    earlier = {"checked_on": date(2024, 4, 1)}
    assert decided("HOU", "housing", guarantee_checks=[later | {"house_ok": False}])[0] == "must"
    assert decided("HOU", "housing", guarantee_checks=[later | {"house_ok": True}])[0] == "excluded"
    for house, check, standing in (
        (good, later | {"house_ok": False}, "must"),
        (good, earlier | {"house_ok": False}, "excluded"),
        (bad, later | {"house_ok": True}, "to_check"),
        (bad, earlier | {"house_ok": True}, "must"),
    ):
        assert decided("HOU", "housing", dwellings=[house], guarantee_checks=[check])[0] == standing


def test_one_of_housing_and_relocation_is_enough() -> None:
    bad = [{"inspected_on": date(2024, 5, 1), "house_grade": "D"}]
    moving = [{"measure_id": "M1", "measure": "relocation", "started_on": date(2025, 1, 1)}]
    assert told("HOU", "housing", dwellings=bad)["one_of"]
    assert told("HOU", "housing", dwellings=bad, measures=moving)["standing"] == "allowed"
    assert told("NAT", "housing", dwellings=bad, measures=moving)["standing"] == "allowed"
    assert told("HOU", "relocation", dwellings=bad, measures=moving)["standing"] == "must"


@pytest.mark.parametrize(("safe", "standing"), [(False, "must"), (True, "excluded"), (None, "to_check")])
def test_unsafe_water_needs_a_water_measure(safe: bool | None, standing: str) -> None:
    rows = [] if safe is None else [{"inspected_on": date(2024, 5, 1), "water_safe": safe}]
    row = told("WAT", "water", dwellings=rows)
    assert (row["standing"], row["rule"], row["one_of"]) == (standing, "M04", False)


# --- M05: the small loan ---


def borrowing(principal: float | None = 10000, member: Mapping[str, Any] = WORKER, **more: Any) -> tuple[str, str, str]:
    loans = [] if principal is None else [LOAN | {"principal": principal}]
    return decided("IND", "finance", "small_loan", **{"members": [member], "loan_statements": loans, **more})


@pytest.mark.parametrize(
    ("born", "standing"), [(BORN_17, "excluded"), (BORN_18, "allowed"), (BORN_65, "allowed"), (BORN_66, "excluded")]
)
def test_a_borrower_is_18_to_65(born: date, standing: str) -> None:
    member = WORKER | {"birth_month": born, "labour": "none"}
    expected = "borrower_age" if standing == "excluded" else "loan_room"
    assert borrowing(member=member) == (standing, "M05", expected)


@pytest.mark.parametrize(("principal", "standing"), [(49999, "allowed"), (50000, "excluded"), (60000, "excluded")])
def test_the_sum_of_small_loans_stays_below_the_cap(principal: float, standing: str) -> None:
    assert borrowing(principal, WORKER | {"labour": "none"}) == (standing, "M05", "loan_room")
    row = told("IND", "finance", "small_loan", members=[WORKER], loan_statements=[LOAN | {"principal": 50000}])
    assert (row["value"], row["most"]) == (50000, 50000)


def test_loans_that_are_settled_or_of_another_product_leave_room_and_an_unnamed_one_may_not() -> None:
    settled = LOAN | {"principal": 50000, "status": "settled", "balance": 0}
    others = [LOAN | {"principal": 50000, "product": product} for product in ("other", None)]
    idle = WORKER | {"labour": "none"}
    standings = [borrowing(None, idle, loan_statements=[loan])[0] for loan in (settled, *others)]
    assert standings == ["allowed", "allowed", "to_check"]
    two = [LOAN | {"principal": 30000}, LOAN | {"loan_id": "L2", "principal": 20000}]
    assert borrowing(None, idle, loan_statements=two)[0] == "excluded"
    assert borrowing(None) == ("to_check", "M05", "loan_room")


def test_only_ex_poor_and_monitored_households_borrow() -> None:
    ordinary = [{"household_id": "H1"}]
    open_, over = {"identified_month": date(2024, 6, 1)}, {"eliminated_month": date(2025, 1, 1)}
    assert borrowing(households=ordinary) == ("excluded", "M05", "borrower_entitled")
    assert borrowing(households=ordinary, monitoring_episodes=[open_])[0] == "must"
    assert borrowing(households=ordinary, monitoring_episodes=[open_ | over])[0] == "excluded"
    assert borrowing(households=[{"household_id": "H1", "category": "ex_poor_no_policy"}])[0] == "must"


# --- M06 and M07: renewal and extension ---


@pytest.mark.parametrize(
    ("loan", "standing", "fact"),
    [
        ({}, "allowed", "risk_controllable"),
        ({"status": "attention"}, "to_check", "risk_controllable"),
        ({"status": "overdue", "days_past_due": 1}, "excluded", "risk_controllable"),
        ({"days_past_due": 1}, "excluded", "risk_controllable"),
        ({"status": "settled", "balance": 0}, "excluded", "loan_to_renew"),
        ({"product": "other"}, "excluded", "loan_to_renew"),
        ({"product": None}, "to_check", "loan_to_renew"),
    ],
)
def test_a_loan_is_renewed_while_the_risk_is_controllable(loan: dict[str, Any], standing: str, fact: str) -> None:
    rows = [LOAN | loan]
    assert decided("IND", "finance", "renewal", members=[OLD], loan_statements=rows) == (standing, "M06", fact)


def test_without_any_statement_nothing_is_known_of_loans() -> None:
    assert decided("IND", "finance", "renewal", members=[OLD])[0] == "to_check"


@pytest.mark.parametrize(
    ("loan", "tables", "standing"),
    [
        ({}, {}, "to_check"),
        ({"purpose": "non_production"}, {}, "excluded"),
        ({}, {"shocks": [{"happened_on": date(2023, 9, 1), "kind": "flood"}]}, "allowed"),
        ({}, {"shocks": [{"happened_on": date(2023, 8, 31), "kind": "flood"}]}, "to_check"),
        ({}, {"members": [OLD | {"major_illness": True}]}, "allowed"),
        (
            {"purpose": "non_production"},
            {"shocks": [{"happened_on": date(2024, 9, 1), "kind": "market_fall"}]},
            "excluded",
        ),
    ],
)
def test_a_loan_is_extended_when_the_household_is_not_at_fault(
    loan: dict[str, Any], tables: dict[str, Any], standing: str
) -> None:
    given = {"members": [OLD], "loan_statements": [LOAN | loan], **tables}
    assert decided("IND", "finance", "extension", **given) == (standing, "M07", "not_at_fault")


# --- M08: yulu ---


@pytest.mark.parametrize(
    ("stage", "status", "standing"),
    [
        ("vocational", "enrolled", "allowed"),
        ("vocational_college", "enrolled", "allowed"),
        ("senior", "enrolled", "excluded"),
        ("bachelor", "enrolled", "excluded"),
        ("vocational", "suspended", "to_check"),
        ("vocational", "graduated", "excluded"),
    ],
)
def test_yulu_is_for_vocational_students(stage: str, status: str, standing: str) -> None:
    row = {"person_id": "P1", "term": date(2024, 9, 1), "stage": stage, "status": status}
    kind = ("EDU", "other_education", "yulu")
    assert decided(*kind, members=[WORKER], enrolments=[row]) == (standing, "M08", "vocational")
    assert decided(*kind, members=[WORKER])[0] == "to_check"


# --- M09: who cannot work ---


def test_who_cannot_work_gets_income_from_assets_and_no_employment() -> None:
    assert decided("JOB", "employment", "skills_training", members=[OLD]) == ("excluded", "M09", "labour")
    assert decided("JOB", "public_post", members=[OLD]) == ("excluded", "M09", "labour")
    assert decided("LAB", "industry", "asset_income", members=[OLD]) == ("must", "M09", "no_labour")
    assert decided("LAB", "industry", "asset_income", members=[WORKER]) == ("allowed", "MAP", "usual")
    unknown = [WORKER | {"labour": None}]
    assert decided("JOB", "public_post", members=unknown) == ("to_check", "M09", "labour")
    assert decided("LAB", "industry", "asset_income", members=unknown)[0] == "allowed"


def test_the_mark_of_the_household_counts_where_no_member_is_known() -> None:
    marked = [{"household_id": "H1", "no_labour": True}]
    assert decided("JOB", "public_post", households=marked)[0] == "excluded"
    assert decided("JOB", "public_post")[0] == "to_check"
    assert decided("JOB", "public_post", households=marked, members=[WORKER])[0] == "must"


# --- M10: who is entitled ---


@pytest.mark.parametrize(("income", "standing"), [(5999.99, "must"), (6000, "excluded"), (None, "to_check")])
def test_who_has_less_than_the_standard_goes_into_dibao(income: float | None, standing: str) -> None:
    survey = {"period_end": date(2024, 9, 30), "net_per_capita": income}
    rows = [] if income is None else [survey]
    assert decided("ILL", "social_security", "dibao", income_surveys=rows) == (standing, "M10", "below_dibao")


def test_without_a_standard_nothing_is_said_and_who_has_it_already_is_marked() -> None:
    rows: Tables = {"income_surveys": [{"period_end": date(2024, 9, 30), "net_per_capita": 100}]}
    found = proposals(asked(view(rows), "ILL", numbers=policy_of(8000)))
    assert [one.standing for one in found if one.option == "dibao"] == ["to_check"]
    paid = {"month": date(2025, 2, 1), "amount": 300, "known_at": AS_OF}
    row = told("ILL", "social_security", "dibao", social_assistance=[paid], **rows)
    # a monthly list says that it runs, and not since when
    assert (row["standing"], row["running"], row["since"]) == ("must", True, None)


def test_support_in_extreme_hardship_is_never_proposed_without_a_look_at_the_supporters() -> None:
    kind = ("LAB", "social_security", "tekun")
    assert decided(*kind, members=[OLD]) == ("to_check", "M10", "no_supporter")
    assert decided(*kind, members=[WORKER]) == ("excluded", "M10", "no_labour_for_tekun")


# --- M11: the responsible person ---


def test_a_change_of_the_responsible_person_is_told_where_the_rule_applies() -> None:
    first = {"household_id": "H1", "category": "ex_poor_policy", "responsible_id": "K1"}
    second = first | {"responsible_id": "K2", "valid_from": date(2024, 12, 1)}
    assert (said("M11", households=[first])["state"], said("M11", households=[first])["value"]) == ("general", 0)
    assert said("M11", households=[first, second])["value"] == 1
    assert said("M11", households=[first, second | {"valid_from": date(2024, 3, 5)}])["value"] == 0
    assert said("M11", households=[first | {"responsible_id": None}])["state"] == "to_check"
    assert said("M11", households=[{"household_id": "H1"}])["state"] == "not_asked"


# --- evidence, and what else is in force ---


def test_a_cause_without_evidence_is_questioned_and_one_without_facts_is_to_be_checked() -> None:
    assert said("MAP", ["DIS"], members=[WORKER])["state"] == "questioned"
    assert said("MAP", ["DIS"])["state"] == "to_check"
    disabled = WORKER | {"disability_type": "visual", "disability_grade": 1}
    assert "MAP" not in {one.rule for one in statements(asked(view({"members": [disabled]}), "DIS"))}


def test_a_measure_in_force_that_answers_no_cause_is_listed_too() -> None:
    rows: Tables = {
        "measures": [
            {"measure_id": "M1", "measure": "industry", "option": "other", "started_on": date(2024, 1, 1)},
            {"measure_id": "M2", "measure": "water", "started_on": date(2024, 1, 1), "ended_on": date(2025, 3, 4)},
            {"measure_id": "M3", "measure": "housing", "started_on": date(2024, 1, 1), "delivered": False},
            {"measure_id": "M4", "measure": "infrastructure", "started_on": date(2025, 3, 6), "known_at": AS_OF},
        ]
    }
    found = [one for one in proposals(asked(view(rows), "EDU")) if one.standing == "running"]
    assert [(one.cause, one.measure, one.option, one.rule) for one in found] == [(None, "industry", "other", None)]
    for cause in ([], ["DATA"]):
        assert len(proposals(asked(view(rows), *cause))) == 1


def test_a_measure_whose_end_is_its_last_day_still_runs_on_it() -> None:
    measure = {"measure_id": "M1", "measure": "social_help", "started_on": AS_OF, "ended_on": AS_OF}
    row = told("ACC", "social_help", measures=[measure])
    assert (row["running"], row["since"], row["until"]) == (True, AS_OF, AS_OF)


# --- other households, later facts, wrong questions ---


def test_facts_known_later_change_nothing() -> None:
    later = date(2025, 3, 6)
    tables: Tables = {
        "members": [WORKER, OLD | {"person_id": "P2", "known_at": later, "valid_from": date(2024, 1, 1)}],
        "loan_statements": [
            LOAN,
            LOAN | {"known_at": later, "principal": 50000, "status": "overdue", "days_past_due": 9},
        ],
        "dwellings": [{"inspected_on": date(2024, 5, 1), "house_grade": "D", "known_at": later}],
        "income_surveys": [{"period_end": date(2024, 9, 30), "net_per_capita": 100, "known_at": later}],
        "measures": [{"measure_id": "M1", "measure": "public_post", "started_on": date(2024, 1, 1), "known_at": later}],
        "monitoring_episodes": [{"identified_month": date(2024, 6, 1), "known_at": later}],
    }
    known = {name: [row for row in rows if row.get("known_at") != later] for name, rows in tables.items()}
    causes = ("IND", "HOU", "ILL", "JOB", "LAB")
    before, without, after = (asked(seen, *causes) for seen in (view(tables), view(known), view(tables, later)))
    for made in (proposals, statements):
        assert made(before) == made(without)
        assert made(after) != made(without)


def test_what_was_written_under_another_household_is_left_to_it() -> None:
    homes = [{"household_id": f"H{n}", "category": "ex_poor_policy"} for n in (1, 2)]
    of_the_other = [OLD | {"person_id": "P2", "household_id": "H2"}]
    loans = [LOAN | {"household_id": "H2", "purpose": "non_production"}]
    beside = view({"households": homes, "members": [WORKER, *of_the_other], "loan_statements": loans})
    alone = view({"households": homes[:1], "members": [WORKER]})
    causes = ("IND", "JOB", "LAB", "INCOME")
    for made in (proposals, statements):
        assert made(asked(beside, *causes)) == made(asked(alone, *causes))


def test_of_a_household_that_is_not_active_nothing_is_said() -> None:
    gone = [{"household_id": "H1", "status": "dissolved", "size": 0}]
    assert asked_facts(view({"households": gone}), policy(), full_id("H1"), ["ILL"]) is None


def test_an_unknown_household_or_cause_is_refused() -> None:
    with pytest.raises(UsageError, match="household H9 is not known"):
        asked_facts(view({}), policy(), "H9", ["ILL"])
    with pytest.raises(UsageError, match="there is no cause 'FUN'"):
        asked(view({}), "FUN")
