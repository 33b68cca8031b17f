from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from late_arrivals import FROM_ELSEWHERE, SPLIT_OFF, arrived_lately
from riskmodel.errors import UsageError
from riskmodel.policy import Background, Cause
from riskmodel.rendering.values import TELL
from riskmodel.tables import Batch
from riskmodel.workflows.about import stored_table, tables_needed
from riskmodel.workflows.explain import explain, listed, render, with_typical
from riskmodel.workflows.score import MANIFEST, TYPICAL, score
from riskmodel.workflows.told import Row
from trained_county import LABEL, Office

NOTHING_KNOWN = TELL.texts["note.nothing_known"]
TOO_NEW, MONITORED = TELL.texts["note.too_new"], TELL.texts["note.monitored"]


def first_row(office: Office, **other: object) -> Row:
    """The row of the highest risk, with other values where they are given."""
    (row,) = with_typical(office.results, pl.read_parquet(f"{office.results}/*.parquet").head(1))
    return replace(row, values={**row.values, **other})


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
    assert "新纳入监测" in chinese.meaning
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
    assert explain(place, riskiest).notes[1].endswith("有 1 项尚未与文件核对：月度运行日")
    assert explain(place, riskiest, language="en").notes[1].endswith("against a document: the day of the monthly run")


def test_a_household_that_was_not_scored_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match=f"household H000 was not scored on {office.scored.as_of}"):
        explain(office.workspace, "H000")


def test_a_date_without_scores_is_refused(office: Office, riskiest: str) -> None:
    with pytest.raises(UsageError, match="no scores of 2001-01-05"):
        explain(office.workspace, riskiest, date(2001, 1, 5))


def test_scores_of_a_version_with_other_features_say_so(office: Office) -> None:
    old = first_row(office, reason_1_feature="harvest_12m", contribution_harvest_12m=0.5, value_harvest_12m=1.0)
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
        assert explain(place, FROM_ELSEWHERE, language=language).notes[1:] == [
            TOO_NEW[language],
            NOTHING_KNOWN[language],
        ]
        assert TOO_NEW[language] not in explain(place, SPLIT_OFF, language=language).notes


def test_scores_that_do_not_say_who_is_too_new_are_not_listed(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    path = place.results / office.scored.as_of / "990301.parquet"
    pl.read_parquet(path).drop("too_new").write_parquet(path)
    with pytest.raises(UsageError, match=r"do not say which households are too new.*Score that date again"):
        listed(place, 3)
    assert explain(place, office.riskiest).notes


def test_no_table_is_missed_that_a_household_could_be_without(office: Office) -> None:
    rows = pl.read_parquet(f"{office.results}/*.parquet")
    missed = {(told.feature, told.table) for row in with_typical(office.results, rows) for told in row.missing("zh")}
    assert missed
    for feature, stored in missed:
        prepared = [name for name in tables_needed(feature) if stored_table(name) == stored]
        assert prepared
        without = rows.filter(pl.all_horizontal(pl.col(f"newest_{name}").is_null() for name in prepared))
        assert without[f"value_{feature}"].null_count() == without.height


def test_a_household_of_which_little_is_known_is_explained_too(office: Office) -> None:
    no_reasons = dict.fromkeys((f"reason_{k}_{what}" for k in range(1, 6) for what in ("group", "feature")), None)
    found = render(first_row(office, data_age_days=None, **no_reasons), [], "zh")
    assert (found.reasons, found.data_age_days) == ([], None)


def test_a_monitored_household_is_told_to_be_one(office: Office) -> None:
    scores = pl.read_parquet(f"{office.results}/*.parquet")
    watched, other = (scores.filter(pl.col("monitored") == yes)["household_id"][0] for yes in (True, False))
    assert MONITORED["zh"] in explain(office.workspace, watched).notes
    assert MONITORED["en"] in explain(office.workspace, watched, language="en").notes
    assert MONITORED["zh"] not in explain(office.workspace, other).notes
    assert "对本户不适用" in explain(office.workspace, watched).meaning
    assert explain(office.workspace, other).meaning.startswith("情况相近")


def test_a_probability_that_the_shorter_horizon_lifted_is_told_with_its_own(office: Office) -> None:
    lifted = first_row(office, probability=0.35, probability_6m=0.35, probability_own=0.17)
    assert any("0.170" in note for note in render(lifted, [], "zh").notes)
    same = first_row(office, probability=0.35, probability_own=0.35, monitored=False)
    assert len(render(same, [], "en").notes) == 1


def test_a_reason_has_its_codes_its_value_where_it_comes_from_and_what_is_typical(office: Office) -> None:
    table = pl.read_parquet(f"{office.results}/*.parquet")
    typical = pl.read_parquet(office.results / TYPICAL / "990301.parquet")
    for row in table.head(40).iter_rows(named=True):
        for told in explain(office.workspace, row["household_id"]).reasons:
            name = told["feature"]
            assert told["value"] == row[f"value_{name}"]
            assert told["contribution"] == row[f"contribution_{name}"] > 0
            if told["date"] and told["date_of"] != "ahead":
                assert told["date"] <= office.scored.as_of
            places = {"village": row["village_code"], "county": None, None: None}
            own = typical.filter(pl.col("village_code").eq_missing(pl.lit(places[told["typical_of"]], dtype=pl.String)))
            if told["typical_of"]:
                assert told["typical"] == own[f"typical_{name}"][0]


def test_groups_are_told_with_what_raises_and_what_lowers_in_them(office: Office, riskiest: str) -> None:
    found = explain(office.workspace, riskiest)
    for told in found.groups:
        assert told["raising"] + told["lowering"] == pytest.approx(told["contribution"], abs=1e-9)
        assert told["lowering"] <= 0 <= told["raising"]
    assert found.base + sum(told["contribution"] for told in found.groups) == pytest.approx(found.margin, abs=1e-9)


def test_at_most_five_reasons_three_protections_and_two_gaps_are_told(office: Office) -> None:
    found = [explain(office.workspace, one.household_id) for one in listed(office.workspace, 40)]
    assert max(len(one.reasons) for one in found) <= 5
    assert 0 < max(len(one.protections) for one in found) <= 3
    assert max(len(one.missing) for one in found) <= 2
    for one in found:
        told = [item["group"] for item in (*one.reasons, *one.protections)]
        assert len(set(told)) == len(told)  # no group twice, nor both ways


def test_the_same_month_rendered_twice_is_the_same_text(office: Office, riskiest: str) -> None:
    first, second = (explain(office.workspace, riskiest, language="en") for _ in range(2))
    assert first == second
    assert listed(office.workspace, 5) == listed(office.workspace, 5)


def test_a_month_is_told_from_its_result_files_alone(office: Office, tmp_path: Path, riskiest: str) -> None:
    told = explain(office.workspace, riskiest)
    place = office.copied(tmp_path)
    shutil.rmtree(place.home / "lake")
    # only the measures ask for the facts
    assert explain(place, riskiest) == replace(told, measures=None)


def test_what_became_known_later_changes_no_word(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    asked = [one.household_id for one in listed(office.workspace, 20)]
    before = [explain(office.workspace, household) for household in asked]
    (county,) = place.counties()
    later = office.as_of + timedelta(days=1)
    for name in ("medical_settlements", "incomes", "visits", "income_surveys"):
        known = place.lake.view(county, office.as_of).canonical(name)
        rows = known.filter(pl.col("household_id").is_in(asked)).with_columns(pl.lit(later).alias("known_at"))
        changed = rows.with_columns(pl.lit(value=True).alias("retracted"))
        place.lake.receive([Batch(county, name, changed, later, f"late {name}", rows_read=rows.height)])
    score(place, office.as_of)
    assert [explain(place, household) for household in asked] == before
    score(place, later)
    assert [explain(place, household).reasons for household in asked] != [one.reasons for one in before]


def test_scores_that_do_not_say_what_is_typical_are_to_be_made_again(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    shutil.rmtree(place.results / office.scored.as_of / TYPICAL)
    with pytest.raises(UsageError, match=r"what is typical of county 990301\. Score that date again"):
        explain(place, office.riskiest)
