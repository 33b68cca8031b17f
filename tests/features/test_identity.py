from __future__ import annotations

import inspect
from dataclasses import replace
from types import ModuleType

import pytest

from riskmodel.features import Direction, declared, education, income, set_hash, windows
from riskmodel.features.identity import feature_set_hash

SOURCES = {"windows": inspect.getsource(windows), "education": inspect.getsource(education)}
HASH = feature_set_hash(declared(), SOURCES)


def edited(name: str, old: str, new: str) -> str:
    assert old in SOURCES[name]
    return feature_set_hash(declared(), SOURCES | {name: SOURCES[name].replace(old, new)})


def test_the_hash_is_16_hex_digits_and_stays() -> None:
    assert len(set_hash()) == 16
    assert int(set_hash(), 16) >= 0
    set_hash.cache_clear()
    assert set_hash() == set_hash()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("windows", "SURVEY_MONTHS: Final = 36", "SURVEY_MONTHS: Final = 24"),
        ("windows", '"period_end", "year", "stage")', '"period_end", "year")'),
        ("education", '"enrolled", "home_teaching"', '"enrolled"'),
        ("education", "AT_SCHOOL & BEYOND_COMPULSORY", "BEYOND_COMPULSORY"),
    ],
)
def test_another_window_or_expression_is_another_set(name: str, old: str, new: str) -> None:
    assert edited(name, old, new) != HASH


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("education", '"pupils and students"', '"students"'),
        ("education", "Present members enrolled", "Members that are enrolled"),
        ("education", "\nAT_SCHOOL", "\n\n# who sits in a classroom\nAT_SCHOOL"),
        ("windows", "A survey that ended earlier", "One that ended earlier"),
    ],
)
def test_other_labels_comments_and_layout_are_the_same_set(name: str, old: str, new: str) -> None:
    assert edited(name, old, new) == HASH


def test_another_meaning_is_another_set() -> None:
    first, *rest = declared()
    other = Direction.UP if first.direction is not Direction.UP else Direction.DOWN
    changed = [
        replace(first, definition="Something else."),
        replace(first, unit="元"),
        replace(first, direction=other),
        replace(first, group=rest[-1].group),
    ]
    hashes = {feature_set_hash([feature, *rest], SOURCES) for feature in changed}
    assert len(hashes - {HASH}) == len(changed)
    assert feature_set_hash(rest, SOURCES) != HASH
    assert feature_set_hash([replace(first, label="别的", english="other"), *rest], SOURCES) == HASH


def test_no_date_and_no_policy_value_is_in_it() -> None:
    # Both come in as arguments of `assemble`; the hash takes neither, and no feature file names one.
    assert list(inspect.signature(set_hash).parameters) == []
    assert "date(" not in inspect.getsource(income)


def test_the_code_that_puts_features_together_is_part_of_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def source(module: ModuleType) -> str:
        read.append(module.__name__.removeprefix("riskmodel.features."))
        return ""

    monkeypatch.setattr(inspect, "getsource", source)
    set_hash.cache_clear()
    set_hash()
    set_hash.cache_clear()
    assert {"assemble", "facts", "windows", "lists", "neighbours", "arithmetic", "income", "village"} <= set(read)
