"""A household alone gets the bits that it gets among all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given

from drawn import drawn
from riskmodel.features import FeatureTable, assemble_view
from riskmodel.features.alone import only_household
from riskmodel.tables import View
from scenario import COUNTY, policy_of, rows_of
from strategies import AS_OF_DATES, histories
from worked_example import full_id, load

POLICY = policy_of()
AS_OF = date(2025, 3, 5)
Rows = Mapping[str, pl.DataFrame]


def texts(table: FeatureTable, household: str) -> list[list[str]]:
    """All that is told of a household, to the bit: features, newest rows, amounts."""
    place = table.rows["household_id"].to_list().index(household)
    frames = (table.rows, table.newest, table.amounts)
    return [[repr(value) for value in frame.row(place)] for frame in frames if frame is not None]


def assert_alone_as_together(view: View) -> list[str]:
    """The households that were compared: those that are worked out alone."""
    whole = assemble_view(view, POLICY)
    compared = [h for h in whole.rows["household_id"] if only_household(view, [h]) is not None]
    for household in compared:
        alone = assemble_view(view, POLICY, [household], neighbours=whole.neighbours)
        assert alone.rows.schema == whole.rows.schema
        assert alone.rows.height == 1
        assert texts(alone, household) == texts(whole, household)
    return compared


@drawn(5)
@given(histories())
def test_whatever_its_rows_a_household_alone_has_the_bits_of_the_batch(rows: Rows) -> None:
    own = {**rows, "households": rows["households"].with_columns(predecessor_id=pl.lit(None, pl.String))}
    assert_alone_as_together(View.of(own, AS_OF_DATES[1], COUNTY))


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 6, 5)])
def test_the_household_of_the_worked_example_has_the_bits_of_the_batch(day: date) -> None:
    rows = load()
    own = {**rows, "households": rows["households"].filter(pl.col("predecessor_id").is_null())}
    assert assert_alone_as_together(View.of(own, day, COUNTY)) == [full_id("H01")]


def view(*households: dict[str, Any], villages: tuple[dict[str, Any], ...] = ()) -> View:
    return View.of(
        {"households": rows_of("households", *households), "villages": rows_of("villages", *villages)}, AS_OF, COUNTY
    )


def test_it_lives_in_the_village_that_its_own_has_become() -> None:
    gone = {"village_code": "990101001001", "valid_to": date(2024, 1, 1), "successor_code": "990101001002"}
    own = view(
        {"household_id": "H1", "village_code": "990101001001"}, villages=(gone, {"village_code": "990101001002"})
    )
    assert assert_alone_as_together(own) == [full_id("H1")]
    nobody = assemble_view(own, POLICY, apart=True)
    assert nobody.rows["village_code"].to_list() == ["990101001002"]


def test_only_one_household_with_nothing_inherited_is_worked_out_alone() -> None:
    one, two = {"household_id": "H1"}, {"household_id": "H2"}
    assert only_household(view(one, two), [full_id("H2")]) == 1
    assert only_household(view(one), None) == 0
    assert only_household(view(one, two), None) is None
    assert only_household(view(one, two), [full_id("H1"), full_id("H2")]) is None
    assert only_household(view(one), [full_id("H9")]) is None
    assert only_household(view(one, {**two, "predecessor_id": "H1"}), [full_id("H1")]) is None
    assert only_household(replace(view(one), in_memory=False), [full_id("H1")]) is None


def test_a_household_that_is_not_active_is_refused_alone_as_among_others() -> None:
    own = view({"household_id": "H1", "status": "dissolved"})
    with pytest.raises(Exception, match="not active"):
        assemble_view(own, POLICY, [full_id("H1")], apart=True)
