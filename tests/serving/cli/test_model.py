from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from command_line import answer
from lake_rows import batch
from riskmodel.serving.cli.model import _trained_lines
from riskmodel.workflows.workspace import model_name
from scenario import rows_of
from trained_county import LABEL, SOON, Office


def test_scores_of_a_month_can_be_read_where_the_answer_says(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = office.copied(tmp_path)
    done = answer(capsys, "score", "--month", "2023-06", "--json", home=place.home)
    assert done.code == 0, done.err
    assert done.json["as_of"] == "2023-07-05"
    assert len(pd.read_parquet(done.json["folder"])) == done.json["households"] == sum(done.json["tiers"].values())
    assert "scoring 2023-07-05" in done.err
    (checked,) = done.json["sums"].values()
    assert checked["households"] == 256
    assert checked["largest"] <= 1e-9


def test_without_a_date_the_newest_is_scored(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = office.copied(tmp_path)
    shown = answer(capsys, "score", home=place.home)
    assert f"scored as of {office.scored.as_of}: " in shown.out
    assert "pandas.read_parquet reads the folder" in shown.out
    assert "checked in 256 households: contributions sum to the scores, at most " in shown.out


def test_scores_are_published_but_fail_where_a_source_went_silent(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = office.copied(tmp_path)
    late = office.workspace.lake.newest_delivery() + timedelta(days=60)
    shown = answer(capsys, "score", "--as-of", late.isoformat(), home=place.home)
    assert shown.code == 1
    assert "ERROR source went silent 数据来源中断" in shown.out
    assert (place.results / late.isoformat()).is_dir()


def test_a_month_and_a_date_together_are_wrong_usage(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["score", "--month", "2023-06", "--as-of", "2023-07-05"]
    shown = answer(capsys, *words, home=office.workspace.home)
    assert (shown.code, "not both" in shown.err) == (2, True)


def test_train_names_what_it_cannot_learn(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "train", "--label", "richer_12m", "--json", home=office.workspace.home)
    assert shown.code == 2
    assert "no label 'richer_12m'" in shown.json["error"]["message"]


def test_a_training_is_told_with_its_test_and_its_name(office: Office) -> None:
    text = "\n".join(_trained_lines(office.trained))
    assert f"label {LABEL}: {office.trained.rows:,} rows" in text
    assert all(kind in text for kind in office.trained.test)
    assert "lightgbm registered as version 1 (challenger)" in text
    assert "gate 检验: " in text
    assert "rec@cap" in text
    assert office.trained.bundle in text
    assert office.trained.shorter is not None
    assert f"label {SOON}: {office.trained.shorter.rows:,} rows" in text
    assert "feature health 特征质量" in text


def test_a_training_without_a_test_is_told_without_an_empty_one(office: Office) -> None:
    untested = replace(office.trained, test={}, test_dates=[], released=False, shorter=None)
    text = "\n".join(_trained_lines(untested))
    assert "test in later months" not in text
    assert "rec@cap" not in text
    assert "NOT RELEASED 未发布" in text


def test_a_model_is_registered_but_training_fails_where_a_source_went_silent(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = office.copied(tmp_path)
    late = place.lake.newest_delivery() + timedelta(days=60)
    place.lake.receive([replace(batch("shocks", late, rows_of("shocks"), sha256="late"), county="990301")])
    shown = answer(capsys, "train", "--label", "income_below_line_12m", "--kind", "rules", home=place.home)
    assert shown.code == 1
    assert "ERROR source went silent 数据来源中断" in shown.out
    assert "rules registered as version 1" in shown.out
    assert place.registry.versions(model_name("income_below_line_12m"))


def test_a_shorter_horizon_without_a_model_is_told(office: Office) -> None:
    alone = replace(office.trained, shorter=None, shorter_refused="too few outcomes")
    assert "no model of the shorter horizon 短期限模型未训练: too few outcomes" in _trained_lines(alone)


def test_versions_are_listed_with_their_aliases(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    listed = answer(capsys, "models", "list", "--json", home=office.workspace.home).json
    assert listed["model"] == f"household-risk-{LABEL}"
    assert [(v["version"], v["aliases"]) for v in listed["versions"]] == [(1, ["champion"]), (2, ["challenger"])]
    shown = answer(capsys, "models", "list", home=office.workspace.home)
    assert [line.split()[:3] for line in shown.out.splitlines()] == [
        [f"household-risk-{LABEL}", "version", "1"],
        [f"household-risk-{LABEL}", "version", "2"],
    ]
    none = answer(capsys, "models", "list", "--label", "other", home=office.workspace.home)
    assert "Train one: riskmodel train" in none.out


def test_a_version_becomes_champion(office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = office.copied(tmp_path)
    refused = answer(capsys, "models", "promote", 2, home=place.home)
    assert (refused.code, "--against-the-gate" in refused.err) == (1, True)
    words = ["models", "promote", 2, "--against-the-gate", "a trial", "--json"]
    assert answer(capsys, *words, home=place.home).json["champion"] == 2
    listed = answer(capsys, "models", "list", "--json", home=place.home).json
    assert [v["aliases"] for v in listed["versions"]] == [[], ["champion", "challenger"]]
    shown = answer(capsys, "models", "list", home=place.home).out
    assert ("  champion  " in shown, "challenger" in shown) == (True, False)


def test_a_version_that_does_not_exist_cannot_be_promoted(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    shown = answer(capsys, "models", "promote", 9, home=office.workspace.home)
    assert (shown.code, "no version or alias 9" in shown.err) == (2, True)
