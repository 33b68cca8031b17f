from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.samples import COLUMNS, rows
from models.test_bundle import facts
from riskmodel.errors import BundleError, UsageError
from riskmodel.models.bundle_facts import FACT_KEYS, columns_from_json, columns_to_json, facts_from_json, facts_to_json
from riskmodel.models.columns import Column

NUMBER = st.floats(allow_nan=False, allow_infinity=False)
NAMES = st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=1, max_size=4)


def written(**changes: object) -> dict[str, Any]:
    """The facts as they come out of a file, some of them changed."""
    read: dict[str, Any] = json.loads(json.dumps(facts_to_json(facts())))
    return read | changes


@given(
    st.dictionaries(st.text(), NUMBER),
    st.dictionaries(st.text(), st.text()),
    st.datetimes(timezones=st.timezones()),
    st.lists(st.lists(NUMBER | st.just(float("nan")), min_size=2, max_size=2), min_size=1, max_size=16),
)
def test_what_is_written_is_read_back(
    metrics: dict[str, float], groups: dict[str, str], created_at: datetime, golden: list[list[float]]
) -> None:
    given_facts = replace(facts(), metrics=metrics, groups=groups, created_at=created_at, golden=np.array(golden))
    text = json.dumps(facts_to_json(given_facts), allow_nan=False)
    found = facts_from_json(json.loads(text), 2, "bundle.json")
    np.testing.assert_array_equal(found.golden, given_facts.golden)
    assert facts_to_json(found) == facts_to_json(given_facts)
    assert found.created_at.isoformat() == created_at.isoformat()


def test_the_keys_are_those_that_are_written() -> None:
    assert tuple(written()) == FACT_KEYS


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("seed", True, "bundle.json, seed"),
        ("golden", [[0, 0, 0, "1"]], "bundle.json, golden"),
        ("golden", [[0, 0, 0]], "4 values"),
        ("last_as_of", "2024-13-01", "month must be in"),
        ("groups", ["illness"], "bundle.json, groups"),
    ],
)
def test_a_fact_of_another_kind_is_refused_by_name(key: str, value: object, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        facts_from_json(written(**{key: value}), 4, "bundle.json")


def test_facts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="time zone"):
        replace(facts(), created_at=datetime(2026, 1, 1))
    with pytest.raises(UsageError, match="before it begins"):
        replace(facts(), last_as_of=date(2021, 12, 31))
    with pytest.raises(UsageError, match="no horizon"):
        replace(facts(), horizon_months=0)
    with pytest.raises(UsageError, match="1 to 16 rows"):
        replace(facts(), golden=rows(17))
    with pytest.raises(UsageError, match="metric"):
        replace(facts(), metrics={"auc": float("nan")})


@given(NAMES, st.data())
def test_columns_are_read_back(names: list[str], data: st.DataObject) -> None:
    number = st.builds(Column, st.just("any"), st.sampled_from([-1, 0, 1]), log=st.booleans())
    category = st.builds(Column, st.just("any"), levels=st.lists(st.text(), unique=True, min_size=1).map(tuple))
    columns = tuple(replace(data.draw(number | category), name=name) for name in names)
    assert columns_from_json(json.loads(json.dumps(columns_to_json(columns))), "columns") == columns


def test_columns_that_cannot_be_are_refused() -> None:
    good = columns_to_json(COLUMNS)
    with pytest.raises(BundleError, match="columns"):
        columns_from_json([*good, good[0]], "columns")
    with pytest.raises(BundleError, match="columns"):
        columns_from_json([good[0] | {"levels": "ab"}], "columns")
