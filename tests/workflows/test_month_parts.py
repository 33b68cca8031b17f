from __future__ import annotations

import json

import numpy as np
import pytest

from published_lists import AGES, NEWEST, VILLAGES, drawn, household, scores
from riskmodel.policy import Listing, Tier
from riskmodel.workflows.month_parts import CAUSES, COLUMNS, COUNTED, FACTS, WORDS, month_parts
from riskmodel.workflows.month_parts import VILLAGES as COUNTS


@pytest.fixture(scope="module")
def parts() -> dict[str, bytes]:
    rows = scores()
    return dict(month_parts(rows.sample(fraction=1, shuffle=True, seed=1), drawn(rows, NEWEST), AGES))


def column(parts: dict[str, bytes], name: str) -> list[int]:
    found: list[int] = np.frombuffer(parts[name], dtype=COLUMNS[name]).tolist()
    return found


def test_a_column_has_every_household_in_order_of_risk(parts: dict[str, bytes]) -> None:
    ids = np.frombuffer(parts["id"], dtype=COLUMNS["id"])
    assert [f"H{one.ljust(12, bytes(1)).hex()}" for one in ids.tolist()] == [household(n) for n in range(1, 61)]
    assert {len(column(parts, name)) for name in COLUMNS} == {60}
    assert [WORDS["tier"][n] for n in column(parts, "tier")] == scores()["tier"].to_list()
    assert column(parts, "visited")[:3] == [-1, 10, 20]
    assert [ids[at] for at in column(parts, "by_id")] == sorted(ids)


def test_facts_name_the_villages_in_order_and_the_visits(parts: dict[str, bytes]) -> None:
    facts = json.loads(parts[FACTS])
    assert facts["villages"] == sorted(set(VILLAGES))
    assert facts["visits"] == {"990301001": 4, "990301002": 4, "990302001": 4}
    assert facts["ages"][0]["silent"] == ["医保结算"]


def test_counts_of_the_villages_are_those_of_their_households(parts: dict[str, bytes]) -> None:
    table = np.frombuffer(parts[COUNTS], dtype="<f8").reshape(4, -1)
    total = dict(zip(COUNTED[COUNTS], table.sum(axis=0).tolist(), strict=True))
    assert (total["households"], total["may"], total["planned"]) == (60, 57, 12)
    assert sum(total[word.value] for word in Listing) == 60
    assert sum(total[word.value] for word in Tier) == 57
    assert (total["housing"], total["housing_known"]) == (8, 40)
    assert total["visited"] == sum(1 for n in range(60) if n % 3 and n * 10 <= 183)


def test_causes_are_counted_without_those_of_low_risk(parts: dict[str, bytes]) -> None:
    table = np.frombuffer(parts[CAUSES], dtype="<f8").reshape(4, -1)
    total = dict(zip(COUNTED[CAUSES], table.sum(axis=0).tolist(), strict=True))
    assert sum(total.values()) == 17
    assert (total["ILL.very_high"], total[".very_high"]) == (1, 0)
