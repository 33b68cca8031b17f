from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from riskmodel.sources.identities import IDENTITY_SCHEMA, identities
from riskmodel.tables import TABLES


def told(
    name: str, numbers: Sequence[str | None] | None = None, **columns: Sequence[str | None]
) -> list[dict[str, str]]:
    """What `identities` says, without the fields that are not known."""
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    found = identities(TABLES[name], frame, None if numbers is None else pl.Series(numbers, dtype=pl.String))
    assert found.schema == pl.Schema(IDENTITY_SCHEMA)
    return [{field: text for field, text in row.items() if text is not None} for row in found.iter_rows(named=True)]


def test_a_household_has_its_number_head_address_and_telephone() -> None:
    found = told("households", ["12"], household_id=["H1"], head_name=["张三"], address=["示例村"], phone=["139"])
    household = {
        "id": "H1",
        "kind": "household",
        "number": "12",
        "head_name": "张三",
        "address": "示例村",
        "phone": "139",
    }
    assert found == [household]


def test_a_file_of_households_may_call_the_head_by_name_only() -> None:
    (found,) = told("households", ["12"], household_id=["H1"], person_name=["张三"])
    assert found["head_name"] == "张三"


def test_a_telephone_in_a_file_of_persons_is_the_person_s() -> None:
    found = told(
        "members", ["12"], household_id=["H1"], person_id=["P1"], person_name=["张三"], phone=["1"], address=["村"]
    )
    assert found == [
        {"id": "H1", "kind": "household", "number": "12", "address": "村"},
        {"id": "P1", "kind": "person", "name": "张三", "phone": "1"},
    ]


def test_the_member_who_is_the_head_gives_the_household_its_name() -> None:
    columns: dict[str, list[str]] = {
        "household_id": ["H1", "H1"],
        "person_id": ["P1", "P2"],
        "person_name": ["张三", "李四"],
    }
    found = told("members", ["12", "12"], **columns, relation=["head", "spouse"])
    assert [one.get("head_name") for one in found] == ["张三", None, None]
    given = told("members", ["12", "12"], **columns, relation=["head", None], head_name=["王五", None])
    assert given[0]["head_name"] == "王五"


def test_the_name_in_another_file_is_not_taken_for_the_head() -> None:
    assert told("shocks", ["12"], household_id=["H1"], person_name=["张三"]) == [
        {"id": "H1", "kind": "household", "number": "12"}
    ]


def test_the_last_text_on_an_id_counts() -> None:
    columns: dict[str, list[str | None]] = {
        "household_id": ["H1", "H1", "H2", "H1"],
        "head_name": ["甲", "乙", "丙", None],
    }
    found = told("households", ["1", "1", "2", "1"], **columns)
    assert {one["id"]: one["head_name"] for one in found} == {"H1": "乙", "H2": "丙"}


def test_without_anything_to_say_there_is_no_identity() -> None:
    assert told("employment", person_id=["P1"]) == []
    assert told("employment", person_id=["P1"], person_name=[None]) == []
    assert told("employment", person_id=[None], person_name=["张三"]) == []
