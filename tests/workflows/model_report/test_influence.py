from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from riskmodel.features import declared
from riskmodel.models import Bundle, CalibratedModel, Calibration, RuleModel
from riskmodel.workflows.model_report.influence import influence
from riskmodel.workflows.train import recipes_of
from tested_county import Backtested
from trained_county import Office


def test_contributions_of_published_scores_belong_to_the_values_beside_them(tested: Backtested, office: Office) -> None:
    found = tested.material.influence
    assert found is not None
    assert found.published
    assert found.as_of == office.scored.as_of
    assert found.names == tuple(feature.name for feature in declared())
    assert len(found.values) == found.households == office.scored.households  # fewer than the sample may hold
    again = tested.material.bundle.model.contributions(found.values)
    np.testing.assert_allclose(found.added, again, atol=1e-9)


def test_without_scores_they_are_made_from_the_model_at_its_newest_date(tested: Backtested, tmp_path: Path) -> None:
    place = tested.copied(tmp_path)
    shutil.rmtree(place.results)
    bundle = tested.material.bundle
    found = influence(place, bundle, most=50)
    assert not found.published
    assert found.as_of == bundle.facts.last_as_of.isoformat()
    assert len(found.values) == 50 < found.households
    np.testing.assert_array_equal(found.added, bundle.model.contributions(found.values))


def test_scores_of_another_model_are_not_taken(tested: Backtested, tmp_path: Path) -> None:
    place = tested.copied(tmp_path)
    (manifest,) = place.results.glob("*/_manifest.json")
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"model": "another"}))
    assert not influence(place, tested.material.bundle, most=5).published


def test_the_same_seed_draws_the_same_households(tested: Backtested) -> None:
    first, second = (influence(tested.workspace, tested.material.bundle, most=20) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)


def test_features_and_groups_are_told_by_their_mean_effect(tested: Backtested) -> None:
    found = tested.material.influence
    assert found is not None
    features, groups = found.features(), found.groups()
    assert [f["mean"] for f in features] == sorted((f["mean"] for f in features), reverse=True)
    column = found.names.index(features[0]["feature"])
    assert features[0]["mean"] == pytest.approx(np.abs(found.added[:, column]).mean())
    assert features[0]["missing"] == pytest.approx(np.isnan(found.values[:, column]).mean())
    stored = pl.read_parquet(tested.workspace.results / found.as_of / "990301.parquet")
    code = groups[0]["group"]
    assert groups[0]["mean"] == pytest.approx(stored[f"group_{code}"].abs().mean())
    assert groups[0]["raised"] == pytest.approx((stored[f"group_{code}"] > 0).mean())


def test_rules_have_effects_in_the_columns_of_their_wires(tested: Backtested) -> None:
    own, pack = tested.material.bundle, recipes_of(tested.workspace).pack
    model = CalibratedModel(RuleModel(own.model.columns, pack), Calibration.identity())
    found = influence(tested.workspace, Bundle(model, own.facts, "made"), most=100)
    assert not found.published
    moving = {told["feature"] for told in found.features() if told["mean"] > 0}
    assert moving
    assert moving <= {wire.column for wire in pack}
