from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from riskmodel.policy import Policy
from riskmodel.tables import View
from riskmodel.training.labels import below_line, interview_day
from scenario import COUNTY, policy_of, rows_of
from told_outcomes import (
    BELOW,
    SETTLED,
    D,
    Tables,
    Told,
    answers,
    lines,
)

if TYPE_CHECKING:
    pass


# --- income below the line ---

NOW, THEN = date(2025, 1, 1), date(2026, 1, 1)
"""The newest complete month with incomes at D, and the same month a year later."""


def a_year_apart(
    now: float | None, then: float | None, households: Sequence[str] = ("H1",), **tables: Sequence[Mapping[str, Any]]
) -> Tables:
    """Households of one person with an income in January 2025 and in January 2026, yuan a month; None = no row."""
    amounts = [(NOW, now, date(2025, 2, 20)), (THEN, then, date(2026, 2, 20))]
    given: Tables = {
        "households": [{"household_id": h} for h in households],
        "members": [{"household_id": h, "person_id": f"P{h[1:]}"} for h in households],
        "incomes": [
            {"household_id": h, "month": month, "amount": amount, "known_at": known_at}
            for h in households
            for month, amount, known_at in amounts
            if amount is not None
        ],
    }
    return given | tables


def fell(tables: Tables, policy: Policy | None = None, as_of: date = D) -> Told:
    """Outcomes of the label in memory; a line of 6000 is 500 a month."""
    return answers(BELOW, tables, policy, as_of, SETTLED)


@pytest.mark.parametrize(
    ("now", "then", "expected"),
    [
        (500, 500, {"H1": False}),
        (500, 499.99, {"H1": True}),
        (500, 500.01, {"H1": False}),
        (499.99, 400, {}),  # below the line already
        (900, -100, {"H1": True}),
    ],
)
def test_exactly_on_the_line_is_not_below_it(now: float, then: float, expected: Told) -> None:
    assert fell(a_year_apart(now, then)) == expected


@pytest.mark.parametrize(("now", "then"), [(500, None), (None, 400)])
def test_a_month_without_income_row_gives_no_row_of_training(now: float | None, then: float | None) -> None:
    with_other = a_year_apart(900, 900, households=("H2",))
    one = a_year_apart(now, then)
    both: Tables = {name: [*with_other[name], *one[name]] for name in one}
    assert fell(both) == {"H2": False}


def test_without_any_income_there_is_no_row() -> None:
    assert fell(a_year_apart(None, None)) == {}


def test_a_month_that_is_not_complete_is_not_looked_at() -> None:
    tables = a_year_apart(500, 400)
    started = {"household_id": "H1", "month": date(2025, 3, 1), "amount": 1, "known_at": date(2025, 3, 4)}
    assert fell(tables | {"incomes": [*tables["incomes"], started]}) == {"H1": True}
    # at the end of March it is complete: then March counts, and H1 is below the line already
    assert fell(tables | {"incomes": [*tables["incomes"], started]}, as_of=date(2025, 3, 31)) == {}


def test_an_income_that_became_known_after_the_as_of_date_does_not_choose_the_month() -> None:
    tables = a_year_apart(500, 400)
    late = {"household_id": "H1", "month": date(2025, 2, 1), "amount": 1, "known_at": date(2025, 3, 6)}
    assert fell(tables | {"incomes": [*tables["incomes"], late]}) == {"H1": True}


def test_the_line_in_force_in_each_of_the_two_months_counts() -> None:
    tables, long_ago = a_year_apart(550, 550), date(2020, 1, 1)
    assert fell(tables, lines((long_ago, 6000.0))) == {"H1": False}
    assert fell(tables, lines((long_ago, 6000.0), (THEN, 7200.0))) == {"H1": True}
    assert fell(tables, lines((long_ago, 7200.0), (THEN, 6000.0))) == {}  # below the line of 2025
    # a line that came into force after the month, before the day of reading or the as-of date
    assert fell(tables, lines((long_ago, 6000.0), (date(2026, 2, 1), 7200.0))) == {"H1": False}
    assert fell(tables, lines((long_ago, 6000.0), (date(2025, 2, 1), 7200.0))) == {"H1": True}


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        (date(2026, 2, 28), {"H1": True}),  # on the day of the interview of January 2026
        (date(2026, 3, 1), {"H1": False}),
        (date(2025, 2, 28), {}),  # on that of January 2025: below the line already
        (date(2025, 3, 1), {"H1": True}),
    ],
)
def test_the_size_on_the_day_of_each_of_the_two_interviews_counts(born: date, expected: Told) -> None:
    larger = {"household_id": "H1", "valid_from": born, "size": 2}
    assert fell(a_year_apart(900, 900)) == {"H1": False}
    assert fell(a_year_apart(900, 900) | {"households": [{"household_id": "H1"}, larger]}) == expected


def test_a_household_replaced_by_another_family_is_left_out() -> None:
    tables = a_year_apart(500, 400)
    stranger = {"person_id": "P1", "valid_from": date(2025, 12, 1), "birth_month": date(2001, 5, 1)}
    assert fell(tables | {"members": [*tables["members"], stranger]}) == {}


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2025, 12, 31), {}), (date(2026, 1, 1), {}), (date(2026, 1, 2), {"H1": True})]
)
def test_an_income_after_the_end_of_a_household_is_none_of_its_own(day: date, expected: Told) -> None:
    ended = {"household_id": "H1", "valid_from": day, "status": "merged"}
    assert fell(a_year_apart(500, 400) | {"households": [{"household_id": "H1"}, ended]}) == expected


def test_the_line_is_that_of_the_code_that_the_village_has_on_the_day_of_the_interview() -> None:
    old = "990102001001"
    replaced = {"village_code": old, "valid_to": date(2025, 7, 1), "successor_code": "990101001001"}
    tables = a_year_apart(550, 550, villages=[replaced]) | {"households": [{"household_id": "H1", "village_code": old}]}
    (line,) = (e for e in policy_of(6000).entries if e.kind == "monitoring_line")
    raised = replace(line, area="990101", value=7200.0)
    assert fell(tables, Policy([[line, raised]])) == {"H1": True}
    assert fell(tables, Policy([[line, replace(raised, area="990102")]])) == {}  # below the line already


@pytest.mark.parametrize(("replaced", "expected"), [((), True), (("P2",), True), (("P1", "P2"), None), (("P3",), True)])
def test_half_of_the_persons_listed_both_times_must_be_the_same(
    replaced: tuple[str, ...], expected: bool | None
) -> None:
    """P1 and P2 are listed both times, P3 only the second time."""
    born, since = date(1980, 1, 1), date(2025, 12, 1)
    members: list[dict[str, Any]] = [
        *({"person_id": p, "birth_month": born} for p in ("P1", "P2")),
        {"person_id": "P3", "valid_from": since, "birth_month": born},
        *({"person_id": p, "valid_from": since, "birth_month": date(2001, 5, 1)} for p in replaced if p != "P3"),
    ]
    assert fell(a_year_apart(500, 400, members=members)) == ({} if expected is None else {"H1": expected})


def test_the_day_of_the_interview_is_the_end_of_the_month_after() -> None:
    assert interview_day(date(2025, 1, 1)) == date(2025, 2, 28)
    assert interview_day(date(2024, 12, 1)) == date(2025, 1, 31)


def test_below_line_tells_every_household_with_an_income_in_the_month() -> None:
    rows = {name: rows_of(name, *listed) for name, listed in a_year_apart(500, 400, households=("H1", "H2")).items()}
    view = View.of(rows, SETTLED, COUNTY)
    policy = policy_of(6000)
    assert below_line(view, NOW, policy, SETTLED).collect()["below"].to_list() == [False, False]
    assert below_line(view, THEN, policy, SETTLED).collect()["below"].to_list() == [True, True]
    assert below_line(view, date(2024, 1, 1), policy, SETTLED).collect().is_empty()
