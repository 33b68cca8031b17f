from __future__ import annotations

from functools import cache

import polars as pl

from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.measures import Ledger
from riskmodel.sources.synthetic.vocabulary import MEASURE
from riskmodel.tables import check_rows, table
from sources.synthetic.simulated_county import canonical, county, months_seen


@cache
def measures() -> pl.DataFrame:
    ledger = Ledger()
    return pl.concat([posting.rows for seen in months_seen().values() for posting in ledger.measures(seen)])


def test_every_row_passes_the_checks_of_its_table() -> None:
    good, failures = check_rows(table("measures"), canonical("measures", measures()))
    assert failures.is_empty(), failures
    assert good.height > 100


def test_the_number_of_a_measure_is_its_own() -> None:
    keys = ["household_id", "person_id", "measure", "option", "started_on"]
    assert measures().unique(["measure_id", *keys]).height == measures()["measure_id"].n_unique()


def test_measures_without_an_end_get_one_when_the_monitoring_ends() -> None:
    rows = measures().sort(ARRIVAL, maintain_order=True)
    closed = rows.filter(pl.col("measure_id").is_duplicated())
    pairs = closed.group_by("measure_id", maintain_order=True).agg("ended_on", ARRIVAL, "household_id")
    assert pairs.height > 0
    for ended, arrival, home in pairs.select("ended_on", ARRIVAL, "household_id").iter_rows():
        assert ended[0] is None
        assert ended[1] is not None
        assert arrival[0] < arrival[1]
        assert county().homes.ended[home[0]] >= 0 or not county().homes.active[home[0]]


def test_posts_belong_to_a_person_and_small_loans_to_a_household() -> None:
    posts = measures().filter((pl.col("measure") == MEASURE["public_post"]) & pl.col("person_id").is_not_null())
    loans = measures().filter(pl.col("measure") == MEASURE["finance"])
    assert posts.height > 10
    assert posts["ended_on"].null_count() == 0
    assert loans.height > 10
    assert loans["person_id"].count() == 0
