from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import polars as pl

from riskmodel.features import assemble_view
from riskmodel.features.neighbours import Neighbours
from riskmodel.tables import View
from scenario import COUNTY, policy_of, rows_of
from worked_example import full_id

AS_OF = date(2025, 3, 5)
POLICY = policy_of()
FACTS: Mapping[str, list[dict[str, Any]]] = {
    "households": [{"household_id": f"H{n}", "size": n} for n in (1, 2, 3)],
    "members": [{"person_id": f"P{n}", "household_id": f"H{n}", "labour": "ordinary"} for n in (1, 2)],
    "income_surveys": [{"household_id": "H1", "period_end": date(2024, 9, 30), "net_per_capita": 9000}],
    "medical_settlements": [{"settlement_id": "S1", "household_id": "H2", "service_end": AS_OF, "self_pay": 10}],
    "monitoring_episodes": [{"household_id": "H1", "identified_month": date(2024, 5, 1), "cause_1": "ILL"}],
    "measures": [{"measure_id": "M1", "household_id": "H1", "started_on": date(2024, 6, 1)}],
}


def of(household: str, facts: Mapping[str, list[dict[str, Any]]] = FACTS) -> View:
    own = {name: [row for row in rows if row["household_id"] == household] for name, rows in facts.items()}
    return View.of({name: rows_of(name, *rows) for name, rows in own.items() if rows}, AS_OF, COUNTY)


def county() -> tuple[dict[str, pl.DataFrame], Neighbours]:
    made = assemble_view(View.of({name: rows_of(name, *rows) for name, rows in FACTS.items()}, AS_OF, COUNTY), POLICY)
    assert made.neighbours is not None
    ids = {f"H{n}": full_id(f"H{n}") for n in (1, 2, 3)}
    return {h: made.rows.filter(pl.col("household_id") == long) for h, long in ids.items()}, made.neighbours


def alone(household: str, neighbours: Neighbours) -> pl.DataFrame:
    return assemble_view(of(household), POLICY, [full_id(household)], neighbours=neighbours).rows


def test_households_with_rows_in_other_tables_each_have_their_own_figures_one_after_another() -> None:
    together, neighbours = county()
    for household in ("H1", "H3", "H2", "H1", "H3"):
        assert alone(household, neighbours).equals(together[household]), household


def test_threads_that_ask_at_the_same_time_do_not_get_each_others_figures() -> None:
    together, neighbours = county()
    asked = ["H1", "H2", "H3"] * 4
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda household: alone(household, neighbours), asked))
    assert all(rows.equals(together[household]) for household, rows in zip(asked, answers, strict=True))


def test_what_a_household_inherits_is_its_own_and_not_that_of_the_one_asked_about_before() -> None:
    _, neighbours = county()
    split: dict[str, Any] = {"household_id": "H1", "valid_from": date(2024, 9, 15), "predecessor_id": "H2"}
    before = {"household_id": "H2", "identified_month": date(2022, 1, 1)}
    facts = {
        "households": rows_of("households", {"household_id": "H2"}, split),
        "monitoring_episodes": rows_of("monitoring_episodes", before),
    }
    made = assemble_view(View.of(facts, AS_OF, COUNTY), POLICY, [full_id("H1")], neighbours=neighbours).rows
    assert made["past_episodes"].to_list() == [1]
    assert alone("H3", neighbours)["past_episodes"].to_list() == [0]
