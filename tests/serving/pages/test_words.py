from __future__ import annotations

from datetime import date

import pytest

from riskmodel.policy import Cause, Tier
from riskmodel.serving.pages.words import day, moment, percent, signed, tier_title, title_of


@pytest.mark.parametrize(
    ("share", "told"), [(None, "—"), (0.0, "0.0%"), (0.0004, "<0.1%"), (0.123, "12.3%"), (1.0, "100.0%")]
)
def test_a_share_never_reads_as_nothing_when_it_is_something(share: float | None, told: str) -> None:
    assert percent(share) == told


def test_days_and_times_are_those_of_china() -> None:
    assert day(date(2026, 1, 5)) == day("2026-01-05T23:00:00Z") == "2026年1月5日"
    assert moment("2026-01-05T23:30:00Z") == "2026-01-06 07:30"
    assert day(None) == moment(None) == "—"


def test_codes_have_titles_and_an_unknown_one_stands_as_it_is() -> None:
    assert title_of(Cause.ILL.value) == Cause.ILL.zh
    assert title_of("") == "—"
    assert title_of("new") == "new"
    assert tier_title("very_high") == Tier.VERY_HIGH.zh


def test_a_change_has_its_sign_and_an_unknown_one_is_a_dash() -> None:
    assert [signed(value) for value in (1200, -3, 0, None)] == ["+1,200", "-3", "0", "—"]
