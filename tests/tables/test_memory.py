"""A generation in memory is the one that merging gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from lake_rows import day, income, state
from properties import shuffled
from riskmodel.errors import DataError
from riskmodel.tables import TABLES
from riskmodel.tables.generation import Ids, decode, empty, encode, merge, order, stored_schema
from riskmodel.tables.memory import build
from strategies import histories
from worked_example import full_id, load, row

Rows = Mapping[str, pl.DataFrame]


def merged(rows: Rows) -> tuple[Ids, dict[str, pl.DataFrame]]:
    """What a lake holds that received the rows at once."""
    ids = Ids()
    return ids, {
        name: merge(empty(TABLES[name]), encode(rows[name], TABLES[name], ids), TABLES[name])[0]
        for name in TABLES
        if name in rows
    }


def contents(made: tuple[Ids, dict[str, pl.DataFrame]]) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table with ids as text, in an order that does not depend on codes."""
    ids, stored = made
    whole = {name: decode(rows, TABLES[name], ids).hstack(rows.select("known_until")) for name, rows in stored.items()}
    return {name: sorted(rows.iter_rows(), key=repr) for name, rows in whole.items()}


def assert_sorted(stored: Rows) -> None:
    for name, rows in stored.items():
        by = [*order(TABLES[name]), "known_at", "batch_id"]
        assert rows.sort(by, nulls_last=True, maintain_order=True).equals(rows), name


def test_the_worked_example_is_what_a_lake_would_hold() -> None:
    ids, stored = build(load())
    assert contents((ids, stored)) == contents(merged(load()))
    assert {name: dict(rows.schema) for name, rows in stored.items()} == {
        name: stored_schema(TABLES[name]) for name in TABLES
    }
    assert_sorted(stored)


@drawn(12)
@given(histories(), st.integers(0, 999))
def test_whatever_the_rows_and_their_order_it_is_what_a_lake_would_hold(rows: Rows, seed: int) -> None:
    made = build({name: shuffled(frame, seed) for name, frame in rows.items()})
    assert contents(made) == contents(merged(rows))
    assert_sorted(made[1])


def test_only_given_tables_are_built() -> None:
    ids, stored = build({"incomes": income(1, 10, day(1)), "visits": row("visits").clear()})
    assert ids.of("H").to_list() == [full_id("H1")]
    assert {name: rows.height for name, rows in stored.items()} == {"incomes": 1, "visits": 0}
    assert dict(stored["visits"].schema) == stored_schema(TABLES["visits"])


def test_a_row_that_says_nothing_new_is_left_out() -> None:
    again = pl.concat([income(1, 10, day(1)), income(1, 10, day(3))])
    assert build({"incomes": again})[1]["incomes"]["known_at"].to_list() == [day(1)]
    same = pl.concat([state(1, day(0), 3, day(1)), state(1, day(5), 3, day(6))])
    assert build({"households": same})[1]["households"]["valid_from"].to_list() == [day(0)]


def test_there_and_back_again_are_three_versions() -> None:
    rows = pl.concat([income(1, amount, day(n)) for n, amount in enumerate((10, 20, 10))])
    made = build({"incomes": rows})[1]["incomes"]
    assert made["known_until"].to_list() == [day(1), day(2), date(9999, 12, 31)]


def test_rows_of_one_batch_that_disagree_on_a_key_are_refused() -> None:
    with pytest.raises(DataError, match=r"table incomes, batch .*disagree"):
        build({"incomes": pl.concat([income(1, 10, day(1)), income(1, 20, day(1))])})


def test_a_row_whose_household_is_corrected_keeps_its_versions_together() -> None:
    bills = [row("medical_settlements", household_id=full_id(f"H{h}"), known_at=day(n)) for n, h in enumerate((2, 1))]
    ids, stored = build({"medical_settlements": pl.concat(bills)})
    rows = stored["medical_settlements"].sort("known_at")
    assert list(ids.decode("H", rows["household_id"])) == [full_id("H2"), full_id("H1")]
    assert rows["known_until"].to_list() == [day(1), date(9999, 12, 31)]
