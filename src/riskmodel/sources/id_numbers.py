"""Citizens' identity numbers (GB 11643): check digit, birth month and sex, for whole columns.

All functions take text in the form of `identifiers.normal_number`: NFKC, without spaces, upper case.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from riskmodel.policy import Sex

FULL: Final = "^[0-9]{17}[0-9X]$"
"""An identity number of 18 characters: area 6, birthday 8, sequence 3, check digit."""
OLD: Final = "^[0-9]{15}$"
"""One of 15 digits, as issued until 1999: no century, no check digit."""

_CERTIFICATE: Final = "^([0-9]{17}[0-9X])[0-9]{2}$"
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS: Final = "10X98765432"
_CENTURY: Final = "19"


def check_digit(first: pl.Series) -> pl.Series:
    """The 18th character that belongs to the first 17 digits; null where these are no digits."""
    digits = first.set(~first.str.contains("^[0-9]{17}$"), None)
    number = digits.cast(pl.Int64)
    total = pl.zeros(len(first), dtype=pl.Int64, eager=True)
    for weight in reversed(_WEIGHTS):
        number, rest = number // 10, number
        total += (rest - number * 10) * weight
    remainders = pl.Series(range(11), dtype=pl.Int64)
    return (total % 11).replace_strict(remainders, pl.Series(list(_CHECK_DIGITS)), return_dtype=pl.String)


def sound(numbers: pl.Series) -> pl.Series:
    """Whether a text is an identity number of 18 characters with the right check digit; an empty cell is none."""
    return (check_digit(numbers.str.slice(0, 17)) == numbers.str.slice(17)).fill_null(value=False)


def full_length(numbers: pl.Series) -> pl.Series:
    """Numbers of 15 digits brought to 18, disability certificates cut to the number that they begin with.

    Other texts stay as they are.
    """
    cut = numbers.str.replace(_CERTIFICATE, "${1}")
    is_old = cut.str.contains(OLD)
    if not is_old.any():
        return cut
    first = cut.str.slice(0, 6) + _CENTURY + cut.str.slice(6)
    return (first + check_digit(first)).zip_with(is_old.fill_null(value=False), cut)


def birth_month(numbers: pl.Series) -> pl.Series:
    """Month of birth, as its first day; null for other texts and impossible birthdays. Ask for sound numbers only."""
    return numbers.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).dt.month_start()


def sex(numbers: pl.Series) -> pl.Series:
    """Code of the sex: the 17th digit is odd for men; null for an empty cell. Ask for sound numbers only."""
    odd = numbers.str.slice(16, 1).is_in(list("13579"))
    return odd.replace_strict({True: Sex.MALE.value, False: Sex.FEMALE.value}, default=None, return_dtype=pl.String)
