from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from riskmodel.sources.synthetic.observation.forms import FORMS
from riskmodel.sources.synthetic.observation.slips import FULL_WIDTH, NONE, SLIPS, Rates, slipped

FORM = FORMS["incomes"]
ONLY_WRONG = Rates(wrong=0.01, repeated=0, missing=0, full_width=0, sent_again=0, list_sent_again=0)


def cells(count: int) -> pl.DataFrame:
    number = pl.Series(range(count)).cast(pl.String)
    return pl.DataFrame({"household_id": number, "month": "202001", "component": "低保金", "amount": "1230.50"})


def made(name: str, column: str, cell: str) -> str:
    """What a cell becomes by a mistake."""
    slip = next(slip for slip in SLIPS if slip.name == name)
    form = FORMS["members"] if column in ("person_id", "birth_month") else FORMS["medical_settlements"]
    text = pl.DataFrame({column: [cell]})
    return str(slip.made(text, form, np.array([0]), np.random.default_rng(1))[column][0])


def test_a_clean_copy_is_clean() -> None:
    assert slipped(cells(5000), FORM, NONE, np.random.default_rng(1)).equals(cells(5000))


def test_wrong_cells_are_few_and_one_to_a_row() -> None:
    rng = np.random.default_rng(1)
    text = slipped(cells(20_000), FORM, ONLY_WRONG, rng)
    differs = sum((text[name] != cells(20_000)[name]).cast(pl.Int32) for name in text.columns)
    assert isinstance(differs, pl.Series)
    assert differs.max() == 1
    assert 0.005 < differs.mean() <= 0.01  # type: ignore[operator]  # the mean of whole numbers


def test_a_small_file_has_no_wrong_cell() -> None:
    for seed in range(20):
        text = slipped(cells(99), FORM, ONLY_WRONG, np.random.default_rng(seed))
        assert text.equals(cells(99))


def test_rows_are_lost_and_repeated_at_their_rates() -> None:
    rates = Rates(wrong=0, missing=0.02, repeated=0.01, full_width=0)
    text = slipped(cells(50_000), FORM, rates, np.random.default_rng(1))
    lost = 50_000 - text["household_id"].n_unique()
    assert 0.017 < lost / 50_000 < 0.023
    assert 0.008 < (text.height - text["household_id"].n_unique()) / 50_000 < 0.012


def test_full_width_digits_mean_the_same() -> None:
    text = slipped(cells(5000), FORM, Rates(0, 0, 0, 0.1), np.random.default_rng(1))
    wide = text["amount"] != "1230.50"
    assert 0.08 < wide.mean() < 0.12  # type: ignore[operator]  # the mean of flags
    assert text.filter(wide)["amount"].unique().to_list() == ["1230.50".translate(FULL_WIDTH)]


@pytest.mark.parametrize(
    ("name", "column", "cell", "wrong"),
    [
        ("letters in an amount", "total_cost", "1200", "12OO"),
        ("letters in an amount", "total_cost", "135", "135约"),
        ("a day that does not exist", "service_end", "20230105", "2023-02-30"),
        ("born in the future", "birth_month", "198005", "203105"),
        ("parts that do not add up", "basic_paid", "100", "237.0"),
        ("digits lost in a number", "person_id", "990301196912019070", "9.90301E+17"),
        ("unknown code", "visit_type", "住院", "不详??"),
    ],
)
def test_each_kind_of_mistake(name: str, column: str, cell: str, wrong: str) -> None:
    assert made(name, column, cell) == wrong


def test_yuan_are_taken_for_ten_thousands() -> None:
    slip = next(slip for slip in SLIPS if slip.name == "yuan for ten thousands")
    assert slip.change("12,500") == "1.2500"


def test_an_empty_file_stays_empty() -> None:
    assert slipped(cells(0), FORM, Rates(), np.random.default_rng(1)).is_empty()
