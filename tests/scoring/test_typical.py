from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest

from riskmodel.features.origins import origins
from riskmodel.scoring.typical import KNOWN, LEAST, MEDIAN, Typical, typical

if TYPE_CHECKING:
    from riskmodel.features import FeatureTable


@pytest.fixture(scope="session")
def published(features: FeatureTable) -> pl.DataFrame:
    return typical(features)


def test_medians_are_those_of_the_known_values(features: FeatureTable, published: pl.DataFrame) -> None:
    names = [f.name for f in features.features]
    rows = features.rows
    for code, households, *_ in published.select("village_code", "households").iter_rows():
        own = rows if code is None else rows.filter(pl.col("village_code") == code)
        assert own.height == households
        for name in names:
            values = own[name].drop_nulls()
            found = published.filter(pl.col("village_code").eq_missing(pl.lit(code, dtype=pl.String)))
            told = households >= LEAST and values.len() >= LEAST
            assert found[f"{MEDIAN}{name}"][0] == (values.median() if told else None)
            assert found[f"{KNOWN}{name}"][0] == (values.len() / households if households >= LEAST else None)


def test_the_county_comes_first_and_villages_by_code(features: FeatureTable, published: pl.DataFrame) -> None:
    assert published["village_code"].to_list() == [None, *sorted(set(features.rows["village_code"]))]


def test_small_villages_tell_nothing_of_their_own_and_get_the_countys(features: FeatureTable) -> None:
    few = pl.when(pl.int_range(pl.len()) < LEAST - 1).then(pl.lit("990301999001")).otherwise(pl.col("village_code"))
    found = typical(replace(features, rows=features.rows.with_columns(village_code=few)))
    own = found.filter(pl.col("village_code") == "990301999001")
    assert own["households"].to_list() == [LEAST - 1]
    assert own.select(pl.all_horizontal(pl.col(f"^({MEDIAN}|{KNOWN}).*$").is_null())).item()
    told = Typical.of(found, "990301999001")
    assert told.median("household_size") == (features.rows["household_size"].median(), "county")
    assert told.known("household_size") == (1.0, "county")


def test_a_village_is_told_of_itself_and_of_the_county_where_asked(published: pl.DataFrame) -> None:
    code = published.filter(pl.col("village_code").is_not_null() & (pl.col("households") >= LEAST))["village_code"][0]
    told = Typical.of(published, code)
    assert told.median("household_size") == (
        published.filter(pl.col("village_code") == code)[f"{MEDIAN}household_size"][0],
        "village",
    )
    found = told.median("household_size", of_village=False)
    assert found is not None
    assert found[1] == "county"
    assert told.median("no_such_feature") is None


def test_the_newest_row_of_a_village_is_that_of_any_of_its_households(
    features: FeatureTable, published: pl.DataFrame
) -> None:
    assert features.newest is not None
    for code in published["village_code"].drop_nulls():
        own = features.newest.filter(features.rows["village_code"] == code)
        for table in ("surveys", "members"):
            day = origins(own.select(pl.col(f"{table}.origin").max()))[f"newest_{table}"][0]
            assert day is not None
            assert Typical.of(published, code).origin(table)[0] == day


def test_a_county_without_households_has_one_row_of_nulls(features: FeatureTable) -> None:
    nobody = replace(features, rows=features.rows.head(0), newest=None)
    found = typical(nobody)
    assert found.select("village_code", "households").rows() == [(None, 0)]
    assert Typical.of(found, "990301001001").median("household_size") is None
