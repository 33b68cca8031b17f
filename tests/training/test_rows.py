from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_rows import batch
from leak_alarm import alarms
from riskmodel.errors import DataError
from riskmodel.features import assemble, assemble_view, declared
from riskmodel.features.windows import months_before
from riskmodel.models import Column
from riskmodel.tables import Lake
from riskmodel.tables.freshness import first_known
from riskmodel.tables.outcomes import month_incomes
from riskmodel.training import rows as rows_module
from riskmodel.training.labels import LABELS, outcomes
from riskmodel.training.rows import (
    COPIES,
    FEWEST_ROWS,
    STEP_MONTHS,
    collect,
    gather,
    model_columns,
    most_rows,
    schedule,
)
from scenario import COUNTY, policy_of, rows_of
from training.made_rows import out_of_time
from worked_example import full_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from riskmodel.features import FeatureTable
    from riskmodel.policy import Policy
    from riskmodel.tables import View
    from riskmodel.training.fit import Rows
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace

LABEL = LABELS["income_below_line_12m"]
DAYS = st.dates(date(2018, 1, 1), date(2022, 12, 31))


# --- schedule ---


def dates_of(
    first: date, read_on: date, run_day: int = 5, delay: int = 2, history: int = 6
) -> tuple[list[date], date | None]:
    """The schedule, and the run day that would follow its last one month by month."""
    values = {"run_day": run_day, "label.reporting_delay_months": delay, "min_history_months": history}
    dates = schedule(LABEL, policy_of(**values), COUNTY, first, read_on)
    return dates, months_before(dates[-1], -1).replace(day=run_day) if dates else None


@given(DAYS, DAYS, st.integers(1, 28), st.integers(0, 6), st.integers(0, 12))
def test_as_of_dates_are_matured_run_days_three_months_apart(
    first: date, read_on: date, run_day: int, delay: int, history: int
) -> None:
    dates, following = dates_of(first, read_on, run_day, delay, history)
    assert all(LABEL.matures_on(day, delay) <= read_on and day.day == run_day for day in dates)
    assert [months_before(day, -STEP_MONTHS).replace(day=run_day) for day in dates[:-1]] == dates[1:]
    if dates and following:
        assert LABEL.matures_on(following, delay) > read_on  # the newest possible one is there
        oldest = months_before(first, -history)
        assert dates[0] >= oldest.replace(day=min(first.day, 28))  # and there was a history before the oldest


@pytest.mark.parametrize(
    ("read_on", "newest"),
    [
        (date(2022, 4, 30), date(2021, 3, 5)),
        (date(2022, 4, 29), date(2021, 2, 5)),
        (date(2022, 5, 1), date(2021, 3, 5)),
    ],
)
def test_the_newest_date_is_the_last_whose_label_has_matured(read_on: date, newest: date) -> None:
    dates, _ = dates_of(date(2018, 1, 1), read_on)
    assert dates[-1] == newest


@pytest.mark.parametrize(
    ("first", "oldest"), [(date(2020, 3, 5), date(2020, 9, 5)), (date(2020, 3, 6), date(2020, 12, 5))]
)
def test_the_oldest_date_has_the_least_history_behind_it(first: date, oldest: date) -> None:
    dates, _ = dates_of(first, date(2022, 4, 30))
    assert dates[0] == oldest


def test_without_enough_months_there_is_no_date() -> None:
    assert dates_of(date(2021, 1, 1), date(2022, 4, 30)) == ([], None)


# --- rows ---


def test_columns_are_the_features_with_their_directions() -> None:
    columns = model_columns(declared())
    assert [c.name for c in columns] == [f.name for f in declared()]
    assert {(c.direction, c.log) for c in columns} == {(int(f.direction), f.ratio) for f in declared()}
    assert Column("income_to_line", -1, log=True) in columns


def test_rows_know_their_time_their_household_and_how_long_a_label_takes(sample_rows: Collected) -> None:
    rows, keys = sample_rows.rows, sample_rows.keys
    assert len(rows) == keys.height > 3000
    assert rows.gap == LABEL.horizon + 2
    months = keys["as_of"].dt.year().cast(pl.Int64) * 12 + keys["as_of"].dt.month().cast(pl.Int64)
    assert rows.time.tolist() == months.to_list()
    assert len(np.unique(rows.group)) == keys["household_id"].n_unique()
    assert (
        keys.with_columns(group=pl.Series(rows.group))
        .group_by("household_id")
        .agg(pl.col("group").n_unique())["group"]
        .to_list()
        == [1] * keys["household_id"].n_unique()
    )
    assert keys.select("as_of", "household_id").equals(
        keys.select("as_of", "household_id").sort("as_of", "household_id")
    )
    assert not keys.select("as_of", "household_id").is_duplicated().any()


def test_a_row_is_the_features_of_the_as_of_date_and_the_matured_outcome(
    sample_rows: Collected, sample_workspace: Workspace
) -> None:
    lake, policy, (county,) = sample_workspace.lake, sample_workspace.policy, sample_workspace.counties()
    as_of = sample_rows.keys["as_of"].max()
    assert isinstance(as_of, date)
    here = (sample_rows.keys["as_of"] == as_of).to_numpy()
    found = outcomes(LABEL, lake, county, as_of, lake.newest_delivery(), policy)
    assert sample_rows.keys["household_id"].filter(pl.Series(here)).to_list() == found["household_id"].to_list()
    assert sample_rows.rows.y[here].tolist() == found["event"].cast(pl.Int8).to_list()
    table = assemble(lake, as_of, found["household_id"].to_list(), county=county, policy=policy)
    np.testing.assert_array_equal(sample_rows.rows.x[here], table.values)


def test_the_same_lake_gives_the_same_rows(sample_rows: Collected, sample_workspace: Workspace) -> None:
    lake, policy = sample_workspace.lake, sample_workspace.policy
    dates = sorted(set(sample_rows.keys["as_of"].to_list()))[-2:]
    tracked: list[int] = []

    def track(work: Iterable[tuple[date, str]], length: int) -> Iterable[tuple[date, str]]:
        tracked.append(length)
        return work

    one = collect(lake, policy, LABEL, dates, lake.newest_delivery(), track)
    part = (sample_rows.keys["as_of"] >= dates[0]).to_numpy()
    np.testing.assert_array_equal(one.rows.x, sample_rows.rows.x[part])
    assert one.rows.y.tolist() == sample_rows.rows.y[part].tolist()
    assert one.keys.equals(sample_rows.keys.filter(pl.Series(part)))
    assert tracked == [2]


def test_where_no_outcome_has_matured_the_error_says_what_is_needed(sample_workspace: Workspace) -> None:
    lake, policy = sample_workspace.lake, sample_workspace.policy
    newest = lake.newest_delivery()
    with pytest.raises(DataError, match=r"no outcome has matured .*12 months"):
        collect(lake, policy, LABEL, [months_before(newest, 6)], newest)
    with pytest.raises(DataError, match="no outcome has matured"):
        collect(lake, policy, LABEL, [], newest)


@pytest.mark.parametrize(("since", "taught"), [(date(2024, 9, 5), ["H1", "H2"]), (date(2024, 9, 6), ["H1"])])
def test_households_too_new_to_judge_teach_nothing(tmp_path: Path, since: date, taught: list[str]) -> None:
    lake = Lake(tmp_path)
    new = {"household_id": "H2", "valid_from": since}
    tables: dict[str, list[dict[str, Any]]] = {"households": [{"household_id": "H1"}, new], "monitoring_episodes": []}
    lake.receive(batch(name, date(2026, 4, 30), rows_of(name, *rows)) for name, rows in tables.items())
    values = {"label.reporting_delay_months": 2, "min_history_months": 6}
    entry, as_of, settled = LABELS["new_entry_12m"], date(2025, 3, 5), date(2026, 4, 30)
    keys = collect(lake, policy_of(**values), entry, [as_of], settled).keys
    assert keys["household_id"].to_list() == [full_id(h) for h in taught]
    with pytest.raises(DataError, match="less history than min_history_months do not count"):
        collect(lake, policy_of(**values | {"min_history_months": 120}), entry, [as_of], settled)


# --- several labels at once ---


def test_labels_gathered_together_have_the_rows_that_each_has_alone(
    sample_workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the features of a date are made once, however many labels ask for it."""
    lake, policy, (county,) = sample_workspace.lake, sample_workspace.policy, sample_workspace.counties()
    read_on = lake.newest_delivery()
    labels = [LABELS["new_entry_12m"], LABELS["new_entry_6m"]]
    dates = {x.name: schedule(x, policy, county, first_known(lake), read_on)[-3:] for x in labels}
    assert len(set().union(*dates.values())) < sum(map(len, dates.values()))  # some are the same
    alone = {x.name: collect(lake, policy, x, dates[x.name], read_on) for x in labels}
    looked: list[date] = []

    def counted(view: View, policy: Policy) -> FeatureTable:
        looked.append(view.as_of)
        return assemble_view(view, policy)

    monkeypatch.setattr(rows_module, "assemble_view", counted)
    together = gather(lake, policy, {x.name: (x, dates[x.name]) for x in labels}, read_on)
    assert looked == sorted(set().union(*dates.values()))
    for label in labels:
        one, other = alone[label.name], together.of(label)
        np.testing.assert_array_equal(other.rows.x, one.rows.x)
        for name in ("y", "time", "group"):
            np.testing.assert_array_equal(getattr(other.rows, name), getattr(one.rows, name))
        assert (other.rows.gap, one.rows.gap) == (label.horizon + 2,) * 2
        assert other.keys.equals(one.keys)


def test_a_label_without_a_matured_outcome_does_not_hide_the_other(sample_workspace: Workspace) -> None:
    lake, policy = sample_workspace.lake, sample_workspace.policy
    newest = lake.newest_delivery()
    year, soon = LABELS["new_entry_12m"], LABELS["new_entry_6m"]
    dates = [months_before(newest, 9).replace(day=5)]
    found = gather(lake, policy, {year.name: (year, dates), soon.name: (soon, dates)}, newest)
    assert len(found.of(soon).rows) > 0
    with pytest.raises(DataError, match=r"new_entry_12m: no outcome has matured .*a delivery of monitoring_episodes"):
        found.of(year)


def test_the_gap_holds_the_months_that_a_label_needs_beyond_the_delay(sample_workspace: Workspace) -> None:
    lake, policy = sample_workspace.lake, sample_workspace.policy
    late, newest = replace(LABEL, further_delay=4), lake.newest_delivery()
    dates = schedule(late, policy, sample_workspace.counties()[0], first_known(lake), newest)
    assert late.matures_on(dates[-1], 2) <= newest < late.matures_on(months_before(dates[-1], -1).replace(day=5), 2)
    assert collect(lake, policy, late, dates[-1:], newest).rows.gap == LABEL.horizon + 6


# --- a part of those without the event ---


def test_more_memory_is_more_rows_and_some_are_always_kept() -> None:
    gib = 2**30
    assert most_rows(0) == most_rows(gib // 10) == FEWEST_ROWS
    assert most_rows(8 * gib) == pytest.approx(2 * most_rows(4 * gib), abs=1)
    assert 4_000_000_000 < 1_500_000 * 8 * len(declared()) * COPIES < 7_000_000_000  # six of these for 1.5 million


def test_all_with_an_event_are_kept_and_a_part_of_the_others_stands_for_all(sample_workspace: Workspace) -> None:
    lake, policy, read_on = sample_workspace.lake, sample_workspace.policy, sample_workspace.lake.newest_delivery()
    label = LABELS["new_entry_12m"]
    days = schedule(label, policy, sample_workspace.counties()[0], first_known(lake), read_on)
    asked = {label.name: (label, days[-1:])}
    whole = gather(lake, policy, asked, read_on).of(label)
    part, again, other = (
        gather(lake, policy, asked, read_on, most=len(whole.rows) // 3, seed=s).of(label) for s in (1, 1, 2)
    )
    assert (whole.rows.weight == 1).all()
    assert part.rows.weight.sum() == pytest.approx(len(whole.rows))
    assert part.rows.y.sum() == whole.rows.y.sum()
    assert (part.rows.y == 0).sum() < (whole.rows.y == 0).sum() / 2
    assert (part.rows.weight[part.rows.y == 1] == 1).all()
    assert part.keys.equals(again.keys)
    assert not part.keys.equals(other.keys)


# --- nothing from the future ---


def test_no_declared_feature_foresees_too_well_to_be_true(sample_rows: Collected, sample_workspace: Workspace) -> None:
    lake, policy = sample_workspace.lake, sample_workspace.policy
    read_on, (county,) = lake.newest_delivery(), sample_workspace.counties()
    label = LABELS["new_entry_12m"]
    entries = collect(lake, policy, label, schedule(label, policy, county, first_known(lake), read_on), read_on)
    for rows in (sample_rows.rows, entries.rows):
        assert alarms(rows, *newest_third(rows)) == []


@pytest.mark.parametrize("shape", ["noisy", "upside down", "only known of those who fall", "in the middle"])
def test_a_planted_column_made_from_the_future_raises_the_alarm(sample_rows: Collected, shape: str) -> None:
    honest, random = sample_rows.rows, np.random.default_rng(0)
    noisy = honest.y + random.normal(0, 0.2, len(honest))  # with 85 events chance reaches far
    values = {
        "noisy": noisy,
        "upside down": -noisy,
        "only known of those who fall": np.where(honest.y == 1, random.normal(size=len(honest)), np.nan),
        "in the middle": np.where(honest.y == 1, 0.0, np.sign(noisy - noisy.mean()) * (1 + random.random(len(honest)))),
    }[shape]
    rows = with_column(honest, values)
    assert [alarm.column for alarm in alarms(rows, *newest_third(rows))] == ["planted"]


def test_a_second_leak_does_not_hide_the_first(sample_rows: Collected) -> None:
    y, random = sample_rows.rows.y, np.random.default_rng(0)
    rows = with_column(sample_rows.rows, y + random.normal(0, 0.2, len(y)), "one")
    rows = with_column(rows, y + random.normal(0, 0.1, len(y)), "other")
    assert {alarm.column for alarm in alarms(rows, *newest_third(rows))} == {"one", "other"}


def test_the_income_of_the_month_that_decides_raises_the_alarm(
    sample_rows: Collected, sample_workspace: Workspace
) -> None:
    (county,) = sample_workspace.counties()
    later = sample_workspace.lake.view(county, sample_workspace.lake.newest_delivery())
    parts = []
    for as_of in sample_rows.keys["as_of"].unique():
        month = (
            sample_workspace.lake.view(county, as_of).table("incomes").select(pl.col("month").max()).collect().item()
        )
        found = month_incomes(later, months_before(month, -LABEL.horizon)).collect()
        parts.append(found.select(household_id=later.ids.decode("H", found["household_id"]), as_of=as_of, net="net"))
    joined = sample_rows.keys.join(pl.concat(parts), on=["household_id", "as_of"], how="left", maintain_order="left")
    size = sample_rows.rows.x[:, [c.name for c in sample_rows.rows.columns].index("household_size")]
    rows = with_column(sample_rows.rows, joined["net"].cast(pl.Float64).fill_null(float("nan")).to_numpy() / size)
    assert [alarm.column for alarm in alarms(rows, *newest_third(rows))] == ["planted"]


def newest_third(rows: Rows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(training, test) masks: the newest third of the times is the test."""
    times = np.unique(rows.time)
    return out_of_time(rows, int(times[-(len(times) // 3)]))


def with_column(rows: Rows, values: NDArray[np.float64], name: str = "planted") -> Rows:
    """The rows with one more column."""
    return replace(rows, x=np.column_stack([rows.x, values]), columns=(*rows.columns, Column(name)))
