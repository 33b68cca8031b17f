from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from riskmodel.features import declared
from riskmodel.scoring.evidence import evidence
from riskmodel.scoring.reasons import leading_reasons
from riskmodel.training.fit import Recipes
from riskmodel.training.stability import stability

if TYPE_CHECKING:
    from riskmodel.training.rows import Collected

RECIPES = Recipes("income_to_line")


@dataclass(frozen=True)
class Same(Recipes):
    """Whatever it learns from, the same model comes out."""

    model: Any = None

    def fit(self, *_: object, **__: object) -> Any:
        return self.model


def test_the_same_model_tells_everybody_the_same(sample_rows: Collected) -> None:
    rows = sample_rows.rows
    model = RECIPES.fit("logistic", rows, 0)
    found = stability(model, Same("income_to_line", model=model), rows, "logistic", 0)
    assert found is not None
    assert found.households == (rows.time == rows.time.max()).sum()
    assert (found.changed, found.changed_high_risk) == (0.0, 0.0)


def test_it_counts_the_households_whose_first_cause_is_another(sample_rows: Collected) -> None:
    rows = sample_rows.rows
    newest = rows.time == rows.time.max()
    model, earlier = RECIPES.fit("logistic", rows, 0), RECIPES.fit("logistic", rows, 0, ~newest)
    found = stability(model, RECIPES, rows, "logistic", 0)
    assert found is not None
    groups = {f.name: f.group.value for f in declared()}
    first, second = (
        leading_reasons(m.contributions(rows.x[newest]), evidence(rows.x[newest], declared()), groups)[
            "reason_1_group"
        ].to_list()
        for m in (model, earlier)
    )
    differing = np.array([one != other for one, other in zip(first, second, strict=True)])
    assert found.changed == pytest.approx(differing.mean())
    assert 0 < found.changed < 1
    margin = model.margin(rows.x[newest])
    top = margin >= np.sort(margin)[-found.high_risk]
    assert found.changed_high_risk == pytest.approx(differing[top].mean())


def test_nothing_is_told_where_the_dates_before_teach_nothing(sample_rows: Collected) -> None:
    rows = sample_rows.rows
    once = replace(rows, time=np.zeros_like(rows.time))
    model = RECIPES.fit("logistic", rows, 0)
    assert stability(model, RECIPES, once, "logistic", 0) is None
    assert stability(model, RECIPES, replace(rows, y=np.zeros_like(rows.y)), "logistic", 0) is None
