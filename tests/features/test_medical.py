from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of, full_list

AS_OF = date(2025, 3, 5)
SURVEY = {"period_end": date(2024, 9, 30), "net_total": 10000, "net_per_capita": 10000}

ALL_BILLS = [full_list("medical_settlements", date(2023, 3, 1), date(2025, 2, 28))]


def made(*bills: dict[str, Any], **more: Any) -> dict[str, float | None]:
    rows = [{"settlement_id": f"S{n}"} | bill for n, bill in enumerate(bills, start=1)]
    return features_of(AS_OF, medical_settlements=rows, income_surveys=[SURVEY], **more)


@pytest.mark.parametrize(
    ("day", "year", "quarter"),
    [
        (date(2024, 2, 29), None, None),
        (date(2024, 3, 1), 0.1, None),
        (date(2024, 11, 30), 0.1, None),
        (date(2024, 12, 1), 0.1, 0.1),
        (date(2025, 2, 28), 0.1, 0.1),
        (date(2025, 3, 1), None, None),
    ],
)
def test_a_bill_counts_in_the_month_in_which_the_service_ended(
    day: date, year: float | None, quarter: float | None
) -> None:
    features = made({"service_end": day, "self_pay": 1000})
    assert (features["bills_to_income_12m"], features["bills_to_income_3m"]) == (year, quarter)


def test_a_bill_counts_from_the_day_it_is_known_and_not_once_it_is_reversed() -> None:
    bill = {"settlement_id": "S1", "service_end": date(2024, 12, 5), "self_pay": 1000, "known_at": date(2025, 2, 1)}
    aid = bill | {"self_pay": 400, "aid_paid": 600, "known_at": date(2025, 3, 1)}
    gone = bill | {"known_at": date(2025, 3, 5), "retracted": True}
    rows = [bill, aid, gone]
    for as_of, share in ((date(2025, 1, 31), None), (date(2025, 2, 1), 0.1), (date(2025, 3, 4), 0.04), (AS_OF, None)):
        features = features_of(as_of, medical_settlements=rows, income_surveys=[SURVEY])
        assert features["bills_to_income_12m"] == share


def test_no_bill_is_zero_only_where_full_lists_cover_the_window() -> None:
    assert made()["bills_to_income_12m"] is None
    features = made(listed=ALL_BILLS)
    assert (features["bills_to_income_12m"], features["stays_12m"], features["largest_bill_to_line"]) == (0, 0, 0)
    assert features["bills_self_pay_share"] is None
    gap = [full_list("medical_settlements", date(2024, 4, 1), date(2025, 2, 28))]
    features = made(listed=gap)
    assert (features["bills_to_income_12m"], features["bills_to_income_3m"]) == (None, 0)


def test_a_compliant_part_that_is_not_known_stays_unknown_under_a_full_list() -> None:
    features = made({"service_end": date(2025, 1, 5), "self_pay": 100}, listed=ALL_BILLS)
    assert (features["bills_outside_catalogue_to_line"], features["bills_to_income_12m"]) == (None, 0.01)


def test_a_warning_that_no_policy_sets_is_missing() -> None:
    features = made({"service_end": date(2025, 1, 5), "self_pay": 100})
    warnings = ["bills_to_warning", "stay_to_warning", "special_outpatient_to_warning", "bills_to_rural_income_warning"]
    assert [features[name] for name in warnings] == [None] * 4


@pytest.mark.parametrize(
    ("category", "value"), [("ordinary", 0.3), ("ex_poor_policy", 0.2), ("ex_poor_no_policy", 0.2)]
)
def test_the_yearly_warning_counts_stays_of_registered_households_and_all_bills_of_the_others(
    category: str, value: float
) -> None:
    policy = {"tripwire.TW_MED_YTD.registered": 5000, "tripwire.TW_MED_YTD.other": 10000}
    stay = {"service_end": date(2025, 1, 1), "self_pay": 1000}
    visit = {"service_end": date(2025, 2, 1), "visit_type": "outpatient", "self_pay": 2000}
    last_year = {"service_end": date(2024, 12, 31), "self_pay": 50000}
    household = {"household_id": "H1", "category": category, "exit_year": 2018}
    assert made(stay, visit, last_year, policy=policy, households=[household])["bills_to_warning"] == value


def test_in_january_the_year_is_the_one_that_ended() -> None:
    bill = {"settlement_id": "S1", "service_end": date(2024, 1, 1), "self_pay": 5000, "known_at": date(2024, 2, 1)}
    policy = {"tripwire.TW_MED_YTD.other": 10000.0}
    for as_of, value in ((date(2025, 1, 5), 0.5), (date(2025, 2, 5), None), (date(2024, 12, 30), 0.5)):
        assert features_of(as_of, medical_settlements=[bill], policy=policy)["bills_to_warning"] == value


@pytest.mark.parametrize(("episode", "value"), [({}, 2.0), ({"eliminated_month": date(2025, 2, 1)}, 1.2)])
def test_one_stay_warns_earlier_for_a_household_that_is_monitored(episode: dict[str, Any], value: float) -> None:
    policy = {"tripwire.TW_MED_STAY.monitored": 6000, "tripwire.TW_MED_STAY.other": 10000}
    stays = [{"service_end": date(2024, 12, d), "self_pay": pay} for d, pay in ((1, 12000), (9, 3000))]
    episodes = [{"identified_month": date(2024, 5, 1)} | episode]
    assert made(*stays, policy=policy, monitoring_episodes=episodes)["stay_to_warning"] == value


def test_months_with_special_disease_count_once_and_its_highest_month_warns() -> None:
    special = {"visit_type": "outpatient_special"}
    days = [(date(2025, 1, 3), 300), (date(2025, 1, 30), 300), (date(2025, 2, 1), 400), (date(2024, 11, 30), 900)]
    bills = [special | {"service_end": day, "self_pay": pay} for day, pay in days]
    features = made(*bills, policy={"tripwire.TW_MED_OUT": 500})
    assert (features["special_outpatient_months_12m"], features["special_outpatient_to_warning"]) == (3, 1.2)
    assert features["stays_12m"] == 0


def test_the_newest_stay_is_at_most_24_months_old() -> None:
    assert made({"service_end": date(2023, 3, 1)})["months_since_stay"] == 24
    assert made({"service_end": date(2023, 2, 28)})["months_since_stay"] is None
