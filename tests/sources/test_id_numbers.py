from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.sources.id_numbers import birth_month, check_digit, full_length, sex, sound

seventeen = st.from_regex(r"\A[0-9]{17}\Z")


def closing(first: str) -> str:
    """Check digit by the definition of the standard (ISO 7064, MOD 11-2), digit by digit."""
    product = 0
    for digit in first:
        product = (product + int(digit)) * 2 % 11
    return "0123456789X"[(12 - product) % 11]


def texts(*given: str | None) -> pl.Series:
    """A column of texts."""
    return pl.Series(list(given), dtype=pl.String)


@given(st.lists(seventeen, min_size=1))
def test_the_check_digit_is_that_of_the_standard(firsts: list[str]) -> None:
    assert check_digit(texts(*firsts)).to_list() == [closing(first) for first in firsts]


@given(seventeen, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(first: str, place: int, by: int) -> None:
    right = first + closing(first)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    assert sound(texts(right, wrong)).to_list() == [True, False]


def test_what_is_no_number_of_18_characters_is_not_sound() -> None:
    given = texts("990101197403050014", "99010119740305001x", "9901017403050014", "", "9901011974030500140", None)
    assert sound(given).to_list() == [True, False, False, False, False, False]


@given(st.from_regex(r"\A[0-9]{15}\Z"))
def test_a_number_of_15_digits_gets_its_century_and_check_digit(old: str) -> None:
    (full,) = full_length(texts(old))
    assert full[:17] == f"{old[:6]}19{old[6:]}"
    assert sound(texts(full)).to_list() == [True]


def test_a_disability_certificate_is_cut_to_the_number_that_it_begins_with() -> None:
    assert full_length(texts("99010119740305001443", "99010119740305001X43")).to_list() == [
        "990101197403050014",
        "99010119740305001X",
    ]


@pytest.mark.parametrize(
    "text", ["", "E12345678", "990101197403050014", "9901011974030500144X", "99010174030500A", None]
)
def test_other_texts_stay_as_they_are(text: str | None) -> None:
    assert full_length(texts(text)).to_list() == [text]
    assert full_length(texts(text, "990101740305001")).to_list()[0] == text


def test_birth_month_and_sex_come_from_sound_numbers_only() -> None:
    woman, wrong, impossible = "990101197611020020", "990101197611020021", "99010119761302002"
    given = texts("990101197403050014", woman, wrong, impossible + closing(impossible), "E12345678", None)
    assert birth_month(given.set(~sound(given), None)).to_list() == [
        date(1974, 3, 1),
        date(1976, 11, 1),
        None,
        None,
        None,
        None,
    ]
    assert sex(given.set(~sound(given), None)).to_list() == ["male", "female", None, "female", None, None]


def test_an_empty_column_is_no_difficulty() -> None:
    empty = texts()
    assert [f(empty).len() for f in (check_digit, sound, full_length, birth_month, sex)] == [0] * 5
