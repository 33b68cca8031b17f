from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from riskmodel.features import REGISTRY
from riskmodel.rendering.document import Figure, Paragraph
from riskmodel.rendering.messages import Words
from riskmodel.workflows.model_report.moved import CLOUDS, POINTS, SWARMS, moved, spread
from riskmodel.workflows.model_report.wording import TELL
from tested_county import Backtested


def figures(tested: Backtested) -> list[Figure]:
    return [block for block in moved(tested.material.influence, "lightgbm") if isinstance(block, Figure)]


def test_the_beeswarm_shows_the_first_features_and_its_table_tells_them(tested: Backtested) -> None:
    swarm, *_ = figures(tested)
    found = tested.material.influence
    assert found is not None
    assert swarm.table is not None
    assert len(swarm.table.rows) == SWARMS
    for row, told in zip(swarm.table.rows, found.features(), strict=False):
        feature = REGISTRY[told["feature"]]
        assert row[0] == Words(feature.label, feature.english)
        assert row[2] == f"{told['mean']:.4f}"
        assert feature.label in swarm.chart


def test_no_chart_has_more_points_than_it_may(tested: Backtested) -> None:
    swarm, *clouds, _ = figures(tested)
    assert 0 < len(re.findall("h0", swarm.chart)) <= POINTS
    assert 0 < sum(len(re.findall("h0", cloud.chart)) for cloud in clouds) <= POINTS
    first = tested.material.influence.order[:CLOUDS]  # type: ignore[union-attr]  # it is there
    names = [REGISTRY[tested.material.influence.names[i]].label for i in first]  # type: ignore[union-attr]  # the same
    assert all(any(name in cloud.chart for cloud in clouds) for name in names)


def test_a_thinned_cloud_keeps_both_ends() -> None:
    values = np.random.default_rng(1).normal(size=500)
    kept = values[spread(values, 20)]
    assert len(kept) == 20
    assert (kept.min(), kept.max()) == (values.min(), values.max())
    assert sorted(spread(values[:5], 20)) == [0, 1, 2, 3, 4]


def test_groups_are_summed_as_the_influence_says(tested: Backtested) -> None:
    last = figures(tested)[-1]
    assert last.table is not None
    found = tested.material.influence
    assert found is not None
    assert [row[1] for row in last.table.rows] == [f"{group['mean']:.4f}" for group in found.groups()]


def test_a_model_of_other_features_has_no_effects_to_tell() -> None:
    (told,) = moved(None, "lightgbm")
    assert isinstance(told, Paragraph)
    assert told.text == TELL("influence.other")


def test_rules_are_told_in_points_and_a_feature_that_is_never_known_can_be_shown(tested: Backtested) -> None:
    found = tested.material.influence
    assert found is not None
    blocks = moved(replace(found, values=np.full_like(found.values, np.nan)), "rule_pack")
    assert isinstance(blocks[0], Paragraph)
    assert "points of the rules" in blocks[0].text.en
    assert all("nan" not in block.chart for block in blocks if isinstance(block, Figure))
