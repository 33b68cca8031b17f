from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from arriving import Arrivals, at
from riskmodel.errors import UsageError
from riskmodel.features import assemble
from riskmodel.policy import Policy
from riskmodel.policy import check as policy_gaps
from riskmodel.sources.delivery import deliveries, opened
from riskmodel.sources.sample import write_sample
from riskmodel.sources.sample_columns import COUNTY_CODE
from riskmodel.sources.source import Received, check
from riskmodel.tables.outcomes import new_entries

if TYPE_CHECKING:
    from pathlib import Path

    from riskmodel.tables import Lake

HOUSEHOLDS, MONTHS = 1500, 36


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A written sample; the tests only read it."""
    out = tmp_path_factory.mktemp("sample") / "out"
    write_sample(out, HOUSEHOLDS, MONTHS, seed=11)
    return out


@pytest.fixture(scope="module")
def arrivals(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    """Every file of the sample, taken in."""
    arrivals = at(tmp_path_factory.mktemp("lake"))
    arrivals.take(*read(sample))
    return arrivals


@pytest.fixture(scope="module")
def lake(arrivals: Arrivals) -> Lake:
    """The sample in a lake."""
    return arrivals.lake


def test_one_history_delivery_then_one_a_month(sample: Path) -> None:
    days = [folder.name for folder in deliveries(sample / "deliveries")]
    assert (days[0], days[1], days[-1], len(days)) == ("2022-07-25", "2022-08-25", "2024-01-25", 1 + MONTHS // 2)


def test_every_row_passes_the_checks_and_none_repeats_what_the_lake_knows(arrivals: Arrivals) -> None:
    accounts = arrivals.accounts
    assert sum(account.rows_loaded for account in accounts) == sum(account.rows_read for account in accounts) > 50_000
    assert not [account.remarks for account in accounts if account.remarks]
    assert arrivals.lake.counties() == [COUNTY_CODE]


def test_equal_arguments_give_equal_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_sample(tmp_path / name, 40, 24, seed)
    a, b, c = (
        {
            p.relative_to(tmp_path / name).as_posix(): p.read_bytes()
            for p in (tmp_path / name).rglob("*.*")
            if p.is_file()
        }
        for name in "abc"
    )
    assert a == b
    assert a != c


def test_between_one_and_six_in_a_hundred_are_newly_identified_in_a_year(lake: Lake) -> None:
    for year in (2021, 2022):
        found = entered(lake, date(year, 1, 5))
        assert 0.01 < found["event"].mean() < 0.06  # type: ignore[operator]  # the mean of flags is a number


def test_the_poorer_a_household_is_the_likelier_it_is_identified(lake: Lake, sample: Path) -> None:
    day = date(2022, 1, 5)
    rows = assemble(lake, day, policy=Policy.load(sample / "policy")).rows.drop_nulls("income_to_line")
    ids = lake.view(COUNTY_CODE, day).ids
    found = entered(lake, day)
    named = found.with_columns(household_id=ids.decode("H", found["household_id"]))
    joined = rows.join(named, on="household_id").with_columns(rank=pl.col("income_to_line").rank())
    assert joined.select(pl.corr("rank", pl.col("event").cast(pl.Float64))).item() < -0.05


def test_features_can_be_made_on_any_day_that_the_sample_covers(lake: Lake, sample: Path) -> None:
    policy = Policy.load(sample / "policy")
    for day in (date(2021, 1, 5), date(2022, 7, 5), date(2024, 2, 5)):
        assert assemble(lake, day, policy=policy).values.shape[0] == HOUSEHOLDS


def test_the_policy_is_complete_confirmed_and_says_that_it_is_invented(sample: Path) -> None:
    policy = Policy.load(sample / "policy")
    for day in (date(2020, 1, 1), date(2022, 6, 30), date(2025, 12, 31)):
        assert policy_gaps(policy, [COUNTY_CODE], day) == []
    own = [entry for entry in policy.entries if entry.area == "9903"]
    assert {entry.source.partition(" ")[0] for entry in own} == {"Invented"}
    assert not [entry for entry in Policy.load().entries if entry.area.startswith("99")]


@pytest.mark.parametrize(("households", "months"), [(0, 48), (10, 23)])
def test_a_sample_too_small_to_learn_from_is_refused(tmp_path: Path, households: int, months: int) -> None:
    with pytest.raises(UsageError, match="too small"):
        write_sample(tmp_path / "out", households, months, 1)


def test_one_household_is_enough_to_write_a_sample(tmp_path: Path) -> None:
    write_sample(tmp_path / "out", 1, 24, 1)
    files = read(tmp_path / "out")
    assert sum(check(f).sound.height for f in files) == sum(f.rows.height for f in files) > 0


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="not empty"):
        write_sample(tmp_path, 10, 24, 1)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def read(sample: Path) -> list[Received]:
    """Every file of a sample."""
    return [file.read(None) for folder in deliveries(sample / "deliveries") for file in opened(folder)]


def entered(lake: Lake, as_of: date) -> pl.DataFrame:
    """Who of the cohort was identified within 12 months, as read at the end."""
    first, after = as_of.replace(day=1), as_of.replace(year=as_of.year + 1, day=1)
    later = lake.view(COUNTY_CODE, lake.newest_delivery())
    return new_entries(lake.view(COUNTY_CODE, as_of), later, first, after).collect()
