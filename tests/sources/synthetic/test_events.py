from __future__ import annotations

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.events import Events
from sources.synthetic.simulated_county import county, life


def table() -> pl.DataFrame:
    events = Events()
    for state, happened in life().values():
        events.note(state, happened)
    return events.table(pl.Series([f"h{n}" for n in range(len(county().homes))]))


def test_every_identification_and_every_onset_has_its_row() -> None:
    found = table()
    began = sum(happened.began.sum() for _, happened in life().values())
    assert found["onset_month"].count() == began
    identified = np.concatenate([happened.identified for _, happened in life().values()])
    assert found["identified_month"].count() == len(identified)


def test_months_follow_each_other() -> None:
    found = table()
    for first, second in (("onset_month", "identified_month"), ("identified_month", "eliminated_month")):
        both = found.drop_nulls([first, second])
        assert both.height
        assert (both[first] <= both[second]).all()


def test_an_identification_without_hardship_has_no_true_cause() -> None:
    mistaken = table().filter(pl.col("onset_month").is_null())
    assert mistaken["true_cause_1"].count() == 0
    assert mistaken["identified_month"].null_count() == 0
    assert table().filter(pl.col("onset_month").is_not_null())["true_cause_1"].null_count() == 0
