from __future__ import annotations

import numpy as np

from riskmodel.training.gate import Bounds
from riskmodel.training.panel_gate import panel_gate
from training.made_rows import made_rows

BOUNDS = Bounds(0.01, 0.8, 1.25, 0.10, 0.97, events=50, events_trees=100)
ROWS = made_rows(households=400, times=10)
RNG = np.random.default_rng(0)
EASY = np.where(ROWS.y == 1, RNG.beta(4, 2, len(ROWS)), RNG.beta(2, 4, len(ROWS)))
EVERY = np.full(len(ROWS), fill_value=True)


def test_a_lead_that_is_there_is_told_from_one_that_may_be_chance() -> None:
    risks = {"naive": RNG.random(len(ROWS)), "logistic": RNG.random(len(ROWS)), "lightgbm": EASY}
    found = panel_gate(ROWS, risks, {"overall": EVERY, "few": np.arange(len(ROWS)) < 12}, BOUNDS, 0)
    said = "\n".join(found.sentences())
    assert "overall, average_precision: lightgbm less logistic" in said
    assert "more than chance" in said.splitlines()[0]
    assert set(found.lead) == {"overall", "few"}
    same = panel_gate(ROWS, risks | {"logistic": EASY}, {"overall": EVERY}, BOUNDS, 0)
    assert all("NOT significant" in line for line in same.sentences())


def test_the_gate_is_asked_of_all_test_rows_and_of_what_there_is() -> None:
    risks = {"naive": RNG.random(len(ROWS)), "logistic": RNG.random(len(ROWS)), "lightgbm": RNG.random(len(ROWS))}
    found = panel_gate(ROWS, risks, {"overall": EVERY}, BOUNDS, 0)
    assert found.verdict.chosen == "naive"
    assert not any("rules" in check.demand for check in found.verdict.checks)
    assert {check.scheme for check in found.verdict.checks} == {"overall"}
