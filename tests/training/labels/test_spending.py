from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from riskmodel.errors import NothingInForce
from riskmodel.policy import Policy
from riskmodel.training.labels import LABELS
from scenario import policy_of
from told_outcomes import WARNINGS, D, Tables, Told, answers, end

LABEL = LABELS["spending_shock_12m"]
POLICY = policy_of(6000, **WARNINGS)
IN_JUNE = date(2025, 6, 10)


def bill(day: date, self_pay: float, household: str = "H1", number: int = 1, **cells: Any) -> dict[str, Any]:
    """A bill, known on its day if nothing else is said; yuan."""
    facts = {"household_id": household, "service_end": day, "self_pay": self_pay}
    return facts | {"settlement_id": f"S{number}"} | cells


def shock(day: date, loss: float | None, household: str = "H1", kind: str = "flood", **cells: Any) -> dict[str, Any]:
    """A disaster or another shock."""
    return {"household_id": household, "happened_on": day, "kind": kind, "loss": loss} | cells


def spent(
    *bills: dict[str, Any], as_of: date = D, policy: Policy = POLICY, read_on: date = date(2026, 12, 31), **tables: Any
) -> Told:
    """Outcomes; the threshold of H1, an ordinary household, is 20000 yuan."""
    given: Tables = {"medical_settlements": bills, **tables}
    return answers(LABEL, given, policy, as_of, read_on)


@pytest.mark.parametrize(("amount", "event"), [(20000, True), (19999.99, False)])
def test_the_threshold_itself_is_reached(amount: float, event: bool) -> None:
    assert spent(bill(IN_JUNE, amount)) == {"H1": event}


def test_without_any_bill_or_shock_nothing_was_spent() -> None:
    assert spent() == {"H1": False}


def test_the_threshold_of_the_poverty_register_holds_for_its_households() -> None:
    registered = [{"household_id": "H1", "category": "ex_poor_policy", "exit_year": 2016}]
    assert spent(bill(IN_JUNE, 5000), households=registered) == {"H1": True}
    assert spent(bill(IN_JUNE, 4999), households=registered) == {"H1": False}
    assert spent(bill(IN_JUNE, 5000)) == {"H1": False}


def test_bills_of_every_kind_and_unpaid_losses_are_added_up() -> None:
    bills = [
        bill(IN_JUNE, 8000),
        bill(date(2025, 9, 1), 7000, number=2, visit_type="outpatient_special"),
    ]
    flood = shock(date(2025, 8, 1), 9000, claim_paid=4000)
    assert spent(*bills) == {"H1": False}
    assert spent(*bills, shocks=[flood]) == {"H1": True}
    assert spent(*bills, shocks=[flood | {"claim_paid": 4001}]) == {"H1": False}


def test_a_loss_counts_with_what_no_claim_paid() -> None:
    assert spent(shocks=[shock(IN_JUNE, 20000)]) == {"H1": True}
    assert spent(shocks=[shock(IN_JUNE, 20000, kind="fire")]) == {"H1": True}
    assert spent(shocks=[shock(IN_JUNE, None)]) == {"H1": False}
    assert spent(shocks=[shock(IN_JUNE, 50000, kind="project_failure")]) == {"H1": False}
    assert spent(shocks=[shock(IN_JUNE, 50000, kind="market_fall")]) == {"H1": False}


def test_a_claim_above_the_loss_pays_for_nothing_else() -> None:
    paid = shock(date(2025, 7, 1), 1000, claim_paid=9000)
    assert spent(bill(IN_JUNE, 20000), shocks=[paid]) == {"H1": True}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 3, 1), {"H1": True}),
        (date(2026, 2, 28), {"H1": True}),
        (date(2026, 3, 1), {"H1": False}),
        (date(2025, 2, 28), {}),  # above the threshold already
        (date(2024, 3, 1), {}),
        (date(2024, 2, 29), {"H1": False}),  # more than 12 months before M0
    ],
)
def test_the_months_of_the_horizon_and_the_12_before_it(day: date, expected: Told) -> None:
    assert spent(bill(day, 20000)) == expected
    assert spent(shocks=[shock(day, 20000)]) == expected


@pytest.mark.parametrize(("day", "expected"), [(date(2025, 3, 31), {}), (date(2025, 4, 1), {"H1": True})])
def test_at_the_end_of_a_month_the_horizon_begins_with_the_next(day: date, expected: Told) -> None:
    assert spent(bill(day, 20000), as_of=date(2025, 3, 31)) == expected


def test_what_was_spent_before_m0_and_became_known_later_leaves_out() -> None:
    late = bill(date(2025, 1, 10), 20000, known_at=date(2025, 5, 1))
    assert spent(late, bill(IN_JUNE, 20000, number=2)) == {}


def test_what_was_known_as_spent_and_was_taken_back_leaves_out_too() -> None:
    first = bill(date(2025, 1, 10), 20000)
    back = first | {"known_at": date(2025, 5, 1), "retracted": True}
    assert spent(first, back, bill(IN_JUNE, 20000, number=2)) == {}
    assert spent(first, back | {"known_at": D}, bill(IN_JUNE, 20000, number=2)) == {"H1": True}


def test_aid_paid_later_lowers_what_was_spent() -> None:
    first = bill(IN_JUNE, 20000)
    helped = first | {"self_pay": 15000, "aid_paid": 5000, "total_cost": 20000, "known_at": date(2026, 1, 10)}
    assert spent(first) == {"H1": True}
    assert spent(first, helped) == {"H1": False}
    assert spent(first, helped, read_on=date(2026, 1, 9)) == {"H1": True}


def test_the_threshold_in_force_on_the_last_day_of_each_year_counts() -> None:
    entries = [e for e in POLICY.entries if e.kind == "tripwire.TW_MED_YTD.other"]
    rest = [e for e in POLICY.entries if e not in entries]

    def other(*since: tuple[date, float]) -> Policy:
        return Policy([rest, [replace(entries[0], effective_from=day, value=value) for day, value in since]])

    long_ago, one = date(2020, 1, 1), bill(IN_JUNE, 10000)
    assert spent(one, policy=other((long_ago, 20000.0), (date(2026, 2, 28), 10000.0))) == {"H1": True}
    assert spent(one, policy=other((long_ago, 20000.0), (date(2026, 3, 1), 10000.0))) == {"H1": False}
    before = bill(date(2024, 6, 1), 10000)
    assert spent(before, policy=other((long_ago, 20000.0), (date(2025, 2, 28), 10000.0))) == {}
    assert spent(before, policy=other((long_ago, 20000.0), (date(2025, 3, 1), 10000.0))) == {"H1": False}


def test_without_a_threshold_it_is_said_what_to_enter() -> None:
    with pytest.raises(NothingInForce, match=r"tripwire\.TW_MED_YTD\.registered"):
        spent(bill(IN_JUNE, 20000), policy=policy_of(6000))


@pytest.mark.parametrize("status", ["merged", "moved_out", "dissolved", "split"])
@pytest.mark.parametrize(
    ("day", "amount", "expected"),
    [
        (date(2025, 6, 11), 20000, {"H1": True}),
        (IN_JUNE, 20000, {}),
        (date(2025, 6, 11), 19999, {}),
        (date(2026, 2, 28), 19999, {}),
        (date(2026, 3, 1), 19999, {"H1": False}),
    ],
)
def test_a_household_that_ended_counts_with_what_was_its_own(
    status: str, day: date, amount: float, expected: Told
) -> None:
    states = [{"household_id": "H1"}, end(day, status)]
    assert spent(bill(IN_JUNE, amount), households=states) == expected


def test_what_the_household_at_the_new_place_spends_is_not_spent_by_the_one_that_moved() -> None:
    there = {"household_id": "H2", "valid_from": date(2025, 6, 1), "predecessor_id": "H1"}
    states = [{"household_id": "H1"}, end(date(2025, 6, 1), "moved_out"), there]
    assert spent(bill(IN_JUNE, 20000, household="H2"), households=states) == {}


def test_after_a_split_each_household_spends_for_itself() -> None:
    part = {"household_id": "H2", "valid_from": date(2025, 1, 1), "predecessor_id": "H1"}
    bills = [bill(IN_JUNE, 12000), bill(IN_JUNE, 20000, household="H2", number=2)]
    assert spent(*bills, households=[{"household_id": "H1"}, part]) == {"H1": False, "H2": True}
