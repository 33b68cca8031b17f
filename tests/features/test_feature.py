from __future__ import annotations

import polars as pl
import pytest

from riskmodel.features import REGISTRY, Direction, Feature, declared
from riskmodel.features.facts import Facts
from riskmodel.features.feature import feature
from riskmodel.policy import Cause

FEATURES = declared()
UNITS = {"倍", "比例", "人", "是否", "级", "岁", "月", "次", "天", "笔", "项"}


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("riskmodel.features.feature.REGISTRY", dict(REGISTRY))


def test_a_declaration_says_everything_and_leaves_the_function_as_it_is() -> None:
    @feature("人数", "people", unit="人", group=Cause.LAB, risk=Direction.UP, actionable=True)
    def people(_: Facts) -> pl.Expr:
        """How many.

        Missing where nobody counted.
        """
        return pl.col("size")

    declaration = declared()[-1]
    assert (declaration.name, declaration.label, declaration.english) == ("people", "人数", "people")
    assert declaration.definition == "How many.\n\nMissing where nobody counted."
    assert (declaration.direction, declaration.actionable, declaration.ratio) == (Direction.UP, True, False)
    assert declaration.build is people
    assert declaration.module == "test_feature"


def test_a_second_feature_of_the_same_name_is_refused() -> None:
    def household_size(_: Facts) -> pl.Expr:
        """Again."""
        return pl.col("size")

    declare = feature("又一次", "again", unit="人", group=Cause.LAB, risk=Direction.FREE)
    with pytest.raises(ValueError, match="feature household_size: declared twice"):
        declare(household_size)


def test_a_feature_without_a_definition_is_refused() -> None:
    declare = feature("无", "none", unit="人", group=Cause.LAB, risk=Direction.FREE)
    with pytest.raises(ValueError, match="feature undefined: has no docstring"):
        declare(undefined)


def undefined(_: Facts) -> pl.Expr:
    return pl.col("size")


# --- the declared features ---


@pytest.mark.parametrize("f", FEATURES, ids=lambda f: f.name)
def test_every_declaration_is_complete(f: Feature) -> None:
    assert f.unit in UNITS
    assert f.direction in (-1, 0, 1)
    assert f.group.zh
    assert len(f.definition) > 20
    assert any("\u4e00" <= letter <= "\u9fff" for letter in f.label)
    assert f.english.isascii()
    assert f.english[0].islower()


def test_no_two_features_share_a_label() -> None:
    assert len({f.label for f in FEATURES}) == len({f.english for f in FEATURES}) == len(FEATURES)


def test_only_ratios_have_a_unit_of_ratios() -> None:
    assert [f.name for f in FEATURES if f.ratio and f.unit != "倍"] == []
