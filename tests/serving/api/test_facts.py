from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from riskmodel.serving.api.facts import FIRST_DAY, LAST_DAY, Facts
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type

STATE: dict[str, Any] = {"valid_from": "2019-01-01", "village_code": "990301101201", "category": "ordinary", "size": 2}
STATE |= {"status": "active"}
SHOCK: dict[str, Any] = {"shock_type": "flood", "occurred_on": "2025-01-01", "loss": 1200}


def read(**tables: Any) -> dict[str, list[dict[str, Any]]]:
    return Facts.model_validate({"tables": tables}).sent()


def test_every_table_and_column_of_the_contract_can_be_sent() -> None:
    models = Facts.model_json_schema()["$defs"]
    tables = models["Tables"]["properties"]
    assert set(tables) == set(TABLES)
    for name, table in TABLES.items():
        model = models[tables[name]["items"]["$ref"].rsplit("/", 1)[1]]
        wanted = {column for column, fact in table.facts.items() if not fact.derived and column != "batch_id"}
        assert set(model["properties"]) == wanted
        assert model["additionalProperties"] is False


def test_values_are_read_as_what_they_are() -> None:
    (state,) = read(households=[STATE])["households"]
    assert state["valid_from"] == date(2019, 1, 1)
    (member,) = read(
        members=[{"person_id": "a", "valid_from": "2019-01-01", "relation": "head", "sex": "male",
                  "birth_month": "1961-03"}]
    )["members"]  # fmt: skip
    assert member["birth_month"] == date(1961, 3, 1)
    bill = {"settlement_id": "s", "person_id": "a", "visit_type": "inpatient", "service_end": "2025-01-02"}
    (paid,) = read(medical_settlements=[bill | {"total_cost": 1.1, "basic_paid": 0, "self_pay": "1.10"}])[
        "medical_settlements"
    ]
    assert paid["total_cost"] == paid["self_pay"] == Decimal("1.1")


@pytest.mark.parametrize(
    "change",
    [{"size": 2.0}, {"size": True}, {"size": "2"}, {"size": 10**12}, {"valid_from": 20190101}, {"status": None},
     {"valid_from": "2019-13-01"}, {"valid_from": "2019-01-01T00:00:00"}, {"valid_from": "1717545600"},
     {"valid_from": "2019-01"}, {"category": "rich"}, {"village_code": 990301101201}, {"unknown": 1},
     {"responsible_id": "x" * 500}],
)  # fmt: skip
def test_what_is_no_such_value_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(households=[STATE | change])


@pytest.mark.parametrize("text", ["2024-06-05T00:00:00", "2024-06-05 00:00", "1717545600", "20240605", "2024-W01-1"])
def test_the_day_that_is_asked_about_is_written_in_one_way(text: str) -> None:
    with pytest.raises(ValidationError, match="as_of"):
        Facts.model_validate({"as_of": text, "tables": {}})


def test_a_wrong_code_is_one_fault_at_its_field_that_lists_the_codes() -> None:
    for change in ({"category": "rich"}, {"cause_1": "rich"}):
        rows = {"households": [STATE | change]} if "category" in change else {"visits": [change]}
        with pytest.raises(ValidationError) as refused:
            read(**rows)
        (name,) = change
        (found,) = [one for one in refused.value.errors() if one["loc"][-1] == name]
        codes = TABLES[str(found["loc"][1])].facts[name].allowed
        assert all(f"'{code}'" in found["msg"] for code in codes)


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_every_day_of_a_row_has_bounds_that_the_schema_tells(day: date) -> None:
    schemas = Facts.model_json_schema()["$defs"]
    for name, table in TABLES.items():
        days = [c for c, fact in table.facts.items() if fact.type in (Type.DATE, Type.MONTH) and not fact.derived]
        with pytest.raises(ValidationError) as refused:
            read(**{name: [dict.fromkeys(days, day.isoformat())]})
        found = {str(e["loc"][-1]) for e in refused.value.errors() if "a day from 1850" in e["msg"]}
        assert found == set(days), name
        told = json.dumps(schemas[table.name.title().replace("_", "")])
        assert told.count("formatMaximum") == len(days)


def test_unknown_tables_and_absurd_numbers_of_rows_are_refused() -> None:
    with pytest.raises(ValidationError):
        read(secrets=[])
    with pytest.raises(ValidationError):
        read(households=[STATE] * 3000)
