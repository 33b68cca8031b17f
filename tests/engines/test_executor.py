from __future__ import annotations

from pathlib import Path

import pytest

from pieces import doubled, refused_at_three
from riskmodel.engines import Ended, Here, Part
from riskmodel.errors import LakeError


def test_pieces_end_one_after_the_other_in_their_order() -> None:
    ended = Here().map(doubled, [Part("two", 2), Part("one", 1)])
    assert next(ended) == Ended("two", 4)
    assert list(ended) == [Ended("one", 2)]


def test_the_first_error_ends_the_work() -> None:
    with pytest.raises(LakeError, match="the file of 3"):
        list(Here().map(refused_at_three, [Part("three", 3), Part("one", 1)]))


def test_engines_know_nothing_of_what_they_map() -> None:
    import riskmodel.engines

    for path in Path(riskmodel.engines.__file__).parent.glob("*.py"):
        named = {line.split()[1] for line in path.read_text("utf-8").splitlines() if line.startswith("from riskmodel.")}
        assert named <= {"riskmodel.engines", "riskmodel.engines.executor", "riskmodel.errors"}
