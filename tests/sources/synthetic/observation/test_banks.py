from __future__ import annotations

import polars as pl

from riskmodel.sources.synthetic.observation.banks import loan_statements
from riskmodel.sources.synthetic.vocabulary import LOAN
from riskmodel.tables import check_rows, table, warn_rows
from sources.synthetic.simulated_county import LAST, canonical, months_seen


def test_statements_of_two_years_are_sound_and_say_nothing_odd() -> None:
    rows = pl.concat([posting.rows for seen in months_seen().values() for posting in loan_statements(seen)])
    good, failures = check_rows(table("loan_statements"), canonical("loan_statements", rows))
    assert failures.is_empty(), failures
    assert warn_rows(table("loan_statements"), good).is_empty()
    assert good.height > 1000


def test_a_loan_is_told_of_until_the_month_in_which_it_is_closed() -> None:
    seen = pl.concat([posting.rows for found in months_seen().values() for posting in loan_statements(found)])
    closed = seen.filter(pl.col("balance") == 0)
    assert closed.height > 5
    assert not closed["loan_id"].is_duplicated().any()
    last = seen.group_by("loan_id").agg(pl.col("month").max())
    assert closed.join(last, on="loan_id").select((pl.col("month") == pl.col("month_right")).all()).item()


def test_only_overdue_loans_have_days_past_due() -> None:
    rows = pl.concat([posting.rows for posting in loan_statements(months_seen()[LAST])])
    late = rows["status"] == LOAN["overdue"]
    assert (rows.filter(late)["days_past_due"] > 0).all()
    assert (rows.filter(~late)["days_past_due"] == 0).all()


def test_each_loan_belongs_to_one_bank() -> None:
    large, small = (set(posting.rows["loan_id"].to_list()) for posting in loan_statements(months_seen()[LAST]))
    assert large
    assert small
    assert large.isdisjoint(small)
