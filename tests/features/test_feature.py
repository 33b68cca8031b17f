from __future__ import annotations

import polars as pl
import pytest

from riskmodel.features import REGISTRY, Direction, declared
from riskmodel.features.facts import Facts
from riskmodel.features.feature import feature
from riskmodel.policy import Cause


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
