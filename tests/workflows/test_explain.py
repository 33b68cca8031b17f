from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from late_arrivals import FROM_ELSEWHERE, SPLIT_OFF, arrived_lately
from riskmodel.errors import UsageError
from riskmodel.policy import Background, Cause
from riskmodel.workflows.explain import MONITORED, TOO_NEW, explain, listed, render
from riskmodel.workflows.score import MANIFEST, score
from trained_county import LABEL, Office


@pytest.fixture
def riskiest(office: Office) -> str:
    return office.riskiest


def test_an_explanation_is_the_stored_score_in_words(office: Office, riskiest: str) -> None:
    found = explain(office.workspace, riskiest)
    row = pl.read_parquet(f"{office.results}/*.parquet").row(0, named=True)
    assert (found.probability, found.margin, found.base) == (row["probability"], row["margin"], row["base"])
    assert (found.rank_county, found.rank_township, found.label) == (1, 1, LABEL)
    assert found.as_of == office.scored.as_of
    assert found.model == office.trained.model_hash[:16]
    assert found.contributions == {
        name.removeprefix("contribution_"): value for name, value in row.items() if name.startswith("contribution_")
    }
    assert abs(sum(found.contributions.values()) + found.base - found.margin) < 1e-9


def test_groups_are_the_official_causes_and_the_backgrounds_strongest_first(office: Office, riskiest: str) -> None:
    groups = explain(office.workspace, riskiest).groups
    assert {g["group"] for g in groups} <= {*Cause.codes(), *Background.codes()}
    values = [g["contribution"] for g in groups]
    assert values == sorted(values, reverse=True)


def test_reasons_are_sentences_in_chinese_and_in_english(office: Office, riskiest: str) -> None:
    chinese, english = explain(office.workspace, riskiest), explain(office.workspace, riskiest, language="en")
    assert chinese.reasons
    assert [r["feature"] for r in chinese.reasons] == [r["feature"] for r in english.reasons]
    assert all(r["sentence"].endswith("推高风险") for r in chinese.reasons)
    assert all(r["sentence"].isascii() and r["sentence"].endswith("raises the risk") for r in english.reasons)
    assert chinese.meaning.startswith("同类")
    assert "new entry into monitoring within 12 months" in english.meaning
    assert chinese.tier == english.tier
    assert chinese.tier_title != english.tier_title


def test_every_explanation_says_that_a_score_only_orders_visits(office: Office, riskiest: str) -> None:
    assert explain(office.workspace, riskiest).notes[0].startswith("本分数仅用于安排走访先后")
    assert explain(office.workspace, riskiest, language="en").notes[0].startswith("The score only orders visits")


def test_unconfirmed_policy_values_are_named(office: Office, tmp_path: Path, riskiest: str) -> None:
    place = office.copied(tmp_path)
    manifest = place.results / office.scored.as_of / MANIFEST
    values = json.loads(manifest.read_text("utf-8")) | {"unconfirmed_policy": ["run_day (national)"]}
    manifest.write_text(json.dumps(values), "utf-8")
    assert "1 项" in explain(place, riskiest).notes[1]
    assert "run_day (national)" in explain(place, riskiest, language="en").notes[1]


def test_a_household_that_was_not_scored_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match=f"household H000 was not scored on {office.scored.as_of}"):
        explain(office.workspace, "H000")


def test_a_date_without_scores_is_refused(office: Office, riskiest: str) -> None:
    with pytest.raises(UsageError, match="no scores of 2001-01-05"):
        explain(office.workspace, riskiest, date(2001, 1, 5))


def test_scores_of_a_version_with_other_features_say_so(office: Office) -> None:
    row = pl.read_parquet(f"{office.results}/*.parquet").row(0, named=True)
    old = row | {"reason_1_feature": "harvest_12m", "contribution_harvest_12m": 0.5}
    with pytest.raises(UsageError, match="harvest_12m, which this version does not declare"):
        render(old, [], "zh")


def test_the_list_begins_with_the_highest_risk_and_leaves_out_who_is_monitored(office: Office) -> None:
    scores = pl.read_parquet(f"{office.results}/*.parquet")
    expected = scores.filter(~pl.col("monitored"))["household_id"].head(7).to_list()
    assert [found.household_id for found in listed(office.workspace, 7)] == expected
    assert set(scores.filter("monitored")["household_id"]).isdisjoint(expected)


def test_a_household_too_new_to_judge_is_not_listed_and_its_explanation_says_so(office: Office, tmp_path: Path) -> None:
    place = arrived_lately(office.copied(tmp_path), office.as_of)
    score(place, office.as_of)
    everybody = {found.household_id for found in listed(place, 10_000)}
    assert SPLIT_OFF in everybody
    assert FROM_ELSEWHERE not in everybody
    for language in ("zh", "en"):
        assert explain(place, FROM_ELSEWHERE, language=language).notes[-1] == TOO_NEW[language]
        assert TOO_NEW[language] not in explain(place, SPLIT_OFF, language=language).notes


def test_scores_that_do_not_say_who_is_too_new_are_not_listed(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    path = place.results / office.scored.as_of / "990301.parquet"
    pl.read_parquet(path).drop("too_new").write_parquet(path)
    with pytest.raises(UsageError, match=r"do not say which households are too new.*Score that date again"):
        listed(place, 3)
    assert explain(place, office.riskiest).notes


def test_a_household_of_which_little_is_known_is_explained_too(office: Office) -> None:
    row = pl.read_parquet(f"{office.results}/*.parquet").row(0, named=True)
    unknown = {name: None if name.startswith("reason_") else value for name, value in row.items()}
    found = render(unknown | {"data_age_days": None}, [], "zh")
    assert (found.reasons, found.data_age_days) == ([], None)


def test_a_monitored_household_is_told_to_be_one(office: Office) -> None:
    scores = pl.read_parquet(f"{office.results}/*.parquet")
    watched, other = (scores.filter(pl.col("monitored") == yes)["household_id"][0] for yes in (True, False))
    assert MONITORED["zh"] in explain(office.workspace, watched).notes
    assert MONITORED["en"] in explain(office.workspace, watched, language="en").notes
    assert MONITORED["zh"] not in explain(office.workspace, other).notes


def test_a_probability_that_the_shorter_horizon_lifted_is_told_with_its_own(office: Office) -> None:
    row = pl.read_parquet(f"{office.results}/*.parquet").row(0, named=True)
    lifted = row | {"probability": 0.35, "probability_6m": 0.35, "probability_own": 0.17}
    assert any("0.170" in note for note in render(lifted, [], "zh").notes)
    same = row | {"probability": 0.35, "probability_own": 0.35, "monitored": False}
    assert len(render(same, [], "en").notes) == 1
