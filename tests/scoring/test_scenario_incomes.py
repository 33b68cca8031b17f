from __future__ import annotations

from datetime import date

import pytest

from riskmodel.policy import IncomeComponent
from riskmodel.scoring.scenario_incomes import Already
from scenario import full_list
from supposed import AS_OF, SURVEY, WORKER, all_rows_are_allowed, already, cells, household, supposed
from worked_example import full_id

JAN, FEB = date(2025, 1, 1), date(2025, 2, 1)
FEED = [{"month": month, "component": "tr_farm", "amount": 50, "known_at": AS_OF} for month in (JAN, FEB)]
"""Some income in both months."""
HELD = {"month": FEB, "persons": 1, "amount": 100, "known_at": AS_OF}
POST_HELD = {"person_id": "P1", "public_post": True, "wage": 500, "known_at": AS_OF}


# --- a public post ---


def test_a_post_pays_in_each_of_the_last_complete_months_on_top_of_what_was_earned() -> None:
    known = {"person_id": "P1", "month": FEB, "wage": 500}
    before = household(members=[WORKER], employment=[known], incomes=FEED)
    after = supposed("public_post", before, wage=800.0, months=2.0)
    assert cells(after, "employment", "month", "employed", "wage", "public_post") == [
        (JAN, True, 80000, True),
        (FEB, True, 130000, True),
    ]
    paid = after.tables["incomes"].filter(component="wage_post_village").sort("month")
    assert paid.select("month", "amount").rows() == [(JAN, 80000), (FEB, 80000)]
    assert all_rows_are_allowed(after)


def test_the_survey_counts_the_months_that_its_own_year_holds() -> None:
    after = supposed("public_post", household(members=[WORKER], income_surveys=[SURVEY]), wage=800.0, months=12.0)
    columns = ("wage", "wage_public_post", "net_total", "net_per_capita", "reference_per_capita")
    # the months from March to September 2024 lie in the survey's year: 7 of the 12
    assert cells(after, "income_surveys", *columns) == [(1560000, 560000, 1560000, 780000, 755000)]
    unsaid = [SURVEY | {"wage_public_post": None, "reference_per_capita": None}]
    after = supposed("public_post", household(members=[WORKER], income_surveys=unsaid), wage=800.0, months=12.0)
    assert cells(after, "income_surveys", *columns) == [(1560000, None, 1560000, 780000, None)]


def test_who_earned_least_and_can_work_gets_the_post_and_without_such_a_person_nothing_changes() -> None:
    members = [WORKER, WORKER | {"person_id": "P2", "labour": "weak"}, WORKER | {"person_id": "P3", "labour": "lost"}]
    paid = [{"person_id": "P1", "month": FEB, "wage": 100}]
    after = supposed("public_post", household(members=members, employment=paid), wage=800.0, months=1.0)
    assert after.tables["employment"].filter("public_post")["person_id"].to_list() == [full_id("P2")]
    before = household(members=[WORKER | {"birth_month": date(1950, 1, 1)}, members[2]])
    assert supposed("public_post", before, wage=800.0, months=1.0).changes_since(before) == []
    assert already("public_post", before, months=1.0) == Already(0, "nobody")


def test_months_with_a_post_are_left_and_its_holder_gets_the_others() -> None:
    members = [WORKER, WORKER | {"person_id": "P2"}]
    before = household(
        members=members, employment=[POST_HELD | {"month": FEB}, {"person_id": "P1", "month": JAN, "wage": 300}]
    )
    after = supposed("public_post", before, wage=800.0, months=2.0)
    assert cells(after, "employment", "person_id", "month", "wage") == [
        (full_id("P1"), JAN, 110000),
        (full_id("P1"), FEB, 50000),
    ]
    assert already("public_post", before, months=2.0).count == 1
    assert already("public_post", before, months=1.0) == Already(1, "there")
    assert supposed("public_post", before, wage=800.0, months=1.0).changes_since(before) == []


@pytest.mark.parametrize("component", ["wage_post_dept", "wage_post_town", "wage_post_village"])
def test_a_post_that_only_the_incomes_tell_of_is_there_too(component: str) -> None:
    paid = [{"month": month, "component": component, "amount": 700, "known_at": AS_OF} for month in (JAN, FEB)]
    before = household(members=[WORKER], incomes=paid)
    assert already("public_post", before, months=2.0) == Already(2, "there")
    assert supposed("public_post", before, wage=800.0, months=2.0).changes_since(before) == []


def test_a_running_post_of_which_the_newest_months_are_not_reported_yet_runs_on() -> None:
    before = household(members=[WORKER], employment=[POST_HELD | {"month": date(2024, 11, 1)}])
    assert already("public_post", before, months=4.0) == Already(4, "there")
    stale = household(members=[WORKER], employment=[POST_HELD | {"month": date(2024, 8, 1)}])
    assert already("public_post", stale, months=4.0).count == 0


def test_what_was_earned_in_months_without_news_is_not_told_as_the_post_alone() -> None:
    worked = {"person_id": "P1", "month": JAN, "wage": 3000, "known_at": AS_OF}
    before = household(members=[WORKER], employment=[worked])
    after = supposed("public_post", before, wage=800.0, months=2.0)
    assert cells(after, "employment", "month", "wage") == [(JAN, 380000)]
    assert supposed("public_post", before, wage=800.0, months=1.0).changes_since(before) == []
    assert already("public_post", before, months=1.0) == Already(0, "late")


# --- dibao ---


def test_dibao_is_paid_for_all_persons_in_months_without_it() -> None:
    before = household(
        social_assistance=[HELD],
        incomes=[FEED[0]],
        income_surveys=[SURVEY | {"period_end": date(2025, 1, 31)}],
    )
    after = supposed("dibao", before, amount=300.0, months=3.0)
    assert cells(after, "social_assistance", "month", "persons", "amount") == [
        (date(2024, 12, 1), 2, 60000),
        (JAN, 2, 60000),
        (FEB, 1, 10000),
    ]
    assert cells(after, "income_surveys", "transfer", "transfer_assistance", "net_per_capita") == [
        (120000, 120000, 560000)
    ]
    assert all_rows_are_allowed(after)
    assert already("dibao", before, months=3.0) == Already(1, "there")


def test_the_income_of_a_month_in_which_nothing_else_is_known_stays_not_known() -> None:
    after = supposed("dibao", household(incomes=[FEED[0]]), amount=300.0, months=3.0)
    assert cells(after, "incomes", "month", "component", "amount") == [(JAN, "tr_dibao", 60000), (JAN, "tr_farm", 5000)]
    alone = supposed("dibao", household(), amount=300.0, months=3.0)
    assert {change.table for change in alone.changes_since(household())} == {"social_assistance"}


@pytest.mark.parametrize("scheme", ["dibao", "dibao_urban", "tekun_dispersed", "tekun_central"])
def test_months_on_a_list_of_dibao_or_tekun_are_not_paid_again(scheme: str) -> None:
    before = household(social_assistance=[HELD | {"scheme": scheme, "month": month} for month in (JAN, FEB)])
    assert supposed("dibao", before, amount=300.0, months=2.0).changes_since(before) == []
    assert already("dibao", before, months=2.0) == Already(2, "there")


@pytest.mark.parametrize("component", [IncomeComponent.TR_DIBAO, IncomeComponent.TR_TEKUN])
def test_months_in_which_the_money_was_received_are_not_paid_again(component: IncomeComponent) -> None:
    paid = [{"month": month, "component": component.value, "amount": 90, "known_at": AS_OF} for month in (JAN, FEB)]
    before = household(incomes=paid)
    assert supposed("dibao", before, amount=300.0, months=2.0).changes_since(before) == []
    assert already("dibao", before, months=2.0) == Already(2, "there")


def test_a_list_that_is_not_there_yet_ends_nothing_and_one_without_the_household_does() -> None:
    held = [HELD | {"month": JAN}]
    assert already("dibao", household(social_assistance=held), months=2.0) == Already(2, "there")
    listed = [full_list("social_assistance", date(2024, 1, 1), date(2025, 2, 28))]
    assert already("dibao", household(listed, social_assistance=held), months=2.0) == Already(1, "there")


def test_what_the_survey_counts_beyond_the_lists_is_not_counted_again() -> None:
    counted = SURVEY | {"period_end": date(2025, 1, 31), "transfer": 1000, "transfer_assistance": 1000}
    before = household(income_surveys=[counted])
    after = supposed("dibao", before, amount=300.0, months=3.0)  # 2 months of 600 lie in the survey's year
    assert cells(after, "income_surveys", "transfer", "transfer_assistance") == [(120000, 120000)]
    lists = [full_list("social_assistance", date(2024, 1, 1), date(2025, 2, 28))]
    held = [HELD | {"month": date(2024, 12, 1), "amount": 1000}]
    listed = household(lists, income_surveys=[counted], social_assistance=held)
    after = supposed("dibao", listed, amount=300.0, months=2.0)  # one of them lies in it
    assert cells(after, "income_surveys", "transfer", "transfer_assistance") == [(160000, 160000)]
