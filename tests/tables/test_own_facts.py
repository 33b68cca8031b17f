from __future__ import annotations

from datetime import date

from riskmodel.tables import View
from riskmodel.tables.own_facts import own_facts
from scenario import Rows, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
ROWS: Rows = {
    "villages": rows_of("villages", {"village_code": "990101001001"}, {"village_code": "990101001002"}),
    "households": rows_of(
        "households",
        {"household_id": "H1"},
        {"household_id": "H2", "valid_from": date(2024, 5, 1), "predecessor_id": "H1"},
        {"household_id": "H3"},
    ),
    "members": rows_of(
        "members",
        {"person_id": "P1", "household_id": "H1"},
        {"person_id": "P2", "household_id": "H1"},
        {"person_id": "P2", "household_id": "H2", "valid_from": date(2024, 5, 1)},
        {"person_id": "P3", "household_id": "H3"},
    ),
    "employment": rows_of(
        "employment",
        *({"person_id": p, "household_id": h, "month": date(2024, 1, 1)} for p, h in (("P2", "H1"), ("P3", "H3"))),
    ),
    "shocks": rows_of("shocks", *({"household_id": h, "happened_on": date(2024, 1, 1)} for h in ("H1", "H3"))),
}


def test_the_facts_of_a_household_are_those_of_its_people_and_of_where_it_came_from() -> None:
    own = own_facts(View.of(ROWS, AS_OF), [full_id("H2")])
    assert set(own.canonical("households")["household_id"]) == {full_id("H1"), full_id("H2")}
    assert own.canonical("employment")["person_id"].to_list() == [full_id("P2")]
    assert own.canonical("shocks")["household_id"].to_list() == [full_id("H1")]
    assert own.canonical("villages").height == 2


def test_nothing_of_other_households_is_held() -> None:
    own = own_facts(View.of(ROWS, AS_OF), [full_id("H3")])
    held = {name: own.canonical(name) for name in ("households", "members", "employment", "shocks")}
    assert {h for rows in held.values() for h in rows["household_id"]} == {full_id("H3")}
    assert all(rows.height for rows in held.values())


def test_a_person_who_came_brings_what_was_written_elsewhere_and_one_who_left_is_known_to_have_left() -> None:
    view = View.of(ROWS, AS_OF)
    states = own_facts(view, [full_id("H1")]).states("members").collect()
    there = view.ids.decode("H", states["household_id"])
    assert dict(zip(view.ids.decode("P", states["person_id"]), there, strict=True)) == {
        full_id("P1"): full_id("H1"),
        full_id("P2"): full_id("H2"),
    }


def test_a_table_without_rows_is_lacking_and_an_unknown_household_has_no_facts() -> None:
    own = own_facts(View.of(ROWS, AS_OF), [full_id("H9")])
    assert [own.lacks(name) for name in ("villages", "households", "members", "shocks")] == [False, True, True, True]
    assert not own_facts(View.of({}, AS_OF), [full_id("H1")]).stored


def test_what_becomes_known_later_stays_in_it() -> None:
    later = rows_of("shocks", {"household_id": "H1", "happened_on": date(2025, 2, 1), "known_at": date(2025, 4, 1)})
    own = own_facts(View.of({**ROWS, "shocks": later}, AS_OF), [full_id("H1")])
    assert own.canonical("shocks").is_empty()
    assert own.stored["shocks"].collect().height == 1


def test_a_loan_that_passed_to_another_household_brings_what_was_written_there() -> None:
    def statement(household: str, month: int) -> dict[str, object]:
        return {"loan_id": "L1", "household_id": household, "month": date(2025, month, 1), "due_on": AS_OF}

    rows = {**ROWS, "loan_statements": rows_of("loan_statements", statement("H1", 1), statement("H3", 2))}
    own = own_facts(View.of(rows, AS_OF), [full_id("H1")]).canonical("loan_statements")
    assert own["household_id"].to_list() == [full_id("H1"), full_id("H3")]
