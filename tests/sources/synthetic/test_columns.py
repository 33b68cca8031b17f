from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from riskmodel.sources.synthetic.columns import Columns, Numbers, at


@dataclass(frozen=True)
class Pairs(Columns):
    """Something of two columns."""

    small: Numbers
    flag: Numbers


def pairs() -> Pairs:
    return Pairs(small=np.array([1, 2, 3], dtype=np.int8), flag=np.array([True, False, True]))


def test_rows_are_taken_joined_and_repeated_without_changing_the_types() -> None:
    taken = pairs().take(np.array([2, 0]))
    assert taken.small.tolist() == [3, 1]
    assert pairs().join(taken).small.tolist() == [1, 2, 3, 3, 1]
    assert pairs().tile(2).flag.tolist() == [True, False, True] * 2
    assert {part.small.dtype for part in (taken, pairs().join(taken), pairs().tile(2))} == {np.dtype(np.int8)}


def test_another_column_takes_the_type_of_the_old_one_and_leaves_the_old_one_alone() -> None:
    first = pairs()
    other = first.but(small=np.array([4.0, 5.0, 6.0]))
    assert other.small.dtype == np.int8
    assert (other.small.tolist(), first.small.tolist()) == ([4, 5, 6], [1, 2, 3])
    assert len(other) == 3


def test_amounts_of_one_row_are_added() -> None:
    assert at(4, np.array([1, 1, 3]), np.array([2, 3, 4])).tolist() == [0, 5, 0, 4]
