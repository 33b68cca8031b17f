from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scenario import features_of, full_list

AS_OF = date(2025, 3, 5)

LISTED = [full_list("social_assistance", date(2024, 3, 1), date(2025, 2, 28))]
WITHOUT_FEBRUARY = [full_list("social_assistance", date(2024, 3, 1), date(2025, 1, 31))]


def made(*rows: tuple[str, date], listed: Any = (), **more: Any) -> dict[str, float | None]:
    given = [{"scheme": scheme, "month": month, "amount": 100} for scheme, month in rows]
    return features_of(AS_OF, social_assistance=given, listed=listed, **more)


@pytest.mark.parametrize("month", [date(2024, 12, 1), date(2025, 1, 1), date(2025, 2, 1)])
def test_without_full_lists_a_row_of_the_last_three_months_counts(month: date) -> None:
    features = made(("dibao", month))
    assert (features["on_dibao"], features["on_tekun"]) == (1, 0)
    assert (features["dibao_ended"], features["aid_is_new"]) == (None, None)


def test_without_full_lists_an_old_row_says_nothing_about_today() -> None:
    assert made(("dibao", date(2024, 11, 1)))["on_dibao"] is None
    assert made()["on_dibao"] is None


def test_who_is_not_on_the_newest_full_list_receives_nothing() -> None:
    features = made(("dibao", date(2025, 1, 1)), listed=LISTED)
    assert (features["on_dibao"], features["dibao_ended"], features["dibao_months_12m"]) == (0, 1, 1)
    assert made(listed=LISTED)["dibao_months_12m"] == 0
    assert made(listed=LISTED)["on_dibao"] == 0


def test_the_newest_list_may_be_late() -> None:
    features = made(("dibao", date(2025, 1, 1)), listed=WITHOUT_FEBRUARY)
    assert (features["on_dibao"], features["dibao_ended"], features["aid_is_new"]) == (1, 0, 1)
    assert made(listed=WITHOUT_FEBRUARY)["dibao_months_12m"] is None  # February is not covered


def test_a_row_since_the_newest_list_counts() -> None:
    features = made(("dibao", date(2025, 2, 1)), listed=WITHOUT_FEBRUARY)
    assert (features["on_dibao"], features["dibao_ended"], features["aid_is_new"]) == (1, 0, 1)


@pytest.mark.parametrize(("month", "ended"), [(date(2024, 8, 1), 1), (date(2024, 7, 1), 0)])
def test_dibao_ended_lately_within_the_six_months_before_the_newest_list(month: date, ended: int) -> None:
    assert made(("dibao", month), listed=LISTED)["dibao_ended"] == ended


@pytest.mark.parametrize(
    ("rows", "new"),
    [
        ([("tekun_dispersed", date(2025, 2, 1))], 1),
        ([("dibao", date(2025, 2, 1)), ("dibao_urban", date(2025, 1, 1))], 0),
        ([("temporary", date(2025, 2, 1))], 0),
        ([("dibao", date(2025, 1, 1))], 0),
    ],
)
def test_aid_is_new_where_the_month_before_had_neither_dibao_nor_tekun(rows: list[tuple[str, date]], new: int) -> None:
    assert made(*rows, listed=LISTED)["aid_is_new"] == new


def test_two_lists_in_one_month_are_one_month_of_dibao() -> None:
    rows = [(scheme, date(2025, 2, 1)) for scheme in ("dibao", "dibao_urban")]
    assert made(*rows)["dibao_months_12m"] == 1


def test_the_list_of_one_department_says_nothing_about_the_allowances_of_another() -> None:
    assert made(listed=LISTED)["on_disability_allowance"] is None
    allowance = ("disability_care", date(2025, 2, 1))
    assert made(allowance, listed=LISTED)["on_disability_allowance"] == 1
    survey = [{"period_end": date(2024, 9, 30), "net_total": 1000}]
    for rows, share in (((allowance,), 0), ((allowance, ("dibao", date(2025, 1, 1))), 0.1)):
        assert made(*rows, listed=LISTED, income_surveys=survey)["assistance_to_income_12m"] == share


def test_a_row_known_later_or_retracted_does_not_count() -> None:
    row = {"scheme": "dibao", "month": date(2025, 2, 1), "known_at": date(2025, 3, 1)}
    dropped = row | {"known_at": date(2025, 3, 5), "retracted": True}
    for as_of, on in ((date(2025, 2, 28), None), (date(2025, 3, 4), 1), (AS_OF, None)):
        assert features_of(as_of, social_assistance=[row, dropped])["on_dibao"] == on


def test_a_list_received_later_does_not_make_a_zero() -> None:
    late = [full_list("social_assistance", date(2024, 3, 1), date(2025, 2, 28), received_on=date(2025, 3, 6))]
    assert made(listed=late)["dibao_months_12m"] is None


def test_the_margin_is_neither_dibao_nor_tekun() -> None:
    features = made(("rigid_spending", date(2025, 2, 1)))
    assert (features["on_the_margin"], features["on_dibao"]) == (1, 0)


def test_temporary_help_counts_by_month() -> None:
    rows = [("temporary", date(2024, 3, 1)), ("temporary", date(2025, 2, 1)), ("temporary", date(2024, 2, 1))]
    assert made(*rows)["temporary_aid_12m"] == 2
