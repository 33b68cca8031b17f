from __future__ import annotations

from pathlib import Path

import pytest

from riskmodel.workflows.json_values import plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), None),
        (float("inf"), None),
        (True, True),
        (None, None),
        (Path("a/b"), str(Path("a/b"))),
        ({1: {"x"}}, {"1": ["x"]}),
    ],
)
def test_every_value_has_a_form_in_json(value: object, expected: object) -> None:
    assert plain(value) == expected
