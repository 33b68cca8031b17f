from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from riskmodel.tables.plain_rows import Rows, as_long, once

if TYPE_CHECKING:
    from riskmodel.tables.plain_rows import Column


def test_a_column_is_made_when_it_is_first_looked_at_and_only_then() -> None:
    made: list[str] = []

    def column(_: Rows, name: str) -> Column:
        made.append(name)
        return [1, 2]

    rows = Rows(2, column)
    assert made == []
    assert rows["a"] == rows["a"] == [1, 2]
    assert made == ["a"]


def test_an_expression_that_is_wanted_once_is_worked_out_once_for_the_same_rows() -> None:
    calls: list[int] = []

    def value(rows: Rows) -> Column:
        calls.append(rows.height)
        return [7]

    twice = once(value)
    for rows in (Rows(3, lambda _, __: []), Rows(2, lambda _, __: [])):
        assert twice(rows) == twice(rows) == [7]
    assert calls == [3, 2]


def test_one_value_for_all_rows_is_repeated() -> None:
    assert Rows(3, lambda _, __: []).full(lambda _: [1]) == [1, 1, 1]
    assert Rows(0, lambda _, __: []).full(lambda _: [1]) == []
    assert [*as_long(([1], [2, 3]))] == [[1, 1], [2, 3]]
    assert [*as_long(([1], []))] == [[], []]


def test_a_part_has_the_chosen_rows_in_the_chosen_order() -> None:
    part = Rows(3, lambda _, __: ["a", "b", "c"]).part([2, 0])
    assert (part.height, part["x"]) == (2, ["c", "a"])


def test_groups_hold_the_places_of_equal_rows_null_among_them() -> None:
    rows = Rows(4, lambda _, __: ["a", None, "a", None])
    assert rows.groups([itemgetter("x")]) == {("a",): [0, 2], (None,): [1, 3]}
