from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given as for_any
from hypothesis import settings
from hypothesis import strategies as st

from riskmodel.errors import BundleError, NothingInForce
from riskmodel.features import FeatureTable, assemble, declared
from riskmodel.features.origins import origins
from riskmodel.models import Column, LogisticModel
from riskmodel.policy import Cause, Policy
from riskmodel.scoring.evidence import protects, tells
from riskmodel.scoring.reasons import CLEAR, LEAST, PROTECTIONS, REASONS, group_parts, protections, stored_reasons
from riskmodel.scoring.score import (
    CONTRIBUTION,
    FIRST,
    GROUP,
    OWN,
    VALUE,
    check_feature_set,
    score,
    tiers,
)
from scenario import COUNTY, policy_of
from scoring.conftest import bundle_of

if TYPE_CHECKING:
    from riskmodel.models import Bundle
    from riskmodel.training.rows import Collected
    from riskmodel.workflows.workspace import Workspace
    from scoring.conftest import Given

FEATURES = declared()
DIRECTED = [index for index, f in enumerate(FEATURES) if f.direction]
TIERS = {"tier.very_high": 0.5, "tier.high": 0.2, "tier.medium": 0.1}
DAY = date(2024, 5, 5)


# --- the numbers ---


def test_contributions_plus_base_are_the_margin(given: Given) -> None:
    scored = given.scored
    sums = scored.select(pl.col(f"^{CONTRIBUTION}.*$")).to_numpy().sum(axis=1) + scored["base"].to_numpy()
    np.testing.assert_allclose(sums, scored["margin"].to_numpy(), rtol=0, atol=1e-9)


def test_groups_are_the_sums_of_their_features(given: Given) -> None:
    assert [c for c in given.scored.columns if c.startswith(GROUP)] == [
        f"{GROUP}{code}" for code in dict.fromkeys(f.group.value for f in FEATURES)
    ]
    for code in {f.group.value for f in FEATURES}:
        own = [f"{CONTRIBUTION}{f.name}" for f in FEATURES if f.group.value == code]
        expected = given.scored.select(own).to_numpy().sum(axis=1)
        np.testing.assert_allclose(given.scored[f"{GROUP}{code}"].to_numpy(), expected, rtol=0, atol=1e-12)


def test_a_group_is_what_raises_and_what_lowers_in_it(given: Given) -> None:
    for row in given.scored.head(100).iter_rows(named=True):
        parts = group_parts(row)
        assert {f"{GROUP}{code}" for code in parts} == {c for c in row if c.startswith(GROUP)}
        for code, (up, down) in parts.items():
            own = [row[f"{CONTRIBUTION}{f.name}"] for f in FEATURES if f.group.value == code]
            assert up + down == pytest.approx(row[f"{GROUP}{code}"], abs=1e-9)
            assert up == pytest.approx(sum(value for value in own if value > 0), abs=1e-9)
            assert down <= 0 <= up


def test_the_values_of_the_features_stand_beside_their_contributions(given: Given) -> None:
    rows = given.table.rows.sort("household_id")
    scored = given.scored.sort("household_id")
    for f in FEATURES:
        assert scored[f"{VALUE}{f.name}"].to_list() == rows[f.name].to_list()
        assert scored.schema[f"{VALUE}{f.name}"] == pl.Float64


def test_date_and_department_of_the_newest_rows_stand_in_the_row_of_their_household(given: Given) -> None:
    assert given.table.newest is not None
    made = origins(given.table.newest).with_columns(given.table.newest["household_id"]).sort("household_id")
    assert given.scored.sort("household_id").select(made.columns).equals(made)


def test_every_household_is_there_once_with_the_numbers_of_the_model(given: Given) -> None:
    scored = given.scored.sort("household_id")
    assert scored["household_id"].to_list() == given.table.rows["household_id"].to_list()
    model = given.bundle.model
    np.testing.assert_array_equal(scored["margin"].to_numpy(), model.margin(given.table.values))
    np.testing.assert_array_equal(scored["probability"].to_numpy(), model.probability(given.table.values))
    assert scored["probability"].is_between(0, 1, closed="none").all()


def test_a_single_household_gets_the_same_bits_as_in_its_county(given: Given, sample_workspace: Workspace) -> None:
    (county,) = sample_workspace.counties()
    for row in (0, 300, -1):
        household = given.scored["household_id"][row]
        alone = assemble(sample_workspace.lake, given.table.as_of, [household], county=county, policy=given.policy)
        found = score(alone, given.bundle, given.policy)
        ranks = ("rank_county", "rank_township")
        assert found.drop(ranks).row(0) == given.scored.drop(ranks).row(row)
        assert found.select(ranks).row(0) == (1, 1)


def test_a_result_says_what_it_is_of(given: Given) -> None:
    scored = given.scored
    assert tuple(scored.columns[: len(FIRST)]) == FIRST
    assert scored["as_of"].unique().to_list() == [given.table.as_of]
    assert scored["label"].unique().to_list() == ["income_below_line_12m"]
    assert scored["horizon_months"].unique().to_list() == [12]
    assert scored["model"].unique().to_list() == [given.bundle.hash[:16]]
    assert scored["base"].unique().to_list() == [given.bundle.model.model.base]
    assert (scored["village_code"].str.head(6) == scored["county"]).all()
    assert (scored["village_code"].str.head(9) == scored["township"]).all()


def test_a_county_without_households_has_no_scores(given: Given) -> None:
    table = given.table
    assert table.amounts is not None
    assert table.newest is not None
    nobody = replace(table, rows=table.rows.clear(), amounts=table.amounts.clear(), newest=table.newest.clear())
    found = score(nobody, given.bundle, given.policy)
    assert found.height == 0
    assert found.schema == given.scored.schema


# --- two horizons ---


@pytest.fixture(scope="module")
def soon(sample_rows: Collected) -> Bundle:
    """A model of 6 months that learned from other outcomes, so that it often sees more risk than that of 12."""
    y = np.random.default_rng(3).permutation(sample_rows.rows.y)
    found = bundle_of("lightgbm", replace(sample_rows.rows, y=y))
    return replace(found, facts=replace(found.facts, label="soon_6m", horizon_months=6))


def test_the_probability_of_12_months_is_never_below_that_of_6(given: Given, soon: Bundle) -> None:
    found = score(given.table, given.bundle, given.policy, soon)
    by_household, x = found.sort("household_id"), given.table.values
    longer, shorter = given.bundle.model.probability(x), soon.model.probability(x)
    assert 0 < (shorter > longer).sum() < len(x)
    np.testing.assert_array_equal(by_household["probability"].to_numpy(), np.maximum(shorter, longer))
    np.testing.assert_array_equal(by_household["probability_6m"].to_numpy(), shorter)
    np.testing.assert_array_equal(by_household[OWN].to_numpy(), longer)


@for_any(st.integers(0, 2**32 - 1), st.floats(0, 1))
@settings(max_examples=25)
def test_it_is_never_below_for_any_row_whatsoever(
    trees: Bundle, features: FeatureTable, soon: Bundle, seed: int, missing: float
) -> None:
    random = np.random.default_rng(seed)
    x = random.normal(0, 10.0 ** random.integers(-2, 5), (20, len(FEATURES)))
    x[random.random(x.shape) < missing] = np.nan
    columns = {f.name: pl.Series(x[:, i], dtype=pl.Float64, nan_to_null=True) for i, f in enumerate(FEATURES)}
    assert features.amounts is not None
    assert features.newest is not None
    few = replace(features, amounts=features.amounts.head(20), newest=features.newest.head(20))
    found = score(
        replace(few, rows=features.rows.head(20).with_columns(**columns)),
        trees,
        policy_of(**TIERS),
        soon,
    )
    assert (found["probability"] >= found["probability_6m"]).all()


def test_ranks_and_tiers_follow_the_probability_that_is_told(given: Given, soon: Bundle) -> None:
    found = score(given.table, given.bundle, given.policy, soon)
    assert found["probability"].is_sorted(descending=True)
    assert found["rank_county"].to_list() == list(range(1, found.height + 1))
    told = tiers(found["probability"].to_numpy(), given.policy, given.table.county, DAY)
    assert found["tier"].to_list() == told.to_list()


def test_the_shorter_horizon_changes_no_margin_no_contribution_and_no_reason(given: Given, soon: Bundle) -> None:
    added = {OWN, "probability_6m", "model_6m"}
    moved = {"probability", "tier", "rank_county", "rank_township"}
    found = score(given.table, given.bundle, given.policy, soon).sort("household_id")
    assert found.drop(moved | added).equals(given.scored.sort("household_id").drop(moved))


def test_both_models_are_named_beside_what_they_say(given: Given, soon: Bundle) -> None:
    found = score(given.table, given.bundle, given.policy, soon)
    assert set(found["model"]) == {given.bundle.hash[:16]}
    assert set(found["model_6m"]) == {soon.hash[:16]}


def test_one_household_alone_gets_the_same_bits_of_both_horizons(
    given: Given, soon: Bundle, sample_workspace: Workspace
) -> None:
    (county,) = sample_workspace.counties()
    batch, columns = score(given.table, given.bundle, given.policy, soon), ("probability", OWN, "probability_6m")
    for row in (0, 300, -1):
        household = batch["household_id"][row]
        alone = assemble(sample_workspace.lake, given.table.as_of, [household], county=county, policy=given.policy)
        assert score(alone, given.bundle, given.policy, soon).select(columns).row(0) == batch.select(columns).row(row)


def test_a_shorter_model_of_another_feature_set_is_refused_by_name(given: Given, soon: Bundle) -> None:
    other = replace(soon, facts=replace(soon.facts, feature_set="0123456789abcdef"))
    with pytest.raises(BundleError, match=r"model of soon_6m was trained on feature set 0123456789abcdef"):
        score(given.table, given.bundle, given.policy, other)


# --- ranks and tiers ---


def test_the_order_is_that_of_the_risk_and_ties_that_of_the_ids(given: Given) -> None:
    pairs = list(given.scored.select("probability", "household_id").iter_rows())
    assert pairs == sorted(pairs, key=lambda pair: (-pair[0], pair[1]))
    if given.kind == "rules":
        assert given.scored["probability"].n_unique() < 20  # so there are ties


def test_ranks_are_unique_and_follow_the_order(given: Given) -> None:
    every_third = pl.int_range(pl.len()) % 3 == 0
    village = pl.when(every_third).then(pl.lit("990301999001")).otherwise(pl.col("village_code"))
    table = replace(given.table, rows=given.table.rows.with_columns(village_code=village))
    found = score(table, given.bundle, given.policy)
    assert found["rank_county"].to_list() == list(range(1, found.height + 1))
    assert found["household_id"].to_list() == given.scored["household_id"].to_list()
    townships = found.partition_by("township")
    assert sorted(township.height for township in townships) == [200, 400]
    for township in townships:
        assert township["rank_township"].to_list() == list(range(1, township.height + 1))


def test_tiers_follow_the_thresholds_of_the_policy(given: Given) -> None:
    floors = [
        (tier, given.policy.value(f"tier.{tier}", given.table.county, on=DAY, known=DAY))
        for tier in ("very_high", "high", "medium")
    ]
    for probability, tier in given.scored.select("probability", "tier").iter_rows():
        assert tier == next((name for name, floor in floors if probability >= floor), "low")
    assert given.scored["tier"].n_unique() > 1


@pytest.mark.parametrize(
    ("probability", "tier"),
    [
        (1.0, "very_high"),
        (0.5, "very_high"),
        (0.4999, "high"),
        (0.2, "high"),
        (0.1999, "medium"),
        (0.1, "medium"),
        (0.0999, "low"),
        (0.0, "low"),
    ],
)
def test_a_threshold_belongs_to_its_tier(probability: float, tier: str) -> None:
    assert tiers(np.array([probability]), policy_of(**TIERS), COUNTY, DAY).to_list() == [tier]


def test_thresholds_are_those_in_force_and_known_on_the_as_of_date() -> None:
    before = [entry for entry in policy_of(**TIERS).entries if entry.kind in TIERS]
    later = date(2024, 6, 1)
    after = [replace(entry, value=0.9, effective_from=later, published_on=later) for entry in before]
    policy = Policy([[*before, *after]])
    found = {day: tiers(np.array([0.6]), policy, COUNTY, day).to_list() for day in (date(2024, 5, 31), later)}
    assert found == {date(2024, 5, 31): ["very_high"], later: ["low"]}


def test_a_missing_threshold_is_an_error_and_not_a_tier(given: Given) -> None:
    policy = policy_of(**{kind: value for kind, value in TIERS.items() if kind != "tier.high"})
    with pytest.raises(NothingInForce, match=r"tier\.high"):
        score(given.table, given.bundle, policy)


# --- reasons ---


def test_reasons_raise_are_in_order_and_one_per_group(given: Given) -> None:
    for row in given.scored.iter_rows(named=True):
        reasons = stored_reasons(row)
        raised = [_weight(row, reason.group) for reason in reasons]
        later = [
            reason.group not in Cause.codes() or value < CLEAR for reason, value in zip(reasons, raised, strict=True)
        ]
        assert len(reasons) <= REASONS
        assert later == sorted(later)
        for last in (True, False):
            alike = [value for value, found in zip(raised, later, strict=True) if found is last]
            assert alike == sorted(alike, reverse=True)
        assert all(value >= LEAST for value in raised)
        assert all(reason.contribution >= LEAST for reason in reasons)
        assert len({reason.group for reason in reasons}) == len(reasons)
        assert all(reason.value is not None for reason in reasons)  # a reason needs a fact


def _weight(row: dict[str, Any], group: str, sign: int = 1) -> float:
    """What a group adds to a household's margin, and no more than what may be told of it adds; sign -1: takes away."""
    values = {f.name: row[f"{VALUE}{f.name}"] for f in FEATURES}
    own = [f for f in FEATURES if f.group.value == group]
    told = [f for f in own if (tells(f, values) if sign == 1 else protects(values[f.name], f))]
    sums = [sum(sign * row[f"{CONTRIBUTION}{f.name}"] for f in some) for some in (own, told)]
    weight: float = round(min(sums), 12)  # added up in another order
    return weight


def test_the_value_of_a_reason_is_the_value_of_its_feature(given: Given) -> None:
    values = {row["household_id"]: row for row in given.table.rows.iter_rows(named=True)}
    for row in given.scored.iter_rows(named=True):
        for reason in stored_reasons(row):
            assert reason.value == values[row["household_id"]][reason.feature]
            assert given.bundle.facts.groups[reason.feature] == reason.group


def test_what_protects_lowers_the_risk_in_order_and_one_per_group(given: Given) -> None:
    for row in given.scored.head(200).iter_rows(named=True):
        found = protections(row)
        lowered = [_weight(row, one.group, -1) for one in found]
        assert len(found) <= PROTECTIONS
        assert lowered == sorted(lowered, reverse=True)
        assert all(value >= LEAST for value in lowered)
        assert all(one.contribution == row[f"{CONTRIBUTION}{one.feature}"] < 0 for one in found)
        assert all(one.value == row[f"{VALUE}{one.feature}"] is not None for one in found)
        assert {one.group for one in found}.isdisjoint(one.group for one in stored_reasons(row))


def test_nothing_is_rendered_while_scoring(given: Given) -> None:
    texts = [c for c in given.scored.columns if c.startswith("reason_")]
    said = {value for column in texts for value in given.scored[column].drop_nulls()}
    assert said <= {*(f.name for f in FEATURES), *(f.group.value for f in FEATURES)}


def test_scoring_does_not_even_load_the_words() -> None:
    program = "import sys, riskmodel.workflows.score; sys.exit('riskmodel.rendering' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


# --- the feature set ---


def test_a_model_of_another_feature_set_is_refused(trees: Bundle, features: FeatureTable) -> None:
    check_feature_set(trees)
    other = replace(trees, facts=replace(trees.facts, feature_set="0123456789abcdef"))
    with pytest.raises(BundleError, match=r"feature set 0123456789abcdef, this version declares .*Train again"):
        score(features, other, policy_of(**TIERS))


def test_the_refusal_names_the_features_that_differ(trees: Bundle) -> None:
    columns = (*trees.model.columns[1:], Column("shoe_size"))
    x = np.random.default_rng(0).normal(size=(60, len(columns)))
    model = LogisticModel.fit(x, (x[:, 0] > 0).astype(int), columns)
    other = replace(
        trees, model=replace(trees.model, model=model), facts=replace(trees.facts, feature_set="0123456789abcdef")
    )
    with pytest.raises(BundleError, match=rf"\(different: {FEATURES[0].name}, shoe_size\)"):
        check_feature_set(other)


# --- directions ---


@for_any(st.data())
@settings(max_examples=150)
def test_raising_a_feature_with_a_direction_never_moves_the_risk_the_other_way(
    trees: Bundle, features: FeatureTable, data: st.DataObject
) -> None:
    x = features.values
    row = x[data.draw(st.integers(0, len(x) - 1), label="household")].copy()
    index = data.draw(st.sampled_from(DIRECTED), label="feature")
    known = x[~np.isnan(x[:, index]), index]
    reach = float(np.abs(known).max()) if len(known) else 1.0
    low, high = sorted(data.draw(st.lists(st.floats(-2 * reach, 2 * reach), min_size=2, max_size=2), label="values"))
    pair = np.stack([row, row])
    pair[:, index] = low, high
    before, after = trees.model.probability(pair)
    assert (after - before) * FEATURES[index].direction >= 0


def test_directions_hold_over_all_values_that_occur(trees: Bundle, features: FeatureTable) -> None:
    x = features.values
    moved = set()
    for index in DIRECTED:
        known = x[~np.isnan(x[:, index]), index]
        values = np.unique(np.quantile(known, np.linspace(0, 1, 9))) if len(known) else np.zeros(1)
        rows = np.repeat(x[::40], len(values), axis=0)
        rows[:, index] = np.tile(values, len(x[::40]))
        steps = np.diff(trees.model.probability(rows).reshape(-1, len(values)), axis=1)
        assert (steps * FEATURES[index].direction >= 0).all(), FEATURES[index].name
        if steps.any():
            moved.add(FEATURES[index].name)
    assert len(moved) > 5  # the model uses them, so the test can fail
