from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from riskmodel.tables import View
from riskmodel.training.labels import LABELS, Question
from scenario import policy_of, rows_of
from told_outcomes import (
    ENTRY,
    D,
)

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize(
    ("as_of", "delay", "day"),
    [
        (date(2025, 3, 5), 2, date(2026, 4, 30)),
        (date(2025, 3, 5), 0, date(2026, 2, 28)),
        (date(2025, 3, 30), 2, date(2026, 4, 30)),
        (date(2025, 3, 31), 2, date(2026, 5, 31)),  # March is complete: M0 is April
        (date(2024, 2, 29), 0, date(2025, 2, 28)),
    ],
)
def test_a_label_matures_at_the_end_of_the_last_month_of_horizon_and_delay(as_of: date, delay: int, day: date) -> None:
    assert ENTRY.matures_on(as_of, delay) == day


def test_the_horizon_is_twelve_months_from_the_first_month_that_is_not_complete() -> None:
    view = View.of({"households": rows_of("households", {"household_id": "H1"})}, D)
    question = Question(view, view, 12, policy_of())
    assert (question.first, question.after_last) == (date(2025, 3, 1), date(2026, 3, 1))
    question = replace(question, view=replace(view, as_of=date(2025, 3, 31)))
    assert (question.first, question.after_last) == (date(2025, 4, 1), date(2026, 4, 1))


def test_a_label_may_need_months_beyond_the_delay_of_the_policy() -> None:
    late = replace(ENTRY, further_delay=4)
    assert late.gap(2) == ENTRY.gap(2) + 4 == 18
    assert late.matures_on(D, 2) == date(2026, 8, 31)
    assert LABELS["new_entry_6m"].matures_on(D, 2) == date(2025, 10, 31)
