from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.errors import BundleError
from riskmodel.features import declared
from riskmodel.scoring.score import CONTRIBUTION, GROUP
from riskmodel.scoring.sums import SAMPLE, TOLERANCE, SumCheck, check_sums

if TYPE_CHECKING:
    from scoring.conftest import Given

GROUPS = {f.name: f.group.value for f in declared()}
FIRST = f"{CONTRIBUTION}{declared()[0].name}"


def planted(scored: pl.DataFrame, column: str, by: float | None, row: int = 0) -> pl.DataFrame:
    """The scores with one cell off."""
    here = pl.int_range(pl.len()) == row
    return scored.with_columns(
        pl.when(here).then(pl.col(column) + pl.lit(by, pl.Float64)).otherwise(column).alias(column)
    )


def test_scores_of_every_kind_of_model_add_up_in_a_sample_of_all_ranks(given: Given) -> None:
    found = check_sums(given.scored, GROUPS)
    assert found.households == min(SAMPLE, given.scored.height)
    assert 0 <= found.largest <= TOLERANCE
    assert check_sums(given.scored, GROUPS) == found


@pytest.mark.parametrize("by", [3e-9, -3e-9, float("nan"), None])
@pytest.mark.parametrize("column", [FIRST, "margin", "base"])
def test_one_cell_off_is_found_and_names_the_household(given: Given, column: str, by: float | None) -> None:
    household = given.scored["household_id"][0]
    with pytest.raises(
        BundleError, match=rf"in 1 of \d+ households .* margin, first {household}.*Nothing was published"
    ):
        check_sums(planted(given.scored, column, by), GROUPS)


def test_a_group_that_is_not_the_sum_of_its_features_is_found(given: Given) -> None:
    column = f"{GROUP}{declared()[0].group.value}"
    with pytest.raises(BundleError, match=f"does not add up to {column}, first"):
        check_sums(planted(given.scored, column, 1e-6, row=-1 % given.scored.height), GROUPS)


def test_a_group_too_many_or_too_few_is_found(given: Given) -> None:
    column = f"{GROUP}{declared()[0].group.value}"
    for wrong in (given.scored.drop(column), given.scored.with_columns(pl.lit(0.0).alias(f"{GROUP}LUCK"))):
        with pytest.raises(BundleError, match="the groups of the scores are not those of the features"):
            check_sums(wrong, GROUPS)


def test_what_adding_up_floats_does_is_let_pass(given: Given) -> None:
    assert check_sums(planted(given.scored, FIRST, 5e-10), GROUPS).largest == pytest.approx(5e-10, abs=1e-12)


def test_a_small_county_is_checked_as_a_whole_and_an_empty_one_has_nothing_to_check(given: Given) -> None:
    assert check_sums(given.scored.head(7), GROUPS).households == 7
    assert check_sums(given.scored.clear(), GROUPS) == SumCheck(0, 0.0)
