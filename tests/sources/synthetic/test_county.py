from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.sources.synthetic.county import Plan, simulated
from riskmodel.sources.synthetic.months import FIRST


def content(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same county three times: without and with the true probabilities, and with another seed."""
    out = tmp_path_factory.mktemp("lived")
    dates = (date(2021, 3, 5), date(2022, 1, 5))
    plans = {"plain": Plan(40, 1, 1), "truth": Plan(40, 1, 1, dates, 2), "seed": Plan(40, 1, 2, dates, 2)}
    for name, plan in plans.items():
        months = [step.month for step in simulated(out / name, plan)]
        assert months == list(range(FIRST, plan.last + 1))
    return {name: out / name for name in plans}


def test_equal_plans_give_equal_bytes_and_the_truth_that_is_asked_for_changes_no_delivery(
    lived: dict[str, Path],
) -> None:
    plain, truth = content(lived["plain"] / "deliveries"), content(lived["truth"] / "deliveries")
    assert plain == truth
    assert {Path(name).suffix for name in plain} == {".csv", ".xlsx", ".parquet", ".toml"}


def test_another_seed_gives_another_county(lived: dict[str, Path]) -> None:
    assert content(lived["truth"] / "deliveries") != content(lived["seed"] / "deliveries")


def test_there_is_a_file_of_the_truth_for_each_day_that_was_asked_for(lived: dict[str, Path]) -> None:
    assert sorted(p.name for p in (lived["truth"] / "truth").iterdir()) == [
        "2021-03-05.parquet", "2022-01-05.parquet", "events.parquet",
    ]  # fmt: skip


def test_every_delivery_is_in_a_folder_of_its_day(lived: dict[str, Path]) -> None:
    assert sorted(p.name for p in (lived["plain"] / "deliveries").iterdir()) == ["2022-01-04", "2022-02-04"]


def test_the_truth_has_probabilities_where_they_were_asked_for(written: Path) -> None:
    (path,) = (p for p in (written / "truth").iterdir() if p.name != "events.parquet")
    rows = pl.read_parquet(path)
    assert rows["户编号"].n_unique() == rows.height > 240
    assert (rows["probability_12m"] >= rows["probability_6m"]).all()
    assert rows["standard_error_12m"].is_between(0, 0.5).all()
    assert pl.read_parquet(written / "truth" / "events.parquet")["户编号"].null_count() == 0


def test_by_default_the_truth_is_that_of_a_year_before_the_end() -> None:
    assert Plan(10, 36, 1).dates == (date(2024, 1, 5),)
    assert Plan(10, 1, 1, (date(2021, 5, 5),)).dates == (date(2021, 5, 5),)


@pytest.mark.parametrize(
    ("plan", "why"),
    [
        (Plan(0, 12, 1), "cannot be simulated"),
        (Plan(10, 0, 1), "cannot be simulated"),
        (Plan(10, 500, 1), "cannot be simulated"),
        (Plan(10, 2, 1, (date(2030, 1, 5),)), "not part of this simulation"),
        (Plan(10, 2, 1, (date(2019, 1, 5),)), "not part of this simulation"),
    ],
)
def test_a_county_that_cannot_be_is_refused_before_anything_is_written(tmp_path: Path, plan: Plan, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        next(simulated(tmp_path / "out", plan))
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(UsageError, match="not empty"):
        next(simulated(tmp_path, Plan(10, 1, 1)))
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
