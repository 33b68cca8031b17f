from __future__ import annotations

import numpy as np
import pytest

from models.samples import COLUMNS, rows
from riskmodel.errors import BundleError, UsageError
from riskmodel.models import RuleModel, Wire

MODEL = RuleModel(
    COLUMNS,
    (Wire("M1", "自付医疗 比例", 0.5), Wire("M2", "自付医疗 比例", 2.0), Wire("I1", "net_income", 10_000, weight=3)),
)


def test_a_wire_fires_from_its_threshold_on_and_not_when_the_value_is_missing() -> None:
    x = np.array([[0.5, 0, 0, 0], [2.0, 10_000, 0, 0], [np.nan, np.nan, np.nan, np.nan], [0.49, 9_999, 0, 0]])
    np.testing.assert_array_equal(MODEL.margin(x), [1, 5, 0, 0])
    np.testing.assert_array_equal(MODEL.contributions(x)[1], [2, 3, 0, 0])


def test_a_wire_that_fires_below_does_not_fire_at_its_threshold_nor_without_a_value() -> None:
    model = RuleModel(COLUMNS, (Wire("POOR", "net_income", 10_000, below=True),))
    x = np.array([[0, 9_999, 0, 0], [0, 10_000, 0, 0], [0, np.nan, 0, 0]])
    np.testing.assert_array_equal(model.margin(x), [1, 0, 0])
    assert RuleModel.from_files(model.to_files(), COLUMNS) == model


def test_contributions_and_base_sum_to_the_margin() -> None:
    x = rows(200)
    np.testing.assert_allclose(MODEL.contributions(x).sum(axis=1) + MODEL.base, MODEL.margin(x), atol=1e-9)


def test_files_give_the_same_model() -> None:
    assert RuleModel.from_files(MODEL.to_files(), COLUMNS) == MODEL


@pytest.mark.parametrize(
    "wires",
    [
        b"1",
        b'[["A", "nowhere", 1, 1, false]]',
        b'[["A", "members", 1, 1]]',
        b'[["A", "members", 1, 1, 0]]',
        b'[["A", "members", "1", 1, false]]',
        b'[["A", "members", 1, 0, false]]',
        b'[["A", "members", 1, 1, false], ["A", "members", 2, 1, false]]',
    ],
)
def test_damaged_files_are_refused(wires: bytes) -> None:
    with pytest.raises(BundleError):
        RuleModel.from_files({"model.json": b'{"wires": ' + wires + b"}"}, COLUMNS)


def test_a_wire_on_a_category_or_without_a_threshold_is_refused() -> None:
    with pytest.raises(UsageError, match="categories"):
        RuleModel(COLUMNS, (Wire("A", "cause", 1),))
    with pytest.raises(UsageError, match="finite"):
        Wire("A", "members", np.inf)
