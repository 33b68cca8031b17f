from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from late_arrivals import SPLIT_OFF, arrived_lately
from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY
from riskmodel.features.windows import months_before
from riskmodel.scoring.reasons import clear_cause
from riskmodel.settings import Settings
from riskmodel.workflows.changed import MOST, Changed
from riskmodel.workflows.explain import explain
from riskmodel.workflows.promote import promote
from riskmodel.workflows.score import MANIFEST, score
from riskmodel.workflows.train import train
from riskmodel.workflows.workspace import Workspace
from trained_county import NOW, Office


@pytest.fixture(scope="module")
def before(office: Office) -> date:
    """The day of the run before."""
    return months_before(office.as_of, 1).replace(day=office.as_of.day)


@pytest.fixture(scope="module")
def scored_twice(office: Office, before: date, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy with the scores of two months by one model."""
    place = office.copied(tmp_path_factory.mktemp("twice"))
    score(place, before)
    return place


@pytest.fixture(scope="module")
def retrained(scored_twice: Workspace, office: Office, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The same with a new model for the newer month."""
    home = tmp_path_factory.mktemp("retrained") / "home"
    shutil.copytree(scored_twice.home, home)
    place = Workspace(Settings(home, seed=5))
    made = train(place, NOW + timedelta(days=1), kind="lightgbm")
    promote(place, made.version, NOW, made.label, reason="for the tests")
    score(place, office.as_of)
    return place


def households(place: Workspace, office: Office, count: int = 30) -> list[str]:
    return pl.read_parquet(f"{place.results / office.scored.as_of}/*.parquet")["household_id"].head(count).to_list()


def change(place: Workspace, household: str, **asked: object) -> Changed:
    found = explain(place, household, **asked).change  # type: ignore[arg-type]  # language and dates
    assert found is not None
    return found


def test_the_parts_are_the_change_of_the_margin(scored_twice: Workspace, office: Office, before: date) -> None:
    old = pl.read_parquet(f"{scored_twice.results / before.isoformat()}/*.parquet")
    told = 0
    for household in households(scored_twice, office):
        found = change(scored_twice, household)
        row = old.row(by_predicate=pl.col("household_id") == household, named=True)
        margin = explain(scored_twice, household).margin
        assert found.since == before.isoformat()
        assert found.same_model
        assert found.margin == pytest.approx(margin - row["margin"], abs=1e-9)
        assert found.data == pytest.approx(found.margin, abs=1e-9)
        assert (found.model, found.base) == (0, 0)
        assert sum(found.data_by_feature.values()) == pytest.approx(found.data, abs=1e-9)
        for moved in found.moved:
            assert found.values_before[moved.feature] == row[f"value_{moved.feature}"] != moved.value
        told += len(found.moved)
    assert told > 10


def test_at_most_three_features_are_told_one_per_group_causes_first(scored_twice: Workspace, office: Office) -> None:
    for household in households(scored_twice, office):
        found = change(scored_twice, household)
        groups = [moved.group for moved in found.moved]
        assert len(groups) == len(set(groups)) <= MOST
        assert all(moved.contribution == found.data_by_feature[moved.feature] for moved in found.moved)
        for moved in found.moved:
            was, is_now = found.values_before[moved.feature], moved.value
            if was is not None and is_now is not None:  # never the other way than declared
                assert (is_now - was) * moved.contribution * REGISTRY[moved.feature].direction >= 0
        sums = dict.fromkeys(groups, 0.0)
        for name, by in found.data_by_feature.items():
            if REGISTRY[name].group.value in sums:
                sums[REGISTRY[name].group.value] += by
        later = [not clear_cause(code, abs(sums[code])) for code in groups]
        assert later == sorted(later)
        raises = ["推高风险" in moved.sentence for moved in found.moved]
        assert raises == [moved.contribution > 0 for moved in found.moved]


def test_probabilities_are_told_as_published_on_both_days(
    scored_twice: Workspace, office: Office, before: date
) -> None:
    old = pl.read_parquet(f"{scored_twice.results / before.isoformat()}/*.parquet")
    probabilities = dict(old.select("household_id", "probability").iter_rows())
    day, words = f"{before.year}年{before.month}月{before.day}日", set()
    for household in households(scored_twice, office):
        found = change(scored_twice, household)
        was, is_now = found.probability_before, explain(scored_twice, household).probability
        assert was == probabilities[household]
        assert found.probability == is_now
        assert day in found.sentences[0]
        word = next(word for word in ("上升", "下降", "持平") if word in found.sentences[0])
        words.add(word)
        assert was is not None
        assert word == "持平" or (word == "上升") == (is_now > was)
    assert {"上升", "下降"} <= words


def test_what_a_new_model_did_is_told_apart_and_adds_up(retrained: Workspace, office: Office) -> None:
    told = []
    for household in households(retrained, office, 6):
        found = change(retrained, household)
        assert found.same_model is False
        assert found.data is not None
        assert found.model is not None
        assert found.base is not None
        assert found.data + found.model + found.base == pytest.approx(found.margin, abs=1e-9)
        told.append(found.sentences[-1])
        assert "calibration" in change(retrained, household, language="en").sentences[-1]
    assert any(sentence.startswith("模型更新所致") for sentence in told)


def test_the_facts_did_the_same_whatever_the_new_model_says(
    retrained: Workspace, scored_twice: Workspace, office: Office
) -> None:
    for household in households(retrained, office, 3):
        new, old = change(retrained, household), change(scored_twice, household)
        assert new.data_by_feature == pytest.approx(old.data_by_feature, abs=1e-12)


def test_without_the_old_model_the_probabilities_are_told_and_why_no_more(
    retrained: Workspace, office: Office, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(retrained.home, home)
    place = Workspace(Settings(home))
    for bundle in (home / "mlflow" / "artifacts").glob("*/artifacts/bundle"):
        shutil.rmtree(bundle)
    found = change(place, households(place, office)[0])
    assert (found.data, found.model, found.moved) == (None, None, [])
    assert "已不在登记库中" in found.sentences[1]
    assert found.probability_before is not None


def test_scores_on_other_features_or_without_values_are_not_split(
    scored_twice: Workspace, office: Office, before: date, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(scored_twice.home, home)
    place, folder = Workspace(Settings(home)), home / "results" / before.isoformat()
    household = households(place, office)[0]
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    (folder / MANIFEST).write_text(json.dumps(manifest | {"feature_set": "0" * 16}), "utf-8")
    assert "数据项目不同" in change(place, household).sentences[1]
    path = folder / "990301.parquet"
    pl.read_parquet(path).drop(pl.selectors.starts_with("value_")).write_parquet(path)
    assert "旧版软件" in change(place, household).sentences[1]


def test_the_first_assessment_says_that_there_is_none_before(office: Office) -> None:
    found = change(office.workspace, office.riskiest)
    assert (found.since, found.sentences) == (None, ["此前没有评估可比"])
    assert change(office.workspace, office.riskiest, language="en").sentences[0].startswith("There is no assessment")


def test_a_household_that_was_not_assessed_before_says_so(office: Office, before: date, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    score(place, before)
    score(arrived_lately(place, office.as_of), office.as_of)
    assert "没有本户" in change(place, SPLIT_OFF).sentences[0]


def test_a_day_may_be_asked_for_and_must_have_been_scored_before(
    scored_twice: Workspace, office: Office, before: date
) -> None:
    household = households(scored_twice, office)[0]
    assert change(scored_twice, household, since=before) == change(scored_twice, household)
    for wrong in (before - timedelta(days=1), office.as_of):
        with pytest.raises(UsageError, match=f"no scores of {wrong} before those of {office.scored.as_of}"):
            change(scored_twice, household, since=wrong)
