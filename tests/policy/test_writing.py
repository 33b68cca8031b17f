from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.policy import Policy, toml_text

VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.dates(),
)
ENTRY = st.dictionaries(st.sampled_from(["area", "value", "source", "note"]), VALUES)
KINDS = st.sampled_from(["run_day", "tier.high", "tier.medium", "tripwire.A.ex_poor"])


@given(st.dictionaries(KINDS, st.lists(ENTRY, min_size=1, max_size=3)))
def test_what_is_written_is_read_back_value_by_value(entries: dict[str, list[dict[str, object]]]) -> None:
    read = tomllib.loads(toml_text(entries))
    assert {kind: _listed(read, kind) for kind in entries} == entries


def test_a_written_policy_file_gives_the_values_in_force(tmp_path: Path) -> None:
    day = date(2031, 1, 1)
    entry = {"area": "9901", "value": 7, "unit": "day of the month", "published_on": day, "effective_from": day}
    text = toml_text({"run_day": [entry | {"source": '"Invented", 2031', "confirmed": True}]})
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert Policy.load(tmp_path).value("run_day", "990101", day, day) == 7


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_value_that_is_no_number_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        toml_text({"run_day": [{"value": value}]})


def _listed(read: dict[str, object], kind: str) -> object:
    found: object = read
    for part in kind.split("."):
        assert isinstance(found, dict)
        found = found[part]
    return found
