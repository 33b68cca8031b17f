from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from riskmodel.errors import BundleError, UsageError
from riskmodel.features import REGISTRY, Direction, declared
from riskmodel.features.reading import most_read
from riskmodel.models import bundle
from riskmodel.policy import Background
from riskmodel.scoring.household_rows import HouseholdRows
from riskmodel.scoring.scenarios import SCENARIOS
from riskmodel.scoring.whatif import Models
from riskmodel.tables.files import write_json
from riskmodel.workflows.evidence import home_view
from riskmodel.workflows.score import MANIFEST, champion, champion_of_shorter, neighbours
from riskmodel.workflows.whatif import what_if
from riskmodel.workflows.workspace import model_name
from trained_county import LABEL, Office


@pytest.fixture(scope="module")
def published(office: Office) -> pl.DataFrame:
    return pl.read_parquet(f"{office.results}/*.parquet")


@pytest.fixture(scope="module")
def models(office: Office) -> Models:
    place, bundle = office.workspace, champion(office.workspace, LABEL)
    shorter = champion_of_shorter(place, LABEL)
    return Models(bundle, shorter, place.policy, neighbours(place, "990301", office.as_of))


@pytest.fixture(scope="module")
def without_dibao(office: Office, published: pl.DataFrame) -> str:
    given, policy = {"months": 12.0}, office.workspace.policy
    dibao = SCENARIOS["dibao"]
    return next(h for h in some(published, 12) if not dibao.already(rows_of_household(office, h), given, policy).count)


def rows_of_household(office: Office, household: str) -> HouseholdRows:
    return HouseholdRows.of(home_view(office.workspace, household, office.as_of), household)


def some(frame: pl.DataFrame, count: int) -> list[str]:
    """Households of every height of risk."""
    return frame["household_id"].gather_every(frame.height // count)[:count].to_list()


def files(home: Path) -> dict[str, tuple[int, int]]:
    found = [path for path in home.rglob("*") if path.is_file()]
    return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def test_an_unchanged_household_has_the_bits_of_the_published_batch(
    office: Office, models: Models, published: pl.DataFrame
) -> None:
    for household in some(published, 12):
        scored = models.judge(rows_of_household(office, household)).scored
        row = published.filter(household_id=household).row(0, named=True)
        ranks = ("rank_county", "rank_township")
        differing = [name for name, value in scored.items() if name not in ranks and row[name] != value]
        assert differing == []


def test_medical_aid_repair_water_and_insurance_never_raise_the_risk(
    office: Office, models: Models, published: pl.DataFrame
) -> None:
    directed = {f.name: f.direction for f in declared() if f.direction is not Direction.FREE}
    moved = 0
    for household in some(published, 25):
        rows = rows_of_household(office, household)
        before = models.judge(rows)
        for code in ("medical_aid", "house_repair", "safe_water", "basic_insurance"):
            after = models.judge(SCENARIOS[code].apply(rows, {"share": 0.6}, office.workspace.policy))
            assert float(str(after.scored["margin"])) <= float(str(before.scored["margin"])) + 1e-9
            assert float(str(after.scored["probability"])) <= float(str(before.scored["probability"])) + 1e-12
            for name, value in after.features.items():
                was = before.features[name]
                moved += value != was
                assert value == was or (value - was) * directed[name] < 0  # type: ignore[operator]  # none becomes known
    assert moved > 10


def test_the_answer_has_before_and_after_of_both_horizons_and_what_moved(office: Office) -> None:
    found = what_if(office.workspace, office.riskiest, ["public_post:wage=3000", "medical_aid:share=60%"])
    assert [h.months for h in found.horizons] == [12, 6]
    assert (found.as_of, found.label) == (office.scored.as_of, LABEL)
    assert [(s.scenario, s.parameters) for s in found.steps] == [
        ("public_post", {"wage": 3000, "months": 12}),
        ("medical_aid", {"share": 0.6}),
    ]
    assert found.outcome == "changed"
    assert sum(step.cells for step in found.steps) >= len(found.changes) > 0
    assert not found.other_model
    assert found.ranges_confirmed  # those of the generated county are
    assert set(found.values) == {moved.code for moved in found.features}
    stored = pl.read_parquet(f"{office.results}/*.parquet").row(0, named=True)
    assert found.horizons[0].before == stored["probability"]
    assert found.horizons[1].before == stored["probability_6m"]


def test_nothing_is_written(office: Office) -> None:
    before = files(office.workspace.home)
    what_if(office.workspace, office.riskiest, ["medical_aid"])
    assert files(office.workspace.home) == before


def test_a_correction_to_what_is_stored_already_changes_no_fact(office: Office) -> None:
    size = rows_of_household(office, office.riskiest).size
    found = what_if(office.workspace, office.riskiest, corrections=[f"households.size={size}"])
    assert [(s.correction and (s.correction.before, s.correction.after)) for s in found.steps] == [(size, size)]
    assert (found.outcome, found.changes, found.groups, found.features) == ("unchanged", [], [], [])
    assert [step.cells for step in found.steps] == [0]
    assert all(h.before == h.after for h in found.horizons)


def test_a_correction_that_no_feature_looks_at_says_so(office: Office) -> None:
    found = what_if(office.workspace, office.riskiest, corrections=["households.responsible_id=K999"])
    assert (found.outcome, len(found.changes)) == ("unseen", 1)


def test_a_correction_and_a_scenario_count_together(office: Office, without_dibao: str) -> None:
    found = what_if(office.workspace, without_dibao, ["dibao:amount=500,months=3"], ["households.size=9"])
    assert [bool(step.correction) for step in found.steps] == [True, False]
    paid = [c.after for c in found.changes if (c.table, c.column) == ("social_assistance", "amount")]
    assert paid == [4500] * 3


@pytest.mark.parametrize(
    ("code", "without", "given"),
    [
        ("dibao", "value_assistance_age_days", {"amount": 300, "months": 12}),
        ("public_post", "value_employment_age_days", {"wage": 800, "months": 12}),
    ],
)
def test_help_makes_nothing_known_but_what_it_tells_of(
    office: Office, models: Models, published: pl.DataFrame, code: str, without: str, given: dict[str, float]
) -> None:
    scenario, told = SCENARIOS[code], set()
    nothing_on_record = published.filter(pl.col(without).is_null(), pl.col("value_able_members") > 0)["household_id"]
    for household in nothing_on_record.head(4):
        rows = rows_of_household(office, household)
        before = models.judge(rows).features
        helped = scenario.apply(rows, given, office.workspace.policy)
        after = models.judge_helped(helped, rows, scenario.tells).features
        told |= {name for name, value in after.items() if value is not None and before[name] is None}
        unmasked = models.judge(helped).features
        assert [n for n, v in unmasked.items() if v is not None and after[n] is None and before[n] is not None] == []
        information = [f.name for f in declared() if f.group is Background.DATA]
        assert [after[name] for name in information] == [before[name] for name in information]
    table = {"dibao": "social_assistance", "public_post": "employment"}[code]
    of_table = {n for n in told if table in {asked.tables[0] for asked in most_read(REGISTRY[n]).asked}}
    assert of_table
    assert of_table <= set(scenario.tells)


def test_what_a_household_has_already_is_not_added_and_said(office: Office, without_dibao: str) -> None:
    steps = what_if(office.workspace, without_dibao, ["dibao:months=3", "dibao", "dibao"]).steps
    assert [(step.already, step.why) for step in steps] == [(0, ""), (3, ""), (12, "there")]
    assert [step.cells > 0 for step in steps] == [True, True, False]


def test_dibao_that_only_the_incomes_tell_of_is_not_paid_twice(office: Office) -> None:
    rows = rows_of_household(office, office.riskiest)
    assert rows.rows("social_assistance").is_empty()  # the county has no list of it
    received = rows.rows("incomes").filter(
        pl.col("component") == "tr_dibao", pl.col("month").is_in(rows.last_months(12))
    )
    found = what_if(office.workspace, office.riskiest, ["dibao"])
    assert received.height == 11  # the newest month is not reported yet: it runs on
    assert found.steps[0].already == 12
    assert (found.outcome, found.steps[0].why) == ("unchanged", "there")


def test_corrections_come_first_and_are_taken_together(office: Office) -> None:
    rows = rows_of_household(office, office.riskiest)
    survey = rows.seen("surveys")
    key = f"income_surveys[year={survey['year'][0]},stage={survey['stage'][0]}]"
    wage = survey["wage"][0] / 100 + 1200
    found = what_if(office.workspace, office.riskiest, corrections=[f"{key}.wage={wage}"])
    (step,) = found.steps
    assert [change.column for change in step.follows] == ["net_total", "net_per_capita", "reference_per_capita"]
    assert step.cells == len(found.changes) == 4
    assert step.odd == ()


def test_what_lifted_the_probability_and_who_is_monitored_is_told(office: Office, published: pl.DataFrame) -> None:
    lifted = published.filter(pl.col("probability_own") < pl.col("probability")).row(0, named=True)
    found = what_if(office.workspace, lifted["household_id"], ["medical_aid"])
    assert found.lifted[0] == lifted["probability_own"]
    assert (found.monitored, found.too_new) == (lifted["monitored"], lifted["too_new"])
    plain = published.filter(pl.col("probability_own") == pl.col("probability"), ~pl.col("monitored"))
    found = what_if(office.workspace, plain["household_id"][0], ["medical_aid"])
    assert (found.lifted[0], found.monitored) == (None, False)


def test_what_the_rules_exclude_is_computed_with_the_rule_named(office: Office, published: pl.DataFrame) -> None:
    nobody_works = published.filter(pl.col("value_able_members") == 0)["household_id"].head(3).to_list()
    asked = [*some(published, 12), *nobody_works]
    bound = [what_if(office.workspace, h, ["public_post", "dibao"]).steps for h in asked]
    rules = {(step.scenario, step.bound.rule) for steps in bound for step in steps if step.bound}
    assert ("public_post", "M09") in rules
    assert {rule for code, rule in rules if code == "dibao"} <= {"M10"}


def test_scores_of_another_model_are_noted(office: Office, tmp_path: Path) -> None:
    place = office.copied(tmp_path)
    path = place.results / office.scored.as_of / MANIFEST
    write_json(path, {"model": "another"})
    assert what_if(place, office.riskiest, ["medical_aid"]).other_model


def test_a_champion_of_another_feature_set_is_to_be_trained_again_and_not_only_scored(
    office: Office, tmp_path: Path
) -> None:
    place = office.copied(tmp_path)
    made = bundle.read(place.registry.bundle_path(model_name(LABEL), "champion"))
    facts = replace(made.facts, feature_set="0" * 16)
    bundle.write(tmp_path / "other", made.model, facts)
    version = place.registry.register(
        model_name(LABEL), tmp_path / "other", parameters={}, metrics={}, figures={}, tags={}, experiment="other"
    )
    place.registry.alias(model_name(LABEL), version, "champion")
    with pytest.raises(BundleError, match=r"trained on feature set 0000.*Train again.* / .*请重新训练"):
        what_if(place, office.riskiest, ["medical_aid"])


def test_wrong_questions_are_refused(office: Office) -> None:
    place = office.workspace
    for scenarios, said in (
        ([], "name a what-if"),
        (["tea"], "no what-if"),
        (["dibao:months=13"], "outside the policy"),
    ):
        with pytest.raises(UsageError, match=rf"{said}.* / .*[。？]"):
            what_if(place, office.riskiest, scenarios)
    with pytest.raises(UsageError, match=r"household H000 is not active.* / .*没有在册的户 H000"):
        what_if(place, "H000", ["dibao"])
    with pytest.raises(UsageError, match=r"no scores of 2001-01-05.* / 没有2001-01-05的评估结果"):
        what_if(place, office.riskiest, ["dibao"], as_of=date(2001, 1, 5))
