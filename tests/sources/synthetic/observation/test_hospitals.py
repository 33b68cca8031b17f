from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.observation.coded import ARRIVAL
from riskmodel.sources.synthetic.observation.hospitals import is_reversal, medical_settlements
from riskmodel.tables import check_rows, table
from sources.synthetic.simulated_county import canonical, county, months_seen


@cache
def bills() -> pl.DataFrame:
    return pl.concat([medical_settlements(seen).rows for seen in months_seen().values()])


def test_every_bill_but_reversals_passes_the_checks() -> None:
    rows = bills().filter(~pl.Series(is_reversal(bills())))
    _, failures = check_rows(table("medical_settlements"), canonical("medical_settlements", rows))
    assert failures.is_empty(), failures


def test_bills_from_elsewhere_come_months_later() -> None:
    delay = (
        bills().with_columns(month=pl.col("settlement_id") // 1_000_000).with_columns(late=ARRIVAL - pl.col("month"))
    )
    inside, outside = (delay.filter(pl.col("in_county") == there)["late"] for there in (True, False))
    assert outside.mean() > inside.mean() + 1.5  # type: ignore[operator]  # means of whole numbers
    assert outside.max() <= 6 + 4  # type: ignore[operator]


def test_a_later_version_has_more_aid_and_leaves_less_to_pay() -> None:
    versions = bills().sort(ARRIVAL).filter(pl.col("settlement_id").is_duplicated() & (pl.col("total_cost") > 0))
    positive = versions.filter(pl.col("settlement_id").is_duplicated())
    pairs = positive.group_by("settlement_id", maintain_order=True).agg("aid_paid", "self_pay", ARRIVAL)
    assert pairs.height > 5
    for aid, pays, arrival in pairs.select("aid_paid", "self_pay", ARRIVAL).iter_rows():
        assert aid[0] < aid[1]
        assert pays[0] > pays[1]
        assert arrival[0] < arrival[1]


def test_a_reversal_takes_back_the_bill_of_the_same_number_a_month_later() -> None:
    rows = bills()
    back = rows.filter(pl.Series(is_reversal(rows)))
    taken = rows.filter(~pl.Series(is_reversal(rows))).join(back, on="settlement_id", suffix="_back")
    assert taken.height == back.height > 0
    assert (taken["total_cost"] == -taken["total_cost_back"]).all()
    assert (taken[f"{ARRIVAL}_back"] == taken[ARRIVAL] + 1).all()


def test_only_people_with_a_number_have_bills() -> None:
    assert county().people.numbered[bills()["person_id"].to_numpy()].all()
    assert np.unique(bills()["visit_type"]).tolist() == [0, 1, 2]
