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
from riskmodel.rendering.values import TELL
from riskmodel.scoring.reasons import LEAST
from riskmodel.settings import Settings
from riskmodel.workflows.changed import MOST, Changed, changed
from riskmodel.workflows.explain import explain, with_typical
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


def quick_changes(place: Workspace, office: Office, count: int) -> list[Changed]:
    """The changes alone of the first households, without all else that an explanation asks for."""
    folder = place.results / office.scored.as_of
    rows = with_typical(folder, pl.read_parquet(f"{folder}/*.parquet").head(count))
    return [changed(place, row, folder, None, "zh") for row in rows]


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


def test_the_feature_told_of_a_group_did_most_in_its_direction_and_went_the_way_it_may(
    scored_twice: Workspace, office: Office
) -> None:
    told = 0
    for found in quick_changes(scored_twice, office, 60):
        groups = [moved.group for moved in found.moved]
        assert len(groups) == len(set(groups)) <= MOST
        for moved in found.moved:
            own = {n: by for n, by in found.data_by_feature.items() if REGISTRY[n].group.value == moved.group}
            sign = 1 if sum(own.values()) > 0 else -1
            assert moved.contribution == own[moved.feature]
            assert sign * moved.contribution == max(sign * by for by in own.values()) >= LEAST
            was, is_now = found.values_before[moved.feature], moved.value
            if was is not None and is_now is not None:  # never the other way than declared
                assert (is_now - was) * moved.contribution * REGISTRY[moved.feature].direction >= 0
        raises = ["推高风险" in moved.sentence for moved in found.moved]
        assert raises == [moved.contribution > 0 for moved in found.moved]
        told += len(found.moved)
    assert told > 10


def test_groups_that_went_the_way_of_the_whole_come_first_the_strongest_before(
    scored_twice: Workspace, office: Office
) -> None:
    firsts = set()
    for found in quick_changes(scored_twice, office, 120):
        assert found.margin is not None
        sums: dict[str, float] = {}
        for name, by in found.data_by_feature.items():
            sums[REGISTRY[name].group.value] = sums.get(REGISTRY[name].group.value, 0.0) + by
        order = [
            (abs(found.margin) >= LEAST and sums[m.group] * found.margin < 0, -abs(sums[m.group])) for m in found.moved
        ]
        assert order == sorted(order)
        assert all(abs(sums[moved.group]) >= LEAST for moved in found.moved)
        along = [code for code, by in sums.items() if by * found.margin >= LEAST * abs(found.margin)]
        told = found.sentences[1:]
        if not along or abs(found.margin) < LEAST:
            continue
        leading = max(along, key=lambda code: abs(sums[code]))
        first = next(sentence for sentence in told if not sentence.startswith("以下各项"))
        assert first.startswith(TELL.text(f"aspect.{leading}", "zh"))
        assert first.endswith("推高风险" if found.margin > 0 else "降低风险")
        firsts.add("没有哪一项" in first)
    assert firsts == {True, False}


def test_a_change_that_cancels_out_says_so(scored_twice: Workspace, office: Office) -> None:
    said = {True: 0, False: 0}
    for found in quick_changes(scored_twice, office, 200):
        assert found.margin is not None
        hardly = any("大体相抵" in sentence for sentence in found.sentences)
        told = "没有使风险明显变化" not in found.sentences[1]
        assert hardly == (told and abs(found.margin) < LEAST)
        said[hardly] += 1
    assert said[True] > 0


def test_what_is_missing_in_one_of_the_months_is_never_told_as_a_value(scored_twice: Workspace, office: Office) -> None:
    came_or_went = 0
    for found in quick_changes(scored_twice, office, 120):
        for moved in found.moved:
            missing = None in (moved.value, found.values_before[moved.feature])
            assert ("现为" in moved.sentence or "原为" in moved.sentence) == missing
            assert "变为数据缺失" not in moved.sentence
            came_or_went += missing
    assert came_or_went > 0


def test_a_household_monitored_already_is_told_numbers_that_only_order(scored_twice: Workspace, office: Office) -> None:
    scores = pl.read_parquet(f"{scored_twice.results / office.scored.as_of}/*.parquet")
    watched = scores.filter("monitored")["household_id"].head(5).to_list()
    assert watched
    for household in watched:
        first = change(scored_twice, household).sentences[0]
        assert "只用于排序" in first
        assert "情况相近" not in first
        assert "only orders" in change(scored_twice, household, language="en").sentences[0]


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
