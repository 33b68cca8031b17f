from __future__ import annotations

from functools import cache

import polars as pl

from riskmodel.sources.synthetic.months import calendar_month, month_at
from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.schools import Schools, term_of
from riskmodel.tables import check_rows, table
from sources.synthetic.simulated_county import canonical, months_seen


@cache
def enrolments() -> pl.DataFrame:
    schools = Schools()
    found = [posting for seen in months_seen().values() for posting in schools.enrolments(seen)]
    return pl.concat([posting.rows for posting in found if posting.table == "enrolments"])


def test_every_row_passes_the_checks_of_its_table() -> None:
    good, failures = check_rows(table("enrolments"), canonical("enrolments", enrolments()))
    assert failures.is_empty(), failures
    assert good.height > 1000


def test_a_month_lies_in_the_term_that_began_before_it() -> None:
    assert term_of(month_at(2021, 2)) == month_at(2020, 9)
    assert term_of(month_at(2021, 3)) == term_of(month_at(2021, 8)) == month_at(2021, 3)
    assert term_of(month_at(2021, 12)) == month_at(2021, 9)


def test_a_change_within_the_term_keeps_its_amounts_and_comes_later() -> None:
    rows = enrolments().sort(ARRIVAL, maintain_order=True)
    twice = rows.filter(pl.struct("person_id", "term").is_duplicated() & (pl.col("term") > month_at(2020, 1)))
    pairs = twice.group_by("person_id", "term", maintain_order=True).agg("self_pay", ARRIVAL, "status")
    assert pairs.height > 0
    for pays, arrival, status in pairs.select("self_pay", ARRIVAL, "status").iter_rows():
        assert pays[0] == pays[1]
        assert arrival[0] < arrival[1]
        assert status[0] != status[1]


def test_yulu_is_a_measure_of_a_person() -> None:
    for month, seen in months_seen().items():
        measures = [posting.rows for posting in Schools().enrolments(seen) if posting.table == "measures"]
        assert bool(measures) <= (calendar_month(month) in (3, 9))
        for rows in measures:
            assert rows["person_id"].null_count() == 0
            assert check_rows(table("measures"), canonical("measures", rows))[1].is_empty()
