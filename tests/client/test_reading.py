from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from riskmodel.client.reading import Unreadable, read


@dataclass(frozen=True)
class Inner:
    name: str


@dataclass(frozen=True)
class Outer:
    day: date
    count: int
    share: float
    sure: bool
    inner: Inner
    many: tuple[Inner, ...]
    numbers: dict[str, float | None]
    maybe: str | None = None


FOUND: dict[str, Any] = {
    "day": "2026-01-04", "count": 3, "share": 1, "sure": True, "inner": {"name": "a"}, "many": [{"name": "b"}],
    "numbers": {"x": 1, "y": None},
}  # fmt: skip


def test_every_type_that_results_have_is_read() -> None:
    found = read(Outer, FOUND)
    assert found == Outer(date(2026, 1, 4), 3, 1.0, True, Inner("a"), (Inner("b"),), {"x": 1.0, "y": None})
    assert isinstance(found.share, float)
    assert hash(found.many) == hash((Inner("b"),))


def test_what_a_newer_service_adds_is_left_out() -> None:
    assert read(Outer, FOUND | {"more": 1, "inner": {"name": "a", "more": []}}) == read(Outer, FOUND)


def test_what_need_not_be_there_may_be_there() -> None:
    assert read(Outer, FOUND | {"maybe": "x"}).maybe == "x"
    assert read(Outer, FOUND | {"maybe": None}).maybe is None


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"day": "4 January"}, "day"), ({"day": 5}, "day"), ({"count": True}, "count"), ({"count": 1.5}, "count"),
        ({"sure": 1}, "sure"), ({"share": "1"}, "share"), ({"share": None}, "share"), ({"inner": []}, "inner"),
        ({"inner": {}}, "inner.name"), ({"many": {}}, "many"), ({"many": [{"name": "b"}, {"name": 3}]}, "many.1.name"),
        ({"numbers": {"x": "1"}}, "numbers.x"), ({"numbers": []}, "numbers"), ({"maybe": 3}, "maybe"),
    ],
)  # fmt: skip
def test_what_is_of_another_type_is_told_with_its_place(change: dict[str, Any], where: str) -> None:
    with pytest.raises(Unreadable, match=rf"^{where.replace('.', r'[.]')} "):
        read(Outer, FOUND | change)


def test_a_missing_field_and_what_is_no_object_are_told() -> None:
    with pytest.raises(Unreadable, match="day is missing"):
        read(Outer, {})
    with pytest.raises(Unreadable, match="the answer is no object"):
        read(Outer, [1])
