from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskmodel.training.folds import LEAST_EVENTS, PARTS, SCHEMES, Fold, folds, newest, origins, places
from training.made_rows import made_rows

if TYPE_CHECKING:
    from riskmodel.training.fit import Rows
    from riskmodel.training.folds import Places


def dealt_to(rows: Rows, villages: int = 12, townships: int = 12) -> Places:
    """Every household lives in a village of its number, every village in a township."""
    village = rows.group % villages
    codes = pl.Series([f"990301{v % townships:03}{v:03}" for v in village])
    return places(codes, pl.Series([f"H{g:06}" for g in rows.group]), seed=0)


def cut(**facts: Any) -> tuple[Rows, list[Fold]]:
    rows = made_rows(**facts)
    return rows, folds(rows, dealt_to(rows))


@settings(max_examples=25)
@given(st.integers(2, 14), st.integers(1, 8), st.integers(1, 14), st.integers(0, 3))
def test_no_fold_trains_on_a_label_that_had_not_matured_when_its_test_began(
    times: int, gap: int, stay: int, seed: int
) -> None:
    rows, found = cut(households=60, times=times, gap=gap, stay=stay, seed=seed)
    for fold in found:
        if fold.scheme != "area":
            assert rows.time[fold.train].max() + rows.gap <= rows.time[fold.test].min()


@settings(max_examples=25)
@given(st.integers(2, 14), st.integers(1, 8), st.integers(1, 14), st.integers(0, 3))
def test_no_fold_of_other_places_trains_on_a_place_or_a_household_of_its_test(
    times: int, gap: int, stay: int, seed: int
) -> None:
    rows = made_rows(households=60, times=times, gap=gap, stay=stay, seed=seed)
    dealt = dealt_to(rows)
    for fold in folds(rows, dealt):
        if fold.scheme != "time":
            assert not set(dealt.part[fold.train]) & set(dealt.part[fold.test])
            assert not set(rows.group[fold.train]) & set(rows.group[fold.test])


def test_a_household_that_moved_is_in_no_training_of_its_test() -> None:
    rows = made_rows(households=60, times=10, gap=2, stay=10)
    villages = np.where(rows.time < 5, rows.group % 12, (rows.group + 1) % 12)
    dealt = places(pl.Series([f"990301{v:03}001" for v in villages]), pl.Series(rows.group.astype(str)), 0)
    for fold in folds(rows, dealt, schemes=("area", "space_time")):
        assert fold.train.any()
        assert not set(rows.group[fold.train]) & set(rows.group[fold.test])


def test_every_row_is_tested_once_by_each_scheme_and_by_area_every_row_is() -> None:
    _, found = cut()
    for scheme in SCHEMES:
        tests = np.sum([fold.test for fold in found if fold.scheme == scheme], axis=0)
        assert tests.max() == 1
        if scheme == "area":
            assert tests.min() == 1
    by_time = [{fold.name for fold in found if fold.scheme == s} for s in ("time", "space_time")]
    assert len(by_time[1]) == PARTS * len(by_time[0])
    assert len({fold.name for fold in found}) == len(found)


def test_origins_roll_and_each_teaches_enough() -> None:
    rows = made_rows()
    blocks = origins(rows, 3)
    assert len(blocks) == 3
    assert [b[0] for b in blocks] == sorted(b[0] for b in blocks)
    assert np.concatenate(blocks).tolist() == list(range(rows.gap, 12))
    quiet = np.where(np.arange(len(rows)) < LEAST_EVENTS - 1, 1, 0).astype(np.int8)
    assert origins(made_rows(y=quiet), 3) == []
    assert folds(made_rows(y=quiet), dealt_to(made_rows())) == []


def test_with_too_short_a_history_no_fold_by_time_has_matured_and_those_by_area_have() -> None:
    _, found = cut(times=3, gap=3)
    assert {fold.scheme for fold in found} == {"area"}


@pytest.mark.parametrize(
    ("villages", "townships", "unit"), [(12, 12, "township"), (12, 2, "village"), (3, 1, "household")]
)
def test_the_largest_places_of_which_there_are_enough_are_dealt(villages: int, townships: int, unit: str) -> None:
    dealt = dealt_to(made_rows(), villages, townships)
    assert dealt.unit == unit
    assert set(dealt.part) == set(range(PARTS))


def test_counties_are_dealt_where_there_are_many() -> None:
    codes = pl.Series([f"99030{n}001001" for n in range(7)])
    assert places(codes, pl.Series([str(n) for n in range(7)]), 0).unit == "county"


def test_the_newest_dates_are_one_block_in_other_places() -> None:
    rows = made_rows()
    found = newest(rows, dealt_to(rows), 3)
    assert [fold.scheme for fold in found] == ["space_time"] * PARTS
    tests = np.sum([fold.test for fold in found], axis=0)
    assert (tests == (rows.time >= 8)).all()
    assert all(rows.time[fold.train].max() + rows.gap <= 8 for fold in found)
