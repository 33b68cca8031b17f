from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from riskmodel.policy import CheckStage
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Posting
from riskmodel.sources.synthetic.observation.field import episode_rows, episodes, guarantee_checks, visits
from riskmodel.sources.synthetic.observation.surveys import Books
from sources.synthetic.simulated_county import county, failures_of, life, months_seen


@cache
def monitored() -> list[Posting]:
    books = Books()
    found = []
    for seen in months_seen().values():
        found += episodes(seen, books)
        books.enter(seen.happened)
    return found


def rows_of(name: str) -> pl.DataFrame:
    rows = [posting.rows for posting in monitored() if posting.table == name]
    return pl.concat(rows, how="diagonal")


def test_every_row_passes_the_checks_of_its_table() -> None:
    others = [p for seen in months_seen().values() for p in (visits(seen), *guarantee_checks(seen))]
    failures = failures_of([*monitored(), *others])
    assert failures.is_empty(), failures


def test_every_identification_is_told_with_its_survey_and_its_check() -> None:
    identified = sum(len(seen.happened.identified) for seen in months_seen().values())
    rows = rows_of("monitoring_episodes").filter(~pl.col("retracted"))
    told = rows.filter(pl.col("eliminated_month").is_null())
    assert identified <= told.height <= identified * 1.2
    stage = CheckStage.codes().index("identification")
    assert rows_of("guarantee_checks").filter(pl.col("stage") == stage).height == identified
    assert rows_of("income_surveys").height >= identified


def test_the_end_of_an_episode_repeats_how_it_began_and_comes_later() -> None:
    rows = rows_of("monitoring_episodes")
    ended = rows.filter(pl.col("eliminated_month").is_not_null())
    began = rows.filter(pl.col("eliminated_month").is_null() & ~pl.col("retracted"))
    both = ended.join(began, on=["household_id", "identified_month"], suffix="_first")
    assert both.height > 3
    for name in ("clue_on", "category", "channel", "cause_1", "cause_2", "disaster"):
        assert both[name].eq_missing(both[f"{name}_first"]).all(), name
    assert (both[ARRIVAL] > both[f"{ARRIVAL}_first"]).all()


def test_a_household_entered_by_mistake_is_taken_back_a_month_later() -> None:
    rows = rows_of("monitoring_episodes")
    back = rows.filter("retracted")
    wrong = rows.filter(~pl.col("retracted")).join(back, on=["household_id", "identified_month"], how="semi")
    assert wrong.height == back.height
    assert (wrong[ARRIVAL].to_numpy() + 1 == back[ARRIVAL].to_numpy()).all()


def test_a_disaster_is_named_only_with_its_cause() -> None:
    homes = county().homes
    open_ = np.flatnonzero(homes.open)
    rows = episode_rows(homes, open_, np.full(len(open_), 30000))
    causes = rows.select(pl.concat_list([f"cause_{n}" for n in range(1, 6)]).list.contains(7).alias("nat"))["nat"]
    assert (rows["disaster"].is_not_null() == causes.fill_null(value=False)).all()


def test_checks_see_most_problems() -> None:
    rows = pl.concat([p.rows for seen in months_seen().values() for p in guarantee_checks(seen)])
    assert 0.9 < rows["insured_ok"].mean() < 1  # type: ignore[operator]  # the mean of flags is a number
    assert rows["water_ok"].mean() > 0.98  # type: ignore[operator]
    assert rows.height > len(life()) * 3
