from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from arriving import arrives, income, settled
from lake_rows import COUNTY
from riskmodel.policy import Policy
from riskmodel.sources.intake import Intake
from riskmodel.sources.taken import Taken

if TYPE_CHECKING:
    from pathlib import Path


def test_a_county_is_remembered_once_and_in_order(tmp_path: Path) -> None:
    with settled(tmp_path).lake.writer() as writer:
        taken = Taken(writer)
        taken.see(["990102", COUNTY])
        taken.see([COUNTY, "990103"])
    assert taken.seen == ["990102", COUNTY, "990103"]


def test_only_rows_that_were_news_are_kept_for_the_end_of_the_delivery(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    arrivals.take(arrives("incomes", income("H01", 100)))
    with arrivals.lake.writer() as writer:
        intake = Intake(writer, Policy.load())
        intake.take(arrives("incomes", pl.concat([income("H01", 100), income("H01", 200, 2)]), date(2025, 4, 10)))
        (loaded,) = intake.told.loaded
        assert (loaded.table, loaded.county, loaded.rows["amount"].to_list()) == ("incomes", COUNTY, [200])
        intake.finish(date(2025, 4, 10))
        assert intake.told.loaded == []


def test_what_a_batch_brought_about_is_told_with_its_number(tmp_path: Path) -> None:
    arrivals = settled(tmp_path)
    january: dict[str, Any] = {"full_list": True, "period_from": date(2025, 1, 1), "period_to": date(2025, 1, 31)}
    arrivals.take(arrives("incomes", pl.concat([income("H01", 1), income("H01", 2, 2)]), **january))
    arrivals.take(arrives("incomes", income("H01", 1), date(2025, 4, 10), **january))
    (told,) = (frame for frame in arrivals.odd if frame.height)
    assert told.select("row", "value", "rule").rows() == [(None, "1", "full_list")]
