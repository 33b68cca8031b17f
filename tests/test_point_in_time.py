"""What must hold of the features of all households: nothing from the future, no order of rows, no neighbours' bits."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from properties import differing, features, moved_by_row_order, moved_by_the_future, without_columns_of
from riskmodel.features import REGISTRY, Direction, assemble, assemble_view
from riskmodel.features.facts import Facts
from riskmodel.features.feature import feature
from riskmodel.policy import Background
from riskmodel.tables import View
from riskmodel.tables.lake import Batch, Lake
from scenario import COUNTY, Rows, policy_of, rows_of
from strategies import AS_OF_DATES, histories
from worked_example import full_id

dates = st.sampled_from(AS_OF_DATES)
quick, slow = drawn(6), drawn(3)


@quick
@given(histories(), histories(), dates)
def test_rows_known_later_change_no_feature(rows: Rows, other: Rows, as_of: date) -> None:
    assert moved_by_the_future(features, rows, other, as_of) == []


@quick
@given(histories(), dates, st.integers(0, 1000))
def test_the_order_of_rows_never_matters(rows: Rows, as_of: date, seed: int) -> None:
    assert moved_by_row_order(features, rows, as_of, seed) == []


@quick
@given(histories(), dates)
def test_one_household_alone_equals_its_row_in_the_batch(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of, COUNTY)
    batch = features(view)
    for household in batch["household_id"]:
        alone = assemble_view(view, policy_of(), [household]).rows
        assert differing(alone, batch.filter(pl.col("household_id") == household)) == []


@slow
@given(histories(), dates)
def test_the_lake_gives_the_features_of_the_same_rows_in_memory(rows: Rows, as_of: date) -> None:
    in_memory = features(View.of(rows, as_of, COUNTY))
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder))
        received = [frame for frame in rows.items() if frame[1].height]
        lake.receive(Batch(COUNTY, name, frame, date(2026, 12, 31), name) for name, frame in received)
        assert differing(assemble(lake, as_of, policy=policy_of()).rows, in_memory) == []
        for household in in_memory["household_id"]:
            alone = assemble(lake, as_of, [household], policy=policy_of()).rows
            assert differing(alone, in_memory.filter(pl.col("household_id") == household)) == []


@quick
@given(histories(), dates)
def test_sex_and_ethnicity_change_no_feature(rows: Rows, as_of: date) -> None:
    same = without_columns_of(rows, {"sex": pl.lit("male"), "ethnicity": pl.lit("05")}, "members")
    assert differing(features(View.of(rows, as_of)), features(View.of(same, as_of))) == []


@quick
@given(histories(), dates)
def test_a_value_is_missing_or_a_finite_number(rows: Rows, as_of: date) -> None:
    made = assemble_view(View.of(rows, as_of), policy_of())
    values = made.rows.select(f.name for f in made.features)
    assert all(values.select(pl.all().is_finite().all()).row(0))


# --- the alarm: features that cheat are found ---

AS_OF = date(2025, 3, 5)
EPISODE = {"household_id": "H1", "identified_month": date(2025, 6, 1), "known_at": date(2025, 7, 1)}
OUTCOME = {
    "households": rows_of("households", {"household_id": "H1"}),
    "monitoring_episodes": rows_of("monitoring_episodes", EPISODE),
}
NO_OUTCOME = OUTCOME | {"monitoring_episodes": rows_of("monitoring_episodes")}


@contextmanager
def planted(view_to_peek_at: list[View]) -> Iterator[None]:
    """For a while, a feature that reads the stored rows of a view without asking what was known."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskmodel.features.feature.REGISTRY", dict(REGISTRY))

        @feature("未来", "planted", unit="次", group=Background.DATA, risk=Direction.FREE)
        def planted_column(_: Facts) -> pl.Expr:
            """Number of episodes in the stored table, whenever they became known."""
            stored = view_to_peek_at[-1].stored["monitoring_episodes"]
            return pl.lit(stored.select(pl.len()).collect().item())

        yield


def test_a_column_made_from_the_future_raises_the_alarm() -> None:
    peeked: list[View] = []

    def cheating(view: View) -> pl.DataFrame:
        peeked.append(view)
        return features(view)

    with planted(peeked):
        assert moved_by_the_future(cheating, OUTCOME, NO_OUTCOME, AS_OF) == ["planted_column"]
    assert moved_by_the_future(features, OUTCOME, NO_OUTCOME, AS_OF) == []
    assert "planted_column" not in features(View.of(OUTCOME, AS_OF)).columns


def test_a_column_that_depends_on_the_order_of_rows_raises_the_alarm() -> None:
    members = rows_of("members", *({"person_id": f"P{n}", "birth_month": date(1980 + n, 1, 1)} for n in range(1, 9)))
    rows = {"households": rows_of("households", {"household_id": "H1"}), "members": members}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("riskmodel.features.feature.REGISTRY", dict(REGISTRY))

        @feature("首位成员", "planted", unit="岁", group=Background.DATA, risk=Direction.FREE)
        def planted_column(h: Facts) -> pl.Expr:
            """Age of whoever is stored first."""
            return h.members("whoever", pl.col("age").first())

        assert moved_by_row_order(features, rows, AS_OF, seed=1) == ["planted_column"]
    assert moved_by_row_order(features, rows, AS_OF, seed=1) == []


def test_a_missing_household_is_a_difference() -> None:
    made = features(View.of(OUTCOME, AS_OF))
    assert differing(made, made.clear()) == ["household_id"]
    assert made["household_id"].to_list() == [full_id("H1")]
