from __future__ import annotations

import polars as pl

from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.lists import social_assistance
from riskmodel.sources.synthetic.vocabulary import SCHEME
from sources.synthetic.simulated_county import LAST, failures_of, months_seen


def test_every_row_passes_the_checks_of_its_table() -> None:
    postings = [posting for seen in months_seen().values() for posting in social_assistance(seen)]
    failures = failures_of(postings)
    assert failures.is_empty(), failures
    assert all((posting.rows[ARRIVAL] == posting.rows["month"]).all() for posting in postings)


def test_the_list_of_dibao_is_that_of_the_month() -> None:
    seen = months_seen()[LAST]
    civil = social_assistance(seen)[0].rows
    dibao = civil.filter(pl.col("scheme") == SCHEME["dibao"])
    homes = seen.state.homes
    assert set(dibao["household_id"].to_list()) == set(((homes.dibao > 0) & homes.active).nonzero()[0].tolist())
    assert dibao["amount"].sum() == round(seen.happened.money["tr_dibao"].sum() * 100)


def test_schemes_that_only_state_something_have_no_amount() -> None:
    rows = pl.concat([social_assistance(seen)[0].rows for seen in months_seen().values()])
    marginal = rows.filter(pl.col("scheme") == SCHEME["dibao_marginal"])
    assert marginal.height > 0
    assert (marginal["amount"] == 0).all()
