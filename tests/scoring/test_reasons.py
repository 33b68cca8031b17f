from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from riskmodel.policy import Cause
from riskmodel.scoring.reasons import (
    CLEAR,
    LEAST,
    REASONS,
    Reason,
    group_sums,
    leading_reasons,
    stored_reasons,
)

# causes and backgrounds, as they come
GROUPS = {"a1": "ILL", "b1": "DATA", "a2": "ILL", "c1": "JOB", "d1": "AID", "e1": "HOU"}
GROUPS |= {"b2": "DATA", "f1": "WAT", "g1": "INCOME"}
EVERYTHING = np.ones((1, len(GROUPS)), dtype=bool)
# sums of eighths are exact, so that the reference below finds the same order
CELLS = st.integers(-12, 12).map(lambda n: n / 8)
ROWS = st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=6).map(np.array)


def told(contributions: NDArray[np.float64], x: NDArray[np.float64] | None = None) -> list[list[Reason]]:
    """The reasons of every row, as they are read back from a result table."""
    values = np.arange(contributions.size, dtype=float).reshape(contributions.shape) if x is None else x
    facts = ~np.isnan(values)
    columns = {f"contribution_{name}": pl.Series(contributions[:, i]) for i, name in enumerate(GROUPS)}
    columns |= {f"value_{name}": pl.Series(values[:, i]) for i, name in enumerate(GROUPS)}
    table = pl.DataFrame({**columns, **leading_reasons(contributions, facts, GROUPS)})
    return [stored_reasons(row) for row in table.iter_rows(named=True)]


def row(**contributions: float) -> NDArray[np.float64]:
    """One row of contributions, the others 0."""
    return np.array([[contributions.get(name, 0.0) for name in GROUPS]])


@given(ROWS)
def test_reasons_are_the_groups_that_raise_the_risk_most_each_by_its_strongest_feature(
    contributions: NDArray[np.float64],
) -> None:
    names = list(GROUPS)
    for cells, reasons in zip(contributions.tolist(), told(contributions), strict=True):
        sums: dict[str, float] = {}
        for name, cell in zip(names, cells, strict=True):
            sums[GROUPS[name]] = sums.get(GROUPS[name], 0.0) + cell
        strongest = sorted((g for g in sums if sums[g] >= LEAST), key=lambda g: -sums[g])[:REASONS]
        expected = sorted(strongest, key=lambda g: not (g in Cause.codes() and sums[g] >= CLEAR))
        assert [r.group for r in reasons] == expected
        for reason in reasons:
            own = {name: cell for name, cell in zip(names, cells, strict=True) if GROUPS[name] == reason.group}
            assert reason.feature == max(own, key=own.__getitem__)
            assert reason.contribution == own[reason.feature] > 0


@given(ROWS)
def test_there_are_at_most_five_reasons_one_per_group_in_order(contributions: NDArray[np.float64]) -> None:
    sums = group_sums(contributions, GROUPS)
    for position, reasons in enumerate(told(contributions)):
        raised = {reason.group: sums[reason.group][position] for reason in reasons}
        assert len(reasons) <= REASONS == 5
        assert len(raised) == len(reasons)
        causes = [raised[code] for code in raised if code in Cause.codes()]
        others = [raised[code] for code in raised if code not in Cause.codes()]
        for alike in (causes, others):
            assert all(before >= after >= LEAST for before, after in pairwise([*alike, LEAST]))


def test_a_clear_cause_is_told_before_a_background_that_weighs_more() -> None:
    assert [reason.group for reason in told(row(b1=2.5, a1=CLEAR, c1=0.3))[0]] == ["JOB", "ILL", "DATA"]


def test_a_cause_that_hardly_weighs_is_told_after_a_background_that_weighs_more() -> None:
    assert [reason.group for reason in told(row(b1=2.5, a1=CLEAR * 0.9, c1=0.3))[0]] == ["JOB", "DATA", "ILL"]


def test_a_background_is_not_crowded_out_by_weaker_causes() -> None:
    found = told(row(a1=0.2, c1=0.3, e1=0.4, f1=0.5, b1=0.6, d1=0.7, g1=0.8))[0]
    assert [reason.group for reason in found] == ["WAT", "HOU", "INCOME", "AID", "DATA"]


@given(ROWS)
def test_groups_sum_to_the_features(contributions: NDArray[np.float64]) -> None:
    sums = group_sums(contributions, GROUPS)
    assert list(sums) == ["ILL", "DATA", "JOB", "AID", "HOU", "WAT", "INCOME"]
    np.testing.assert_array_equal(sum(sums.values()), contributions.sum(axis=1))
    np.testing.assert_array_equal(sums["ILL"], contributions[:, 0] + contributions[:, 2])


def test_a_group_whose_features_cancel_out_is_no_reason() -> None:
    assert told(row(a1=1.0, a2=-1.0, c1=0.5)) == [[Reason("JOB", "c1", 3.0, 0.5)]]


@pytest.mark.parametrize(("contribution", "reasons"), [(LEAST, 1), (LEAST * 0.999, 0), (-1.0, 0), (0.0, 0)])
def test_what_hardly_raises_or_lowers_the_risk_is_no_reason(contribution: float, reasons: int) -> None:
    assert len(told(row(a1=contribution))[0]) == reasons


def test_what_is_no_fact_is_no_reason() -> None:
    x = np.full((1, len(GROUPS)), np.nan)
    assert told(row(a1=0.5), x) == [[]]


def test_a_group_weighs_no_more_than_its_facts_add() -> None:
    facts = np.array([[name != "a1" for name in GROUPS]])
    found = pl.DataFrame(leading_reasons(row(a1=0.9, a2=0.1, c1=0.7), facts, GROUPS))
    assert found.row(0)[:4] == ("JOB", "c1", "ILL", "a2")
    assert pl.DataFrame(leading_reasons(row(a1=0.9, a2=LEAST * 0.9), facts, GROUPS))["reason_1_group"][0] is None


def test_columns_are_codes_and_null_where_there_is_no_reason() -> None:
    found = pl.DataFrame(leading_reasons(row(a1=0.5, c1=0.7), EVERYTHING, GROUPS))
    assert dict(found.schema) == {f"reason_{k}_{what}": pl.String for k in range(1, 6) for what in ("group", "feature")}
    first: dict[str, Any] = found.row(0, named=True)
    assert [first[f"reason_{k}_group"] for k in range(1, 6)] == ["JOB", "ILL", None, None, None]


def test_a_model_of_few_groups_has_few_reasons() -> None:
    groups = {"a1": "ILL", "b1": "DATA"}
    found = leading_reasons(np.array([[0.5, 0.7]]), EVERYTHING[:, :2], groups)
    assert [name for name in found if name.endswith("_group")] == ["reason_1_group", "reason_2_group"]


def test_no_rows_have_no_reasons() -> None:
    assert told(np.zeros((0, len(GROUPS)))) == []
