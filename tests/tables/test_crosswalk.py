from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from riskmodel.errors import DataError
from riskmodel.tables import View
from riskmodel.tables.crosswalk import Crosswalk
from scenario import rows_of

A, B, C, D = (f"99010100100{n}" for n in (1, 2, 3, 4))
AS_OF = date(2025, 3, 5)


def village(
    code: str, since: date = date(2014, 1, 1), to: date | None = None, new: str | None = None
) -> dict[str, Any]:
    return {"village_code": code, "valid_from": since, "valid_to": to, "successor_code": new, "known_at": since}


def crosswalk(*villages: dict[str, Any], as_of: date = AS_OF) -> Crosswalk:
    return Crosswalk.of(View.of({"villages": rows_of("villages", *villages)}, as_of))


def current(made: Crosswalk, *codes: str | None, on: date = AS_OF) -> list[str | None]:
    """The codes as text; as numbers they must give the same."""
    text = pl.Series(codes, dtype=pl.String)
    found, numbers = made.current(text, on), made.current(text.cast(pl.Int64), on)
    assert found.dtype == pl.String
    assert numbers.dtype == pl.Int64
    assert numbers.cast(pl.String).to_list() == found.to_list()
    return found.to_list()


def test_a_replaced_code_becomes_its_successor_from_the_day_it_is_no_longer_valid() -> None:
    made = crosswalk(village(A, to=date(2024, 7, 1), new=B), village(B, date(2024, 7, 1)))
    assert current(made, A, B, on=date(2024, 6, 30)) == [A, B]
    assert current(made, A, B, on=date(2024, 7, 1)) == [B, B]


def test_chains_are_followed_to_the_code_of_the_day() -> None:
    made = crosswalk(
        village(C, date(2022, 1, 1), date(2024, 1, 1), D),
        village(A, to=date(2020, 1, 1), new=B),
        village(B, date(2020, 1, 1), date(2022, 1, 1), C),
    )
    assert current(made, A, B, C, D, A) == [D, D, D, D, D]
    assert current(made, A, on=date(2023, 12, 31)) == [C]
    assert current(made, A, on=date(2019, 12, 31)) == [A]


def test_what_was_merged_and_what_has_no_successor() -> None:
    made = crosswalk(*(village(c, to=date(2024, 1, 1), new=C) for c in (A, B)), village(D, to=date(2024, 1, 1)))
    assert current(made, A, B, D, "990101001099", None) == [C, C, D, "990101001099", None]


def test_without_villages_a_code_stays_as_it_is() -> None:
    assert current(crosswalk(), A, None) == [A, None]


def test_what_is_known_later_replaces_nothing_yet() -> None:
    late = village(A, to=date(2024, 7, 1), new=B) | {"known_at": date(2024, 8, 12)}
    assert current(crosswalk(village(A), late, as_of=date(2024, 8, 11)), A) == [A]
    assert current(crosswalk(village(A), late, as_of=date(2024, 8, 12)), A) == [B]


def test_another_state_of_a_village_does_not_undo_its_replacement() -> None:
    made = crosswalk(village(A), village(A, date(2021, 1, 1), date(2024, 1, 1), B))
    assert current(made, A) == [B]


def test_a_code_given_again_is_in_use() -> None:
    there_and_back = (village(A, to=date(2020, 1, 1), new=B), village(B, to=date(2022, 1, 1), new=A))
    assert current(crosswalk(*there_and_back, village(A, date(2022, 1, 1))), A, B) == [A, A]


def test_codes_that_replace_each_other_in_a_circle_are_an_error_that_names_them() -> None:
    circle = (village(A, to=date(2020, 1, 1), new=B), village(B, to=date(2022, 1, 1), new=C))
    made = crosswalk(*circle, village(C, to=date(2023, 1, 1), new=B), village(D))
    with pytest.raises(DataError, match=f"in a circle on 2025-03-05: {B}, {C}\\."):
        current(made, D)
    assert current(made, A, on=date(2022, 12, 31)) == [C]


def test_a_leading_zero_survives_as_text() -> None:
    made = crosswalk(village("010101001001", to=date(2024, 1, 1), new="010101001002"))
    assert made.current(pl.Series(["010101001001", "no code"]), AS_OF).to_list() == ["010101001002", "no code"]


@pytest.mark.parametrize(
    ("code", "day", "holds"),
    [
        (A, date(2013, 12, 31), False),
        (A, date(2014, 1, 1), True),
        (A, date(2019, 12, 31), True),
        (A, date(2020, 1, 1), False),
        (A, date(2022, 12, 31), False),
        (A, date(2023, 1, 1), True),  # given again
        (B, date(2030, 1, 1), True),
        (C, date(2020, 1, 1), False),
        ("no code", date(2020, 1, 1), False),
        (None, date(2020, 1, 1), False),
        (A, None, False),
    ],
)
def test_a_code_is_valid_from_its_first_day_to_the_day_before_it_is_replaced(
    code: str | None, day: date | None, holds: bool
) -> None:
    made = crosswalk(village(A, to=date(2020, 1, 1), new=B), village(A, date(2023, 1, 1)), village(B))
    text, days = pl.Series([code], dtype=pl.String), pl.Series([day], dtype=pl.Date)
    assert made.valid(text, days).to_list() == [holds]
    assert made.valid(text.cast(pl.Int64, strict=False), days).to_list() == [holds]


def test_answers_stand_in_the_order_of_the_questions() -> None:
    made = crosswalk(village(A, to=date(2020, 1, 1), new=B), village(B, date(2020, 1, 1)))
    days = [date(2021, 1, 1), date(2019, 1, 1), date(2020, 1, 1), date(2019, 12, 31)]
    assert made.valid(pl.Series([A, B, B, A]), pl.Series(days)).to_list() == [False, False, True, True]
    assert made.valid(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.Date)).to_list() == []
    assert crosswalk().valid(pl.Series([A]), pl.Series([AS_OF])).to_list() == [False]
