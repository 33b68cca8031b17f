from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from riskmodel.errors import UsageError
from riskmodel.features import assemble_view, declared
from riskmodel.features.health import health as health_of_matrix
from riskmodel.features.health import psi
from riskmodel.tables.freshness import first_known
from riskmodel.training.rows import Collected
from riskmodel.workflows.health import county_health, health, health_from, health_of_rows
from riskmodel.workflows.workspace import Workspace

AS_OF = date(2024, 5, 25)
"""Day of the newest delivery of the generated county."""


def test_a_date_is_compared_with_the_same_day_of_the_year_before(sample_workspace: Workspace) -> None:
    found = health(sample_workspace, AS_OF)
    assert (found.as_of, found.against, found.failed) == ("2024-05-25", "2023-05-25", False)
    assert found.households > 500
    assert all(state.psi is not None for state in found.features)
    assert found == health(sample_workspace, AS_OF, date(2023, 5, 25))


def test_the_29th_of_february_is_compared_with_the_28th(sample_workspace: Workspace) -> None:
    assert health(sample_workspace, date(2024, 2, 29)).against == "2023-02-28"


def test_where_nothing_was_known_a_year_before_nothing_is_compared(sample_workspace: Workspace) -> None:
    found = health(sample_workspace, first_known(sample_workspace.lake) + timedelta(days=364))
    assert (found.against, found.shifted) == (None, {})
    assert found.households > 0


def test_the_health_of_a_county_is_that_of_a_lake_with_this_county_alone(sample_workspace: Workspace) -> None:
    made = assemble_view(sample_workspace.lake.view("990301", AS_OF), sample_workspace.policy)
    found = county_health(sample_workspace, made)
    assert found == health(sample_workspace, AS_OF)
    assert health_from(json.loads(json.dumps(asdict(found), sort_keys=True))) == found


def test_a_health_that_was_written_down_names_the_largest_first() -> None:
    sizes = {"little": 0.3, "most": 0.99, "much": 0.97}
    found = replace(health_of_matrix(AS_OF, [], np.ones((0, 0))), shifted=sizes, mostly_missing=sizes)
    read = health_from(json.loads(json.dumps(asdict(found), sort_keys=True)))
    assert list(read.shifted) == list(read.mostly_missing) == ["most", "much", "little"]


def test_a_county_of_which_nobody_was_known_a_year_before_is_compared_with_nothing(sample_workspace: Workspace) -> None:
    day = first_known(sample_workspace.lake) + timedelta(days=30)
    made = assemble_view(sample_workspace.lake.view("990301", day), sample_workspace.policy)
    assert county_health(sample_workspace, made).against is None


@pytest.mark.parametrize("against", [AS_OF, date(2024, 6, 1)])
def test_the_date_to_compare_with_is_earlier(sample_workspace: Workspace, against: date) -> None:
    with pytest.raises(UsageError, match=f"{against} is not before {AS_OF}"):
        health(sample_workspace, AS_OF, against)


def test_a_date_on_which_nobody_was_known_is_refused(sample_workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="no household was known on 2001-01-01; the first was known on"):
        health(sample_workspace, AS_OF, date(2001, 1, 1))
    with pytest.raises(UsageError, match="no household was known on 2001-01-01"):
        health(sample_workspace, date(2001, 1, 1))


def test_training_rows_are_compared_with_those_of_a_year_before(
    sample_workspace: Workspace, sample_rows: Collected
) -> None:
    x, keys = sample_rows.rows.x, sample_rows.keys.with_columns(weight=1.0)
    days = keys["as_of"]
    found = health_of_rows(sample_workspace, x, keys, AS_OF)
    newest = days.max()
    assert isinstance(newest, date)
    assert (found.as_of, found.against) == (newest.isoformat(), newest.replace(year=newest.year - 1).isoformat())
    assert found.households == (days == newest).sum()
    before = x[(days == newest.replace(year=newest.year - 1)).to_numpy()]
    place = [f.name for f in declared()].index("received_to_line_3m")
    index = psi(x[(days == newest).to_numpy()][:, place], before[:, place])
    assert next(s.psi for s in found.features if s.name == "received_to_line_3m") == pytest.approx(index)
    assert found.silent == []
    assert health_of_rows(sample_workspace, x, keys, date(2024, 7, 11)).failed


def test_training_rows_of_less_than_a_year_are_not_compared(sample_workspace: Workspace) -> None:
    rows, days = np.ones((3, len(declared()))), [date(2023, 1, 5), date(2023, 10, 5), date(2023, 10, 5)]
    found = health_of_rows(sample_workspace, rows, pl.DataFrame({"as_of": days, "weight": 1.0}), AS_OF)
    assert (found.as_of, found.against, found.households) == ("2023-10-05", None, 2)


def test_training_rows_that_stand_for_several_count_for_them(sample_workspace: Workspace) -> None:
    rows, day = np.ones((4_000, len(declared()))), date(2023, 10, 5)
    rows[:2_000] = np.nan  # those with the event, all of which were taken
    keys = pl.DataFrame({"as_of": [day] * 4_000, "weight": [1.0] * 2_000 + [9.0] * 2_000})
    assert health_of_rows(sample_workspace, rows, keys, AS_OF).features[0].missing == pytest.approx(0.1, abs=0.02)


def test_a_source_that_fell_silent_is_an_error(sample_workspace: Workspace) -> None:
    assert health(sample_workspace, date(2024, 7, 10)).silent == []
    found = health(sample_workspace, date(2024, 7, 11))
    assert {(feed.table, feed.source, feed.most_days) for feed in found.silent} == {
        ("employment", "hrss", 46),
        ("incomes", "finance", 46),
    } | {("members", "agri", 46)}
    assert found.failed
