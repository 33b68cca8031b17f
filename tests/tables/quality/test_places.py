from __future__ import annotations

from datetime import date

from check_cases import AS_OF, Told, view
from riskmodel.tables.quality.places import active_homes, townships

OLD, NEW = "990101002001", "990101001001"
EARLY = date(2020, 1, 1)
REPLACED = {"village_code": OLD, "township_name": "示例乡", "known_at": EARLY}
REPLACED |= {"valid_to": date(2024, 1, 1), "successor_code": NEW}


def test_only_active_households_have_a_home() -> None:
    gone = {"household_id": "H1", "valid_from": date(2024, 1, 1), "status": "merged", "size": 0}
    known = view({"households": [gone]})
    assert known.ids.decode("H", active_homes(known)["household_id"]).str.tail(2).to_list() == ["09"]
    before = view({"households": [gone]}, date(2023, 12, 31))
    assert active_homes(before).height == 2


def test_a_household_lives_under_the_code_that_its_village_has_today() -> None:
    told: Told = {"villages": [REPLACED], "households": [{"household_id": "H2", "village_code": OLD}]}
    known = view(told)
    assert active_homes(known)["village_code"].unique().to_list() == [int(NEW)]
    assert townships(known, active_homes(known)).rows() == [("990101001", "示例镇", 3)]


def test_a_township_without_a_known_village_has_no_name() -> None:
    known = view({"households": [{"household_id": "H2", "village_code": "990101005001"}]}, AS_OF)
    assert townships(known, active_homes(known)).rows() == [("990101001", "示例镇", 2), ("990101005", "", 1)]
