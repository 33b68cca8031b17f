from __future__ import annotations

from datetime import date
from typing import Any

from riskmodel.tables import View
from riskmodel.workflows.apart import OneItem, apart, item_of
from riskmodel.workflows.sent_case import Case
from riskmodel.workflows.sent_facts import together

DAY = date(2026, 1, 5)
STATE: dict[str, Any] = {"valid_from": date(2019, 1, 1), "village_code": "990301101201", "category": "ordinary"}
STATE |= {"size": 2, "status": "active"}
HEAD: dict[str, Any] = {"valid_from": date(2019, 1, 1), "relation": "head", "sex": "male"}
HEAD |= {"birth_month": date(1961, 3, 1)}


def sent(*persons: str) -> dict[str, list[dict[str, Any]]]:
    return {"households": [STATE], "members": [HEAD | {"person_id": person} for person in persons]}


def test_the_same_ids_in_two_households_become_different_ones_and_can_be_told() -> None:
    found = apart(together([Case(sent("a", "b"), DAY), Case(sent("a"), DAY)]).tables)
    people, homes = found.tables["members"], found.tables["households"]
    assert people["person_id"].n_unique() == 3
    assert [item_of(home) for home in homes["household_id"]] == [0, 1]
    assert people["household_id"].to_list() == [homes["household_id"][0]] * 2 + [homes["household_id"][1]]
    assert set(found.called) == set(homes["household_id"])
    assert len(set(found.called.values())) == 1, "both were sent without a name"


def test_the_order_of_ids_within_a_household_stays() -> None:
    before = together([Case(sent("a", "b", "c", "d"), DAY)]).tables["members"]["person_id"]
    after = apart(together([Case(sent("a", "b", "c", "d"), DAY)]).tables).tables["members"]["person_id"]
    assert before.arg_sort().to_list() == after.arg_sort().to_list()
    assert all(len(one) == len(before[0]) for one in after)


def test_an_empty_id_stays_empty_and_villages_are_told_once() -> None:
    village: dict[str, Any] = {
        "village_code": "990301101201",
        "village_name": "村",
        "township_name": "乡",
        "county_name": "县",
    }
    village |= {
        "prefecture_name": "市",
        "province_name": "省",
        "valid_from": date(2010, 1, 1),
        "was_poor_village": True,
    }
    whole: Any = {"villages": [village | {"key_county": False, "registered_households": 10}], "households": [STATE]}
    found = together([Case(whole, DAY), Case(whole, DAY)])
    assert found.wrong == {}
    parted = apart(found.tables)
    assert parted.tables["villages"].height == 1
    assert parted.tables["households"]["predecessor_id"].to_list() == [None, None]


def test_beside_others_an_item_has_its_own_rows_and_all_villages() -> None:
    cases = [Case(sent(*people), DAY) for people in (("a", "b"), ("a", "c", "d"), ("e",))]
    tables = apart(together(cases).tables).tables
    whole = View.of(tables, DAY, "990301")
    for home, people in zip(tables["households"]["household_id"], (2, 3, 1), strict=True):
        own = OneItem.beside(whole, home)
        assert own.rows("members").height == people
        assert own.ids.decode("H", own.rows("households")["household_id"]).to_list() == [home]
        assert own.table("members").collect().height == people
        assert own.rows("villages").equals(whole.rows("villages"))
