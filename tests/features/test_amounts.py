from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from riskmodel.features import REGISTRY, assemble_view
from riskmodel.features.amounts import AMOUNT, AMOUNTS, Amount
from riskmodel.tables import View
from scenario import COUNTY, FOLDER, policy_of, read, rows_of

FEN = 100


def test_amounts_stand_beside_declared_features_each_told_once() -> None:
    told = [name for amount in AMOUNTS for name in amount.beside]
    assert set(told) <= REGISTRY.keys()
    assert len(told) == len(set(told))
    assert len({amount.column for amount in AMOUNTS}) == len(AMOUNTS)


@pytest.mark.parametrize("amount", AMOUNTS, ids=lambda amount: amount.name)
def test_an_amount_is_told_in_both_languages_without_a_field(amount: Amount) -> None:
    assert amount.english.isascii()
    assert not amount.label.isascii()


def test_amounts_are_those_of_the_facts_to_the_fen() -> None:
    made = read(FOLDER / "illness.toml").features()
    assert made.amounts is not None
    first = made.amounts.row(0, named=True)
    expected = {
        "self_pay_12m": 9000,
        "self_pay_3m": 8600,
        "largest_bill": 8000,
        "self_pay_warned": 8000,  # stays of the year, for a household that left poverty
        "self_pay_year": 8600,
        "income_head": 10000,
        "school_costs": 2500,
        "school_costs_beyond": 2500,
    }
    assert {name: first[f"{AMOUNT}{name}"] for name in expected} == {n: yuan * FEN for n, yuan in expected.items()}
    assert first[f"{AMOUNT}loans"] is None  # nothing on record is not zero
    assert set(made.amounts.schema.values()) == {pl.Int64()}


def test_an_amount_over_its_divisor_is_the_feature() -> None:
    for path in sorted(FOLDER.glob("*.toml")):
        made = read(path).features()
        assert made.amounts is not None
        both = made.rows.hstack(made.amounts)
        for name, feature in (("income_head", "income_to_line"), ("reference_head", "reference_income_to_line")):
            line = both[f"{AMOUNT}{name}"] / both[feature] / FEN
            assert line.drop_nulls().round(6).unique().to_list() in ([], [8000.0])


def test_a_bill_known_later_is_in_no_amount() -> None:
    bill = {"settlement_id": "S1", "service_end": date(2025, 1, 31), "self_pay": 900, "known_at": date(2025, 3, 6)}
    rows = {"households": rows_of("households", {"household_id": "H1"})}
    rows["medical_settlements"] = rows_of("medical_settlements", bill)
    for as_of, yuan in ((date(2025, 3, 5), None), (date(2025, 3, 6), 900)):
        made = assemble_view(View.of(rows, as_of, COUNTY), policy_of()).amounts
        assert made is not None
        assert made[f"{AMOUNT}self_pay_12m"].to_list() == [yuan and yuan * FEN]
