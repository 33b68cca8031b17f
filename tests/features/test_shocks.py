from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of, full_list

AS_OF = date(2025, 3, 5)
SURVEY = {"period_end": date(2024, 9, 30), "net_total": 10000, "net_per_capita": 10000}


def made(*shocks: dict[str, Any], **more: Any) -> dict[str, float | None]:
    return features_of(AS_OF, shocks=list(shocks), income_surveys=[SURVEY], **more)


@pytest.mark.parametrize(
    ("day", "year", "recent"),
    [
        (date(2024, 2, 29), None, None),
        (date(2024, 3, 1), 1, 0),
        (date(2024, 12, 5), 1, 0),  # 90 days ago
        (date(2024, 12, 6), 1, 1),
        (date(2025, 3, 5), 1, 1),
    ],
)
def test_disasters_count_by_complete_months_and_recent_ones_by_days(
    day: date, year: int | None, recent: int | None
) -> None:
    features = made({"happened_on": day, "kind": "flood"})
    assert (features["disasters_12m"], features["disasters_90d"]) == (year, recent)


def test_on_the_last_day_of_a_month_the_month_is_complete() -> None:
    shock = {"happened_on": date(2024, 3, 31), "kind": "flood"}
    for as_of, count in ((date(2025, 3, 30), 1), (date(2025, 3, 31), None)):
        assert features_of(as_of, shocks=[shock])["disasters_12m"] == count


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("flood", (1, 0, 0)),
        ("natural_other", (1, 0, 0)),
        ("fire", (0, 1, 0)),
        ("work_injury", (0, 1, 0)),
        ("market_fall", (0, 0, 1)),
        ("project_failure", (0, 0, 1)),
    ],
)
def test_a_shock_is_a_disaster_or_an_accident_or_of_the_business(kind: str, counts: tuple[int, int, int]) -> None:
    features = made({"happened_on": date(2025, 1, 5), "kind": kind, "loss": 1000})
    names = ("disasters_12m", "accidents_12m", "business_shocks_12m")
    assert tuple(features[name] for name in names) == counts
    losses = ("disaster_losses_to_income_12m", "accident_losses_to_income_12m", "business_losses_to_income_12m")
    assert tuple(features[name] for name in losses) == tuple(0.1 * count for count in counts)


def test_a_loss_that_is_not_known_is_not_zero() -> None:
    flood = {"happened_on": date(2025, 1, 5), "kind": "flood"}
    assert made(flood)["disaster_losses_to_income_12m"] is None
    known = flood | {"happened_on": date(2025, 1, 6), "loss": 500}
    assert made(flood, known)["disaster_losses_to_income_12m"] == 0.05


def test_no_shock_is_zero_only_where_full_lists_cover_the_window() -> None:
    lists = [full_list("shocks", date(2024, 3, 1), date(2025, 2, 28))]
    features = made(listed=lists)
    assert (features["disasters_12m"], features["disaster_losses_to_income_12m"]) == (0, 0)
    assert features["disaster_losses_to_income_36m"] is None
    others = ("accidents_12m", "business_shocks_12m", "accidents_90d", "hurt_members_36m")
    losses = ("accident_losses_to_income_12m", "business_losses_to_income_12m", "faded_accident_losses_to_line")
    longer = made(listed=[full_list("shocks", date(2022, 3, 1), date(2025, 2, 28))])
    assert longer["faded_disaster_losses_to_line"] == 0
    assert {longer[name] for name in (*others, *losses)} == {None}, "the list is one of natural disasters"
    unknown = made({"happened_on": date(2025, 1, 5), "kind": "flood"}, listed=lists)
    assert unknown["disaster_losses_to_income_12m"] is None


def test_a_claim_paid_later_lowers_what_is_not_paid_but_never_below_zero() -> None:
    flood = {"happened_on": date(2025, 1, 5), "kind": "flood", "loss": 1000}
    for claim, left in ((None, 0.1), (300, 0.07), (1000, 0), (4000, 0)):
        assert made(flood | {"claim_paid": claim})["unpaid_disaster_losses_to_income_12m"] == left
    paid = flood | {"claim_paid": 1000, "known_at": date(2025, 3, 6)}
    assert made(flood, paid)["unpaid_disaster_losses_to_income_12m"] == 0.1


def test_a_shock_that_was_retracted_does_not_count() -> None:
    fire = {"happened_on": date(2025, 1, 5), "kind": "fire"}
    assert made(fire, fire | {"known_at": date(2025, 2, 1), "retracted": True})["accidents_12m"] is None


@pytest.mark.parametrize(
    ("day", "share"),
    [(date(2025, 3, 5), 1.0), (date(2024, 3, 31), 0.5), (date(2023, 3, 31), 0.25), (date(2022, 3, 1), 0.125)],
)
def test_a_loss_halves_every_twelve_months(day: date, share: float) -> None:
    for kind, of in (("flood", "disaster"), ("fire", "accident")):
        assert made({"happened_on": day, "kind": kind, "loss": 8000})[f"faded_{of}_losses_to_line"] == share


def test_deaths_and_injuries_add_up_where_they_are_said() -> None:
    hurt = {"happened_on": date(2023, 1, 5), "kind": "traffic"}
    assert made(hurt)["hurt_members_36m"] is None
    assert made(hurt | {"injured": 2})["hurt_members_36m"] == 2
    assert made(hurt | {"deaths": 1, "injured": 0}, hurt | {"kind": "fire", "deaths": 1})["hurt_members_36m"] == 2


def test_only_traffic_and_crimes_are_what_the_police_reports() -> None:
    day = date(2025, 1, 5)
    shocks = [{"happened_on": day, "kind": kind} for kind in ("traffic", "crime_victim", "fire", "flood")]
    assert made(*shocks)["accidents_90d"] == 2
