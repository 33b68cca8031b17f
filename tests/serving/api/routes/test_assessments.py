from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from riskmodel.review.access import Role
from riskmodel.review.audit import AuditLog
from riskmodel.serving.api.facts import FIRST_AS_OF, FIRST_DAY
from riskmodel.serving.clock import now
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type
from riskmodel.tables.own_facts import own_facts
from riskmodel.workflows.explain import explain
from riskmodel.workflows.installation import LOG
from running_service import Running
from trained_county import Office

STATE = {"valid_from": "2019-01-01", "village_code": "990301101201", "category": "ordinary", "size": 2}
FACTS: dict[str, Any] = {
    "as_of": "2024-06-05",
    "tables": {
        "households": [STATE | {"status": "active"}],
        "members": [
            {"person_id": "父", "valid_from": "2019-01-01", "relation": "head", "sex": "male",
             "birth_month": "1961-03"},
            {"person_id": "母", "valid_from": "2019-01-01", "relation": "spouse", "sex": "female",
             "birth_month": "1963-05", "chronic_illness": True},
        ],
        "medical_settlements": [
            {"settlement_id": "a", "person_id": "母", "visit_type": "inpatient", "service_end": "2024-04-20",
             "total_cost": 40000, "basic_paid": 21600, "self_pay": "18400.00"},
        ],
    },
}  # fmt: skip


def sent(service: Running, body: Any, key: str = "", **query: str) -> Any:
    headers = {"Authorization": f"Bearer {key or service.key()}"}
    return service.client.post("/v1/assessments", json=body, headers=headers, params=query)


def known_of(service: Running, household: str, as_of: date) -> dict[str, Any]:
    """What the lake knows of a household on a day, as a case system would send it."""
    view = own_facts(service.workspace.lake.view(household_county(service), as_of), [household])
    tables = {name: view.canonical(name) for name in TABLES}
    return {
        name: [plain(name, row) for row in rows.iter_rows(named=True)] for name, rows in tables.items() if len(rows)
    }


def household_county(service: Running) -> str:
    return service.workspace.counties()[0]


def plain(name: str, row: dict[str, Any]) -> dict[str, Any]:
    """A canonical row as JSON has it: amounts in yuan, days as text."""
    facts = TABLES[name].facts
    told = {}
    for column, value in row.items():
        if value is None or column == "batch_id" or facts[column].derived:
            continue
        yuan = facts[column].type is Type.YUAN
        told[column] = str(Decimal(value) / 100) if yuan else value.isoformat() if isinstance(value, date) else value
    return told


def test_facts_of_a_household_give_what_the_batch_says_bit_for_bit(service: Running, office: Office) -> None:
    scores = pl.read_parquet(f"{office.results}/*.parquet")
    for household in (office.riskiest, scores["household_id"][100], scores["household_id"][-1]):
        body = {"as_of": office.scored.as_of, "complete": True, "household_id": household}
        body["tables"] = known_of(service, household, office.as_of)
        found = sent(service, body, explain="full")
        assert found.status_code == 200, found.text
        told, there = found.json(), vars(explain(service.workspace, household))
        same = ("probability", "probability_6m", "margin", "base", "values", "contributions", "tier", "reasons",
                "protections", "groups", "data_age_days", "model", "model_6m")  # fmt: skip
        for name in same:
            assert told[name] == there[name], name


def test_a_household_that_nobody_knows_is_assessed_with_words_and_measures(service: Running) -> None:
    found = sent(service, FACTS)
    assert found.status_code == 200, found.text
    told = found.json()
    assert told["as_of"] == "2024-06-05"
    assert 0 < told["probability_6m"] <= told["probability"] < 1
    assert any(reason["sentence"] for reason in told["reasons"])
    assert {entry["rule"] for entry in told["measures"]} > {"M01"}
    used = service.service.models.current
    assert used is not None
    assert used.shorter is not None
    assert (told["model_version"], told["model"]) == (used.version, used.bundle.hash[:16])
    assert (told["model_version_6m"], told["model_6m"]) == (used.shorter_version, used.shorter.hash[:16])
    assert told["request_id"] == found.headers["x-request-id"]
    assert "contributions" not in told
    english = sent(service, FACTS, language="en").json()
    assert english["probability"] == told["probability"]
    assert english["meaning"].isascii()


def test_a_dearer_bill_never_lowers_the_probability(service: Running) -> None:
    def at(cost: int) -> float:
        bill = FACTS["tables"]["medical_settlements"][0] | {"total_cost": cost, "basic_paid": 0, "self_pay": cost}
        body = FACTS | {"tables": FACTS["tables"] | {"medical_settlements": [bill]}}
        return float(sent(service, body).json()["probability"])

    told = [at(cost) for cost in (100, 5000, 50_000)]
    assert told == sorted(told)


@pytest.mark.parametrize(
    ("table", "change", "field", "rule"),
    [
        ("medical_settlements", {"self_pay": 5}, "body.tables.medical_settlements.0.total_cost", "total_cost must be"),
        ("medical_settlements", {"self_pay": -5}, "body.tables.medical_settlements.0.self_pay", ""),
        ("medical_settlements", {"visit_type": "hotel"}, "body.tables.medical_settlements.0.visit_type", "inpatient"),
        ("medical_settlements", {"colour": "red"}, "body.tables.medical_settlements.0.colour", "not permitted"),
        ("medical_settlements", {"service_end": 20240420}, "body.tables.medical_settlements.0.service_end", "YYYY-"),
        ("medical_settlements", {"self_pay": 1.005}, "body.tables.medical_settlements.0.self_pay", "decimal"),
        ("members", {"chronic_illness": 1}, "body.tables.members.0.chronic_illness", "boolean"),
        ("households", {"size": 2.5}, "body.tables.households.0.size", "integer"),
        ("households", {"village_code": "99"}, "body.tables.households.0.village_code", "pattern"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_field_and_rule(
    service: Running, table: str, change: dict[str, Any], field: str, rule: str
) -> None:
    first, *rest = FACTS["tables"][table]
    found = sent(service, FACTS | {"tables": FACTS["tables"] | {table: [first | change, *rest]}})
    assert found.status_code == 422, found.text
    told = [(fault["field"], fault["rule"]) for fault in found.json()["errors"]]
    assert any(where == field and rule in why for where, why in told), told


def test_one_household_at_a_time_and_never_without_its_state(service: Running) -> None:
    tables = FACTS["tables"]
    without = sent(service, FACTS | {"tables": {"members": tables["members"]}})
    assert (without.status_code, without.json()["errors"][0]["field"]) == (422, "body.tables.households.0.household_id")
    two = [tables["households"][0] | {"household_id": name} for name in ("a", "b")]
    assert sent(service, FACTS | {"tables": tables | {"households": two}}).status_code == 422
    gone = [tables["households"][0] | {"status": "dissolved"}]
    assert sent(service, FACTS | {"tables": tables | {"households": gone}}).status_code == 422


def test_rows_of_others_are_taken_where_the_household_asked_about_is_named(service: Running) -> None:
    old, new = STATE | {"status": "active", "household_id": "old"}, STATE | {"status": "active", "household_id": "new"}
    both = [old, new | {"valid_from": "2023-03-01", "predecessor_id": "old"}]
    body = FACTS | {"tables": {"households": both}}
    refused = sent(service, body)
    assert refused.status_code == 422
    assert "household_id, beside tables" in refused.json()["errors"][0]["rule"]
    for about in ("old", "new"):
        assert sent(service, body | {"household_id": about}).status_code == 200
    away = [old | {"village_code": "990201101201"}, both[1]]
    elsewhere = sent(service, body | {"household_id": "new", "tables": {"households": away}})
    assert elsewhere.status_code == 422
    assert elsewhere.json()["errors"][0]["field"] == "body.tables.households.0.village_code"


def test_a_household_of_another_area_is_not_assessed(service: Running) -> None:
    assert sent(service, FACTS, service.key(area="990301")).status_code == 200
    assert sent(service, FACTS, service.key(area="990302")).status_code == 404
    assert sent(service, FACTS, service.key(Role.OFFICER)).status_code == 403


def test_that_facts_were_assessed_is_in_the_log_and_the_facts_are_not(service: Running) -> None:
    sent(service, FACTS)
    text = (service.workspace.home / LOG).read_text("utf-8")
    *_, last = (entry for entry in AuditLog(service.workspace.home / LOG).entries() if entry)
    assert last.action == "assess"
    assert "18400" not in text
    assert "父" not in text


def test_what_became_known_later_changes_nothing(service: Running) -> None:
    later = FACTS["tables"]["medical_settlements"][0] | {"settlement_id": "b", "known_at": "2024-06-06"}
    tables = FACTS["tables"] | {"medical_settlements": [*FACTS["tables"]["medical_settlements"], later]}
    assert sent(service, FACTS | {"tables": tables}).json()["reasons"] == sent(service, FACTS).json()["reasons"]


def test_days_that_nothing_can_be_said_of_are_told_with_field_value_and_rule(service: Running) -> None:
    tomorrow = (now() + timedelta(days=1)).date().isoformat()
    for as_of, rule in ((tomorrow, "today in China"), ("9999-12-31", "today in China"), ("2009-12-31", "2010-01-01")):
        found = sent(service, FACTS | {"as_of": as_of})
        (fault,) = found.json()["errors"]
        assert (found.status_code, fault["field"], fault["value"]) == (422, "body.as_of", as_of)
        assert rule in fault["rule"]


def test_from_the_first_day_on_a_household_is_assessed(service: Running) -> None:
    states = [FACTS["tables"]["households"][0] | {"valid_from": FIRST_DAY.isoformat()}]
    for as_of in (FIRST_AS_OF, now().date()):
        found = sent(service, {"as_of": as_of.isoformat(), "tables": {"households": states}})
        assert found.status_code == 200, found.text


@pytest.mark.parametrize(
    ("change", "field", "value", "rule"),
    [
        ({"status": "dissolved"}, "status", "dissolved", "active on as_of, 2024-06-05"),
        ({"known_at": "2024-06-06"}, "known_at", "2024-06-06", "not after as_of, 2024-06-05"),
        ({"retracted": True}, "retracted", "true", "taken back"),
    ],
)
def test_a_household_that_is_not_active_is_told_with_the_state_that_says_so(
    service: Running, change: dict[str, Any], field: str, value: str, rule: str
) -> None:
    states = [FACTS["tables"]["households"][0] | change]
    found = sent(service, FACTS | {"as_of": "2024-06-05", "tables": {"households": states}})
    (fault,) = found.json()["errors"]
    assert (found.status_code, fault["field"], fault["value"]) == (422, f"body.tables.households.0.{field}", value)
    assert rule in fault["rule"]
