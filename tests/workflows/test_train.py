from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import polars.testing
import pytest

from riskmodel.errors import DataError, UsageError
from riskmodel.features import set_hash
from riskmodel.models import bundle
from riskmodel.policy import Policy
from riskmodel.settings import Settings
from riskmodel.training.fit import KINDS
from riskmodel.training.labels import LABELS, Question, label_named
from riskmodel.workflows.ingest import ingest
from riskmodel.workflows.score import score
from riskmodel.workflows.train import train, unconfirmed
from riskmodel.workflows.workspace import Workspace, model_name
from sample.files import write_sample
from trained_county import LABEL, NOW, SOON, Office


def test_the_same_inputs_and_seed_give_the_same_model_and_scores(office: Office, tmp_path: Path) -> None:
    assert office.again.model_hash == office.trained.model_hash
    assert office.again.test == office.trained.test
    place = office.copied(tmp_path)
    place.registry.alias(model_name(LABEL), office.again.version, "champion")
    rescored = pl.read_parquet(f"{score(place, office.as_of).folder}/*.parquet")
    pl.testing.assert_frame_equal(rescored, pl.read_parquet(f"{office.results}/*.parquet"))


def test_what_the_gate_refuses_waits_as_challenger_until_a_person_promotes_it(office: Office) -> None:
    assert (office.trained.version, office.trained.alias) == (1, "challenger")
    assert (office.again.version, office.again.alias) == (2, "challenger")
    versions = office.workspace.registry.versions(model_name(LABEL))
    assert [v.aliases for v in versions] == [("champion",), ("challenger",)]
    assert versions[0].bundle_hash == versions[1].bundle_hash == office.trained.model_hash
    assert [(v.tags["kind"], v.tags["gate"]) for v in versions] == [("lightgbm", "refused")] * 2
    assert versions[0].tags["gate_why"] == office.trained.gate.why


def test_the_gate_chooses_where_nobody_asks_for_a_kind(office: Office, tmp_path: Path) -> None:
    """The county of the tests has too few events to show anything, so the naive rule it is."""
    place = office.copied(tmp_path)
    shutil.rmtree(place.registry.folder)
    done = train(Workspace(Settings(place.home)), NOW + timedelta(hours=3))
    assert done.kind == done.gate.chosen == "naive"
    assert done.alias == "champion"
    assert bundle.read(Path(done.bundle)).model.model.kind == "logistic"  # on the distance to the line alone
    assert {check.kind for check in done.gate.checks} == {"lightgbm", "logistic", "rule_pack"}
    for simple in ("rules", "naive"):  # the others are told beside what was chosen for the shorter horizon
        assert done.test[simple] == office.trained.test[simple]


def test_a_kind_that_does_not_exist_is_named(office: Office) -> None:
    with pytest.raises(UsageError, match="choose one of rules, rule_pack"):
        train(office.workspace, NOW, kind="oracle")


def test_the_test_is_the_newest_third_of_the_dates(office: Office) -> None:
    dates, test = office.trained.as_of_dates, office.trained.test_dates
    assert test == dates[-len(test) :]
    assert len(test) == max(1, len(dates) // 3)


def test_the_models_of_the_test_saw_only_labels_that_had_matured_before_it(office: Office) -> None:
    """Otherwise nothing would be left to learn from: some dates lie so early that their outcomes were known."""
    first = date.fromisoformat(office.trained.test_dates[0])
    delay = int(office.workspace.policy.value("label.reporting_delay_months", "990301", on=first, known=first))
    label = label_named(LABEL)
    days = map(date.fromisoformat, office.trained.as_of_dates)
    assert [day for day in days if label.matures_on(day, delay) <= first]


def test_the_shorter_horizon_is_trained_along_and_registered_under_its_own_name(office: Office) -> None:
    soon, again = office.trained.shorter, office.again.shorter
    assert soon is not None
    assert again is not None
    assert (soon.label, soon.version, soon.alias, soon.shorter) == (SOON, 1, "challenger", None)
    assert (again.version, again.alias, again.model_hash) == (2, "challenger", soon.model_hash)
    assert office.trained.shorter_refused == ""
    versions = office.workspace.registry.versions(model_name(SOON))
    assert [v.bundle_hash for v in versions] == [soon.model_hash] * 2
    made = bundle.read(Path(soon.bundle))
    assert (made.facts.label, made.facts.horizon_months) == (SOON, 6)
    assert tuple(soon.test) == KINDS


def test_the_shorter_horizon_is_judged_on_newer_dates_whose_outcomes_are_known_already(office: Office) -> None:
    soon = office.trained.shorter
    assert soon is not None
    assert soon.as_of_dates[-1] > office.trained.as_of_dates[-1]
    assert set(office.trained.as_of_dates) <= set(soon.as_of_dates)  # features of a date serve both
    assert soon.events < office.trained.events


def test_a_label_of_the_shorter_horizon_is_trained_alone_when_it_is_asked_for(office: Office, tmp_path: Path) -> None:
    place, soon = office.copied(tmp_path), office.trained.shorter
    done = train(place, NOW + timedelta(hours=2), SOON, kind="lightgbm")
    assert (done.label, done.version, done.shorter, done.shorter_refused) == (SOON, 3, None, "")
    assert soon is not None
    assert done.rows == soon.rows
    assert len(place.registry.versions(model_name(LABEL))) == 2


def test_where_the_shorter_horizon_cannot_be_learned_the_label_is_trained_and_it_is_said_why(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = label_named(SOON)

    def nobody(q: Question) -> pl.LazyFrame:
        return soon.outcome(q).with_columns(event=pl.lit(value=False))

    monkeypatch.setitem(LABELS, SOON, replace(soon, outcome=nobody))
    done = train(office.copied(tmp_path), NOW + timedelta(hours=2), kind="lightgbm")
    assert done.model_hash == office.trained.model_hash  # what stands beside it moves nothing
    assert done.shorter is None
    assert "with 0 events are too few" in done.shorter_refused


def test_every_kind_of_model_is_judged_on_the_same_rows(office: Office) -> None:
    assert tuple(office.trained.test) == KINDS
    assert len({values["n"] for values in office.trained.test.values()}) == 1
    assert all(0 < values["prevalence"] < 0.2 for values in office.trained.test.values())


def test_models_learn_from_all_kinds_of_households_and_not_from_those_that_fell_alone(office: Office) -> None:
    """Leaving out every household of the test would leave who was identified before it: risks far above the truth."""
    mistaken = {kind: values["ece"] for kind, values in office.trained.test.items() if values["ece"] > 0.05}
    assert mistaken == {}


def test_the_bundle_says_where_it_comes_from(office: Office) -> None:
    made = bundle.read(Path(office.trained.bundle))
    assert made.hash == office.trained.model_hash
    assert made.facts.feature_set == set_hash()
    assert (made.facts.label, made.facts.horizon_months, made.facts.seed) == (LABEL, 12, 0)
    assert made.facts.created_at == NOW
    assert made.facts.first_as_of.isoformat() == office.trained.as_of_dates[0]
    assert made.facts.last_as_of.isoformat() == office.trained.as_of_dates[-1]
    assert made.facts.policy == office.workspace.policy.version
    assert made.facts.metrics["lightgbm_roc_auc"] == office.trained.test["lightgbm"]["roc_auc"]


def test_the_run_keeps_parameters_metrics_and_pictures(office: Office) -> None:
    version = office.workspace.registry.versions(model_name(LABEL))[0]
    assert version.metrics["naive_average_precision"] == office.trained.test["naive"]["average_precision"]
    artifacts = office.workspace.registry.folder / "artifacts" / version.run_id / "artifacts"
    pictures = {path.name for path in (artifacts / "figures").iterdir()}
    assert pictures == {"reliability.svg", "precision_recall.svg", "importance.svg"}


def test_the_final_model_reaches_the_share_of_events_on_its_rows(office: Office) -> None:
    made = bundle.read(Path(office.trained.bundle))
    rates = made.model.probability(made.facts.golden)
    assert np.isfinite(rates).all()
    assert 0 < office.trained.events < office.trained.rows


def test_a_label_that_is_not_declared_is_refused(office: Office) -> None:
    with pytest.raises(UsageError, match=r"no label 'richer_12m'.*new_entry_12m"):
        train(office.workspace, NOW, "richer_12m")


def test_too_few_events_are_refused(tmp_path: Path) -> None:
    place = young(tmp_path, households=8, last="2023-01-25")
    with pytest.raises(DataError, match=r"event|matured"):
        train(place, NOW)
    assert not place.models.exists()


def test_unconfirmed_values_are_named_once_with_their_area() -> None:
    entries = [e for e in Policy.load().entries if e.kind == "run_day"]
    assert unconfirmed([*entries, *entries]) == ["run_day (national)"]
    assert unconfirmed([]) == []


def young(tmp_path: Path, households: int, last: str) -> Workspace:
    """A workspace with the first deliveries of a small county."""
    write_sample(tmp_path / "out", households=households, months=24, seed=1)
    for folder in (tmp_path / "out" / "deliveries").iterdir():
        if folder.name > last:
            shutil.rmtree(folder)
    shutil.copytree(tmp_path / "out" / "policy", tmp_path / "home" / "policy")
    place = Workspace(Settings(tmp_path / "home"))
    ingest(place, tmp_path / "out" / "deliveries")
    return place
