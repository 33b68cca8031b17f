from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drawn import drawn
from late_arrivals import FROM_ELSEWHERE, arrived_lately
from properties import differing, moved_by_row_order, moved_by_the_future
from riskmodel.errors import BundleError, BusyError, UsageError
from riskmodel.features import assemble_view, declared, set_hash
from riskmodel.models import (
    Bundle,
    BundleFacts,
    CalibratedModel,
    Calibration,
    LightGBMModel,
    LightGBMParameters,
    bundle,
)
from riskmodel.policy import Tier
from riskmodel.scoring.score import score as score_rows
from riskmodel.settings import Settings
from riskmodel.tables import View
from riskmodel.tables.files import locked
from riskmodel.tables.own_facts import own_facts
from riskmodel.training.rows import model_columns
from riskmodel.workflows.score import (
    MANIFEST,
    NEIGHBOURS,
    TYPICAL,
    as_of_of_month,
    champion,
    champion_of_shorter,
    neighbours,
    newest_as_of,
    published,
    score,
)
from riskmodel.workflows.score_parts import PARTS
from riskmodel.workflows.workspace import Workspace, model_name
from scenario import COUNTY, Rows, policy_of
from strategies import AS_OF_DATES, histories
from trained_county import LABEL, NOW, SOON, Office

POLICY = policy_of(**{"tier.very_high": 0.4, "tier.high": 0.2, "tier.medium": 0.1})


@cache
def invented() -> Bundle:
    """A model of our features that learned from random numbers, so that every feature may matter."""
    rng = np.random.default_rng(0)
    columns = model_columns(declared())
    x = rng.uniform(0, 3, (3000, len(columns)))
    x[rng.random(x.shape) < 0.2] = np.nan
    sign = np.array([column.direction or 1 for column in columns])
    y = (np.nansum((x - 1.5) * sign, axis=1) + rng.normal(0, 3, len(x)) > 0).astype("int8")
    trees = LightGBMParameters(trees=80, min_rows=20, rate=0.2)
    model = CalibratedModel(LightGBMModel.fit(x, y, columns, parameters=trees, seed=0), Calibration.identity())
    facts = BundleFacts(
        feature_set=set_hash(),
        groups={f.name: f.group.value for f in declared()},
        policy=POLICY.version,
        label=LABEL,
        horizon_months=12,
        first_as_of=date(2024, 1, 1),
        last_as_of=date(2024, 12, 1),
        metrics={},
        seed=0,
        created_at=NOW,
        golden=x[:16],
    )
    with tempfile.TemporaryDirectory() as folder:
        bundle.write(Path(folder) / "bundle", model, facts)
        return bundle.read(Path(folder) / "bundle")


def scores(view: View, households: list[str] | None = None) -> pl.DataFrame:
    """The answer that the properties are about."""
    return score_rows(assemble_view(view, POLICY, households), invented(), POLICY)


# --- from rows to scores ---

quick = drawn(3)


@quick
@given(histories(), histories(), st.sampled_from(AS_OF_DATES))
def test_rows_known_later_change_no_score_and_no_reason(rows: Rows, other: Rows, as_of: date) -> None:
    assert moved_by_the_future(scores, rows, other, as_of) == []


@quick
@given(histories(), st.sampled_from(AS_OF_DATES), st.integers(0, 1000))
def test_the_order_of_rows_changes_no_score_and_no_reason(rows: Rows, as_of: date, seed: int) -> None:
    assert moved_by_row_order(scores, rows, as_of, seed) == []


@quick
@given(histories(), st.sampled_from(AS_OF_DATES))
def test_one_household_alone_scores_as_in_the_batch_bit_for_bit(rows: Rows, as_of: date) -> None:
    view = View.of(rows, as_of, COUNTY)
    batch = scores(view)
    for household in batch["household_id"]:
        moved = differing(scores(view, [household]), batch.filter(pl.col("household_id") == household))
        assert set(moved) <= {"rank_county", "rank_township"}


# --- the published folder ---


def test_pandas_reads_the_scores_in_one_line(office: Office) -> None:
    found = pd.read_parquet(office.results)
    assert len(found) == office.scored.households == 600
    assert found["household_id"].is_unique
    assert found["probability"].between(0, 1).all()
    assert found["as_of"].astype(str).unique().tolist() == [office.scored.as_of]


def test_contributions_and_base_are_the_margin(office: Office) -> None:
    found = pl.read_parquet(f"{office.results}/*.parquet")
    parts = [c for c in found.columns if c.startswith("contribution_")]
    groups = [c for c in found.columns if c.startswith("group_")]
    assert len(parts) == len(declared())
    assert all(found[c].dtype == pl.Float64 for c in parts)
    for columns in (parts, groups):
        total = found.select(pl.sum_horizontal(columns) + pl.col("base") - pl.col("margin")).to_series()
        assert total.abs().max() < 1e-9  # type: ignore[operator]  # a column of floats


def test_both_horizons_are_told_and_the_longer_is_never_below_the_shorter(office: Office) -> None:
    found = pl.read_parquet(f"{office.results}/*.parquet")
    soon = office.trained.shorter
    assert soon is not None
    assert office.scored.shorter_model == soon.model_hash
    made = champion(office.workspace, SOON).model
    table = assemble_view(office.workspace.lake.view("990301", office.as_of), office.workspace.policy)
    asked = dict(zip(table.rows["household_id"], made.probability(table.values), strict=True))
    assert found["probability_6m"].to_list() == [asked[household] for household in found["household_id"]]
    told = pl.max_horizontal("probability_own", "probability_6m")
    assert found.select((pl.col("probability") == told).all()).item()
    manifest = json.loads((office.results / MANIFEST).read_text("utf-8"))
    assert (manifest["shorter_model_name"], manifest["shorter_model"]) == (model_name(SOON), soon.model_hash)


def test_without_a_champion_of_the_shorter_horizon_the_scores_are_those_of_the_label_alone(
    office: Office, tmp_path: Path
) -> None:
    place = Workspace(Settings(tmp_path / "home"))
    shutil.copytree(office.workspace.home / "lake", place.home / "lake")
    shutil.copytree(office.workspace.home / "policy", place.home / "policy")
    name = model_name(LABEL)
    facts: dict[str, Any] = {"parameters": {}, "metrics": {}, "figures": {}, "tags": {}, "experiment": name}
    place.registry.alias(name, place.registry.register(name, Path(office.trained.bundle), **facts), "champion")
    assert champion_of_shorter(place, LABEL) is None
    done = score(place, office.as_of)
    alone, both = (pl.read_parquet(f"{folder}/*.parquet") for folder in (done.folder, office.results))
    assert done.shorter_model is None
    assert {"probability_own", "probability_6m"}.isdisjoint(alone.columns)
    own = dict(both.select("household_id", "probability_own").iter_rows())
    assert alone["probability"].to_list() == [own[household] for household in alone["household_id"]]
    assert "shorter_model" not in json.loads((Path(done.folder) / MANIFEST).read_text("utf-8"))


def test_a_label_without_a_shorter_horizon_has_none(office: Office) -> None:
    assert champion_of_shorter(office.workspace, SOON) is None
    assert champion_of_shorter(office.workspace, "of_another_program") is None
    found = champion_of_shorter(office.workspace, LABEL)
    assert found is not None
    assert found.facts.label == SOON


def test_ranks_follow_the_risk_in_county_and_township(office: Office) -> None:
    found = pl.read_parquet(f"{office.results}/*.parquet")
    assert found["rank_county"].to_list() == list(range(1, found.height + 1))
    assert found["probability"].is_sorted(descending=True)
    for _, township in found.group_by("township"):
        assert township.sort("rank_county")["rank_township"].to_list() == list(range(1, township.height + 1))


def test_tiers_are_the_policy_thresholds_on_the_probability(office: Office) -> None:
    policy, day = office.workspace.policy, office.as_of
    floors = [policy.value(f"tier.{t}", "990301", on=day, known=day) for t in ("very_high", "high", "medium")]
    for probability, tier in pl.read_parquet(f"{office.results}/*.parquet").select("probability", "tier").iter_rows():
        assert [Tier.VERY_HIGH, Tier.HIGH, Tier.MEDIUM, Tier.LOW][sum(probability < f for f in floors)] == tier
    assert sum(office.scored.tiers.values()) == office.scored.households


def test_households_with_an_open_episode_are_marked(office: Office) -> None:
    found = pl.read_parquet(f"{office.results}/*.parquet")
    assert found["monitored"].dtype == pl.Boolean
    assert 0 < found["monitored"].sum() < found.height


def test_households_with_less_than_the_least_history_are_marked_and_scored(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    score(arrived_lately(place, office.as_of), office.as_of)
    found = pl.read_parquet(f"{place.results / office.scored.as_of}/*.parquet")
    assert found.filter("too_new")["household_id"].to_list() == [FROM_ELSEWHERE]
    assert found.height == office.scored.households + 2
    assert not pl.read_parquet(f"{office.results}/*.parquet")["too_new"].any()


def test_the_age_of_the_data_is_told_in_days(office: Office) -> None:
    ages = pl.read_parquet(f"{office.results}/*.parquet")["data_age_days"]
    assert ages.null_count() == 0
    assert ages.min() >= 0  # type: ignore[operator]  # a column of whole numbers


def test_the_manifest_says_what_the_scores_were_made_of(office: Office) -> None:
    manifest = json.loads((office.results / MANIFEST).read_text("utf-8"))
    assert manifest["model"] == office.scored.model == office.trained.model_hash
    assert manifest["feature_set"] == set_hash()
    assert manifest["model_name"] == model_name(LABEL)
    assert list(manifest["inputs"]) == office.scored.counties == ["990301"]
    assert manifest["as_of"] == office.scored.as_of


def test_the_manifest_says_how_exactly_the_reasons_add_up_to_the_scores(office: Office) -> None:
    manifest = json.loads((office.results / MANIFEST).read_text("utf-8"))
    checked = office.scored.sums["990301"]
    assert manifest["sums"] == {"990301": {"households": checked.households, "largest": checked.largest}}
    assert checked.households == 256
    assert checked.largest <= 1e-9


def test_scores_to_which_their_reasons_do_not_add_up_are_not_published(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, explained = forgotten(office, tmp_path), CalibratedModel.explained
    before = contents(place.results)

    def off(model: CalibratedModel, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        margin, contributions = explained(model, x)
        contributions[:, 3] += 1e-6
        return margin, contributions

    monkeypatch.setattr(CalibratedModel, "explained", off)
    wrong = r"county 990301: in 256 of 256 households .* does not add up to margin, .* Nothing was published"
    with pytest.raises(BundleError, match=wrong):
        score(place, office.as_of)
    assert contents(place.results) == before


def test_one_household_alone_has_its_neighbours_from_what_was_published_with_the_scores(office: Office) -> None:
    place = office.workspace
    told = neighbours(place, "990301", office.as_of)
    assert (told.as_of, told.county) == (office.as_of, "990301")
    view = place.lake.view("990301", office.as_of)
    batch = assemble_view(view, place.policy).rows
    for household in batch["household_id"].gather_every(150):
        alone = assemble_view(own_facts(view, [household]), place.policy, [household], neighbours=told).rows
        assert alone.equals(batch.filter(pl.col("household_id") == household))


def test_scores_without_the_neighbours_say_what_to_do(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    shutil.rmtree(place.results / office.scored.as_of / NEIGHBOURS)
    with pytest.raises(UsageError, match=r"Score that day again\. / .*请重新评估该日期。"):
        neighbours(place, "990301")


def test_the_health_of_the_features_comes_with_the_scores(office: Office) -> None:
    found = office.scored.health["990301"]
    assert (found.as_of, found.households) == (office.scored.as_of, office.scored.households)
    assert [state.name for state in found.features] == [f.name for f in declared()]
    assert found.against == office.as_of.replace(year=office.as_of.year - 1).isoformat()


def test_the_same_scores_are_the_same_bytes(office: Office, tmp_path: Path) -> None:
    place = forgotten(office, tmp_path)
    done = score(place, office.as_of)
    assert done.made == ["990301"]
    assert contents(place.results) == contents(office.workspace.results)


def test_an_error_in_the_middle_leaves_the_old_scores(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = forgotten(office, tmp_path)
    before = contents(place.results)

    def full(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(OSError, match="disk is full"):
        score(place, office.as_of)
    assert contents(place.results) == before


def test_scoring_again_where_nothing_changed_touches_no_file(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    before = {path: path.stat().st_ino for path in place.results.rglob("*")}
    done = score(place, office.as_of)
    assert (done.made, done.cpu_seconds) == ([], {})
    assert (done.households, done.tiers, done.sums) == (600, office.scored.tiers, office.scored.sums)
    assert done.health == office.scored.health
    assert {path: path.stat().st_ino for path in place.results.rglob("*")} == before


def test_two_at_once_are_refused(office: Office) -> None:
    lock = office.workspace.runs / f".{LABEL}-{office.as_of}.lock"
    with locked(lock, "the first"), pytest.raises(BusyError, match=f"scores of {office.as_of}: process .* is writing"):
        score(office.workspace, office.as_of)


def test_the_folder_appears_as_a_whole(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the files are written, the results hold nothing of them that a reader would find."""
    place = office.copied(tmp_path)
    written, seen = pl.DataFrame.write_parquet, []
    day = as_of_of_month(place, date(2023, 1, 1))

    def watched(frame: pl.DataFrame, *given: object, **named: object) -> None:
        seen.append((place.results / day.isoformat()).exists())
        written(frame, *given, **named)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(pl.DataFrame, "write_parquet", watched)
    done = score(place, day)
    assert set(seen) == {False}
    assert {p.name for p in Path(done.folder).iterdir()} == {"990301.parquet", NEIGHBOURS, TYPICAL, PARTS, MANIFEST}
    assert {p.name for p in place.results.iterdir()} == {office.scored.as_of, day.isoformat()}


# --- dates, champions ---


def test_a_month_is_scored_on_the_run_day_of_the_month_after_it(office: Office) -> None:
    assert as_of_of_month(office.workspace, date(2023, 12, 1)) == date(2024, 1, 5)


def test_the_newest_date_is_not_after_the_newest_delivery(office: Office) -> None:
    newest = office.workspace.lake.newest_delivery()
    assert newest_as_of(office.workspace) == newest.replace(day=5)


def test_scores_of_another_label_do_not_take_the_place_of_the_first(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    before = contents(place.results)
    done = score(place, office.as_of, SOON)
    assert Path(done.folder) == place.results / SOON / office.scored.as_of
    assert {name: content for name, content in contents(place.results).items() if name in before} == before
    assert published(place).parent == place.results


def test_where_nothing_was_known_on_the_run_day_the_day_of_the_delivery_is_the_newest(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = office.workspace.lake.newest_delivery()
    monkeypatch.setattr("riskmodel.workflows.score.first_known", lambda lake: lake.newest_delivery())
    assert office.as_of <= newest
    assert newest_as_of(office.workspace) == newest


def test_a_day_long_after_the_last_news_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match=r"more than 62 days after the newest delivery"):
        score(office.workspace, date(2030, 1, 5))
    assert not (office.workspace.results / "2030-01-05").exists()


def test_a_day_before_anything_was_known_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match=r"no household was known on 2019-06-05; the first was known on 20"):
        score(office.workspace, date(2019, 6, 5))
    assert not (office.workspace.results / "2019-06-05").exists()


def test_without_a_champion_the_way_to_one_is_told(sample_workspace: Workspace, tmp_path: Path) -> None:
    place = Workspace(Settings(tmp_path))
    with pytest.raises(UsageError, match=r"train and register a model.* / .*请先训练"):
        champion(place, LABEL)
    with pytest.raises(UsageError, match="holds no data yet"):
        score(place, date(2024, 1, 5))
    assert sample_workspace.counties()


def test_a_model_of_other_features_is_refused(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    facts = {**vars(invented().facts), "feature_set": "0" * 16}
    bundle.write(tmp_path / "other", invented().model, BundleFacts(**facts))
    name = model_name("income_below_line_12m")
    version = place.registry.register(
        name, tmp_path / "other", parameters={}, metrics={}, figures={}, tags={}, experiment=name
    )
    place.registry.alias(name, version, "champion")
    with pytest.raises(BundleError, match=r"trained on feature set 0000.* / .*请重新训练"):
        score(place, office.as_of, "income_below_line_12m")


def test_published_scores_are_found_by_date_and_the_newest_without(office: Office, tmp_path: Path) -> None:
    assert published(office.workspace) == published(office.workspace, office.as_of) == office.results
    with pytest.raises(UsageError, match=f"no scores of 2001-01-05.*{office.scored.as_of}"):
        published(office.workspace, date(2001, 1, 5))
    with pytest.raises(UsageError, match=r"no scores yet.*riskmodel score"):
        published(Workspace(Settings(tmp_path)))


def forgotten(office: Office, folder: Path) -> Workspace:
    """A copy in which nobody remembers what the scores were made of, so that they are made again."""
    place = office.copied(folder)
    shutil.rmtree(place.results / office.scored.as_of / PARTS)
    return place


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
