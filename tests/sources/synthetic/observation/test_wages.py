from __future__ import annotations

import numpy as np
import polars as pl

from riskmodel.policy import IncomeComponent
from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.wages import employment, incomes
from sources.synthetic.simulated_county import LAST, failures_of, months_seen

CODES = IncomeComponent.codes()


def test_every_row_passes_the_checks_of_its_table() -> None:
    failures = failures_of(p for seen in months_seen().values() for p in (*incomes(seen), employment(seen)))
    assert failures.is_empty(), failures


def test_the_card_pays_everybody_and_wages_are_told_of_those_who_are_watched() -> None:
    seen = months_seen()[LAST]
    card, wages, *_ = incomes(seen)
    homes = seen.state.homes
    assert card.rows["amount"].sum() > 0
    assert set(wages.rows["component"].to_list()) == {CODES.index("wage_work")}
    watched = homes.ex_poor | homes.open
    assert watched[wages.rows["household_id"].to_numpy()].all()
    assert not watched[card.rows["household_id"].to_numpy()].all()


def test_amounts_are_those_that_were_paid() -> None:
    seen = months_seen()[LAST]
    pensions = incomes(seen)[0].rows.filter(pl.col("component") == CODES.index("tr_pension"))
    assert pensions["amount"].sum() == round(seen.happened.money["tr_pension"].sum() * 100)
    assert (pensions["month"] == LAST).all()
    assert not pensions.select("household_id", "month").is_duplicated().any()


def test_a_full_list_of_the_card_is_never_late() -> None:
    assert incomes(months_seen()[LAST])[0].rows[ARRIVAL].unique().to_list() == [LAST]


def test_everybody_who_can_work_has_a_row_whether_at_work_or_not() -> None:
    seen = months_seen()[LAST]
    rows = employment(seen).rows
    works = rows["employed"]
    assert 0.3 < works.mean() < 0.75  # type: ignore[operator]  # the mean of flags is a number
    assert rows.filter(works)["place"].null_count() == rows.filter(~works)["place"].count() == 0
    assert (rows.filter(~works)["wage"] == 0).all()
    assert (rows.filter("public_post")["public_post_until"].null_count()) == 0
    assert rows["wage"].to_numpy().sum() == np.rint(
        100 * seen.state.people.wage[rows["person_id"].to_numpy()].sum(dtype=np.float64)
    )
