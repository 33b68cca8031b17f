from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from riskmodel.errors import LakeError, UsageError
from riskmodel.features import REGISTRY, assemble_view, declared
from riskmodel.policy import toml_text
from riskmodel.settings import Settings
from riskmodel.tables import Batch
from riskmodel.tables.catalogue import TABLES
from riskmodel.workflows.evidence import Behind, Evidence, behind
from riskmodel.workflows.workspace import Workspace
from scenario import COUNTY, VILLAGE, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
H1 = full_id("H1")
SURVEY = {"period_end": date(2024, 9, 30), "net_per_capita": 4000, "net_total": 12000}
Tables = Mapping[str, Sequence[Mapping[str, Any]]]


def workspace(home: Path, tables: Tables, county: str = COUNTY) -> Workspace:
    """A workspace that holds these rows, received on the as-of date, and the policy of the scenarios."""
    place = Workspace(Settings(home))
    given: Tables = {"households": [{"household_id": "H1", "size": 3}], **tables}
    batches = [Batch(county, name, rows_of(name, *rows), AS_OF, name) for name, rows in given.items()]
    place.lake.receive(batches)
    entries: dict[str, list[dict[str, object]]] = {}
    for entry in policy_of().entries:
        facts = ("value", "unit", "published_on", "effective_from", "source", "confirmed")
        entries[entry.kind] = [{"area": "99", **{name: getattr(entry, name) for name in facts}}]
    (home / "policy").mkdir(exist_ok=True)
    (home / "policy" / "made.toml").write_text(toml_text(entries), "utf-8")
    return place


def of(found: Behind, table: str) -> Evidence:
    (evidence,) = [one for one in found.evidence if one.table == table]
    return evidence


BILLS: Tables = {
    "medical_settlements": [
        {"service_end": date(2025, 2, 10), "self_pay": 900.5, "known_at": date(2025, 3, 1)},
        {"service_end": date(2024, 3, 2), "self_pay": 300, "known_at": date(2024, 4, 4)},
        {"service_end": date(2024, 2, 2), "self_pay": 7000, "known_at": date(2024, 4, 4)},
        {"service_end": date(2025, 3, 2), "self_pay": 8000, "known_at": date(2025, 3, 4)},
        {"service_end": date(2025, 1, 2), "self_pay": 9000, "known_at": date(2025, 3, 6)},
        {"household_id": "H2", "service_end": date(2025, 1, 2), "self_pay": 5000},
    ],
    "income_surveys": [SURVEY],
}


def numbered(tables: Tables) -> Tables:
    """The same, each bill with an id of its own."""
    bills = [{"settlement_id": f"S{n}", **bill} for n, bill in enumerate(tables["medical_settlements"], 1)]
    return {**tables, "medical_settlements": bills}


def test_the_rows_behind_a_feature_are_those_of_its_window_known_by_the_date(tmp_path: Path) -> None:
    found = behind(workspace(tmp_path, numbered(BILLS)), H1, AS_OF, ["bills_to_income_12m"])
    bills, survey = of(found, "medical_settlements"), of(found, "income_surveys")
    assert bills.window == "last 12 complete months"
    assert [(row["service_end"], row["self_pay"], row["known_at"]) for row in bills.rows] == [
        (date(2025, 2, 10), 900.5, date(2025, 3, 1)),
        (date(2024, 3, 2), 300, date(2024, 4, 4)),
    ]
    assert survey.rows[0]["net_total"] == 12000
    (value,) = found.features
    assert value.value == sum(row["self_pay"] for row in bills.rows) / survey.rows[0]["net_total"]
    assert (found.county, found.village_code, found.as_of) == (COUNTY, VILLAGE, "2025-03-05")
    assert len(found.evidence) == 2


def test_at_a_later_date_what_became_known_since_stands_behind_it(tmp_path: Path) -> None:
    place = workspace(tmp_path, numbered(BILLS))
    later = behind(place, H1, date(2025, 3, 6), ["bills_to_income_12m"])
    assert [row["self_pay"] for row in of(later, "medical_settlements").rows] == [900.5, 9000, 300]


def test_a_row_names_who_told_it_and_when_and_shows_no_column_that_is_not_read(tmp_path: Path) -> None:
    found = behind(workspace(tmp_path, numbered(BILLS)), H1, AS_OF, ["bills_to_income_12m"])
    bills = of(found, "medical_settlements")
    key = ["service_end", "settlement_id", "self_pay"]
    assert list(bills.rows[1]) == [*key, "known_at", "source", "batch_id"]
    assert (bills.rows[1]["source"], bills.rows[1]["batch_id"]) == ("med_ins", "r20250305-0002")
    assert bills.rows[1]["settlement_id"] == full_id("S2")
    assert (bills.headers["self_pay"], bills.words["source"]) == ("个人自付", {"med_ins": "医保"})
    more = behind(workspace(tmp_path / "more", numbered(BILLS)), H1, AS_OF, ["bills_to_income_12m", "stays_12m"])
    assert of(more, "medical_settlements").words["visit_type"] == {"inpatient": "住院"}


def test_policy_values_are_those_that_the_feature_used(tmp_path: Path) -> None:
    place = workspace(tmp_path, numbered(BILLS))
    (line,) = behind(place, H1, AS_OF, ["bills_to_line_12m"]).policy
    assert (line["kind"], line["in_force_on"], line["value"]) == ("monitoring_line", "2024-09-30", 8000)
    assert (line["area"], line["source"]) == ("99", "invented")
    unset = behind(place, H1, AS_OF, ["special_outpatient_to_warning"])
    shipped = place.policy.find("tripwire.TW_MED_OUT", COUNTY, on=AS_OF, known=AS_OF)
    assert [entry["value"] for entry in unset.policy] == [None if shipped is None else shipped.value]
    assert behind(place, H1, AS_OF, ["bills_to_income_12m"]).policy == []


def test_without_a_survey_there_is_no_line(tmp_path: Path) -> None:
    found = behind(workspace(tmp_path, {}), H1, AS_OF, ["income_to_line"])
    assert (found.policy, found.features[0].value, of(found, "income_surveys").rows) == ([], None, [])


def test_the_state_of_the_household_and_of_its_members_is_shown_where_it_is_read(tmp_path: Path) -> None:
    head = {"person_id": "P1", "relation": "head", "birth_month": date(1970, 5, 1), "chronic_illness": True}
    rows: Tables = {
        "members": [head, {"person_id": "P2", "leave_reason": "died"}],
        "employment": [{"person_id": "P1", "month": date(2025, 1, 1), "wage": 2500}],
        "income_surveys": [SURVEY],
    }
    found = behind(workspace(tmp_path, rows), H1, AS_OF, ["head_wage_to_line"])
    assert of(found, "households").rows[0]["size"] == 3
    (member,) = of(found, "members").rows
    assert (member["person_id"], member["relation"]) == (full_id("P1"), "head")
    assert "chronic_illness" not in member
    assert of(found, "employment").rows[0]["wage"] == 2500
    assert found.features[0].value == 2500 * 12 / 3 / 8000


def test_amounts_that_are_made_of_others_show_what_they_are_made_of(tmp_path: Path) -> None:
    rows: Tables = {"incomes": [{"month": date(2025, 2, 1), "amount": 120.25, "component": "cost_crop"}]}
    incomes = of(behind(workspace(tmp_path, rows), H1, AS_OF, ["received_change_3m"]), "incomes")
    assert (incomes.rows[0]["component"], incomes.rows[0]["amount"]) == ("cost_crop", 120.25)
    assert incomes.window == "last 3 complete months; complete months 4 to 6 ago"


def test_what_a_household_inherits_is_shown_too(tmp_path: Path) -> None:
    rows: Tables = {
        "households": [
            {"household_id": "H1"},
            {"household_id": "H2", "valid_from": date(2025, 1, 1), "predecessor_id": "H1"},
        ],
        "monitoring_episodes": [{"identified_month": date(2023, 1, 1)}],
    }
    found = behind(workspace(tmp_path, rows), full_id("H2"), AS_OF, ["past_episodes"])
    assert [row["identified_month"] for row in of(found, "monitoring_episodes").rows] == [date(2023, 1, 1)]
    assert found.features[0].value == 1


def test_the_rows_of_neighbours_are_not_shown(tmp_path: Path) -> None:
    rows: Tables = {
        "households": [{"household_id": "H1"}, {"household_id": "H2"}],
        "income_surveys": [SURVEY | {"household_id": "H2"}],
    }
    found = behind(workspace(tmp_path, rows), H1, AS_OF, ["village_income_to_line"])
    assert (found.features[0].value, found.features[0].of_other_households) == (0.5, True)
    assert (found.evidence, found.policy) == ([], [])


def test_all_features_have_the_values_of_the_batch_and_each_table_stands_once_per_window(
    sample_workspace: Workspace,
) -> None:
    as_of = date(2024, 5, 25)
    view = sample_workspace.lake.view("990301", as_of)
    batch = assemble_view(view, sample_workspace.policy).rows
    household = batch.filter(batch["received_to_line_3m"].is_not_null())["household_id"][0]
    found = behind(sample_workspace, household, as_of)
    row = next(row for row in batch.iter_rows(named=True) if row["household_id"] == household)
    assert {value.name: value.value for value in found.features} == {f.name: row[f.name] for f in declared()}
    assert {value.of_other_households for value in found.features if value.group == "PLACE"} == {True}
    assert {evidence.table for evidence in found.evidence} == TABLES.keys() - {"villages"}
    windows = [(evidence.table, evidence.window) for evidence in found.evidence]
    assert len(windows) == len(set(windows))
    assert all(row["known_at"] <= as_of for evidence in found.evidence for row in evidence.rows)
    assert of(found, "incomes").rows


def test_the_household_is_found_in_whatever_county(tmp_path: Path) -> None:
    place = workspace(tmp_path, {})
    workspace(tmp_path, {"households": [{"household_id": "H2", "village_code": "990102001001"}]}, county="990102")
    assert behind(place, full_id("H2"), AS_OF, ["household_size"]).county == "990102"
    assert behind(place, full_id("H2"), AS_OF, ["household_size"], county="990102").county == "990102"
    with pytest.raises(UsageError, match=f"is not active in {COUNTY} on 2025-03-05"):
        behind(place, full_id("H2"), AS_OF, county=COUNTY)


def test_wrong_names_ids_counties_and_dates_are_refused(tmp_path: Path) -> None:
    place = workspace(tmp_path, {"households": [{"household_id": "H1"}, {"household_id": "H2", "status": "merged"}]})
    with pytest.raises(UsageError, match="there is no feature 'sizes'"):
        behind(place, H1, AS_OF, ["sizes"])
    with pytest.raises(UsageError, match="no household was known on 2009-01-01; the first was known on"):
        behind(place, H1, date(2009, 1, 1))
    with pytest.raises(UsageError, match="more than 62 days after the newest delivery"):
        behind(place, H1, date(2099, 1, 1))
    for household, day in ((full_id("H3"), AS_OF), (full_id("H2"), AS_OF)):
        with pytest.raises(UsageError, match=f"household {household} is not active in {COUNTY} on {day}"):
            behind(place, household, day)
    with pytest.raises(LakeError, match="no county 990199"):
        behind(place, H1, AS_OF, county="990199")


def test_a_name_given_twice_counts_once(tmp_path: Path) -> None:
    found = behind(workspace(tmp_path, {}), H1, AS_OF, ["household_size", "household_size"])
    assert [value.label for value in found.features] == [REGISTRY["household_size"].label]
