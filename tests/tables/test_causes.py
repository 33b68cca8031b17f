from __future__ import annotations

import polars as pl
import pytest

from riskmodel.tables.causes import filled_in_order

THREE = ("first", "second", "third")


@pytest.mark.parametrize(
    ("causes", "holds"),
    [
        ((None, None, None), True),
        (("ILL", None, None), True),
        (("ILL", "EDU", "JOB"), True),
        ((None, "EDU", None), False),
        (("ILL", None, "JOB"), False),
        (("ILL", "EDU", "ILL"), False),
        (("ILL", "ILL", None), False),
    ],
)
def test_causes_are_filled_from_the_first_on_without_gaps_and_repeats(
    causes: tuple[str | None, ...], holds: bool
) -> None:
    frame = pl.DataFrame([causes], schema=dict.fromkeys(THREE, pl.String), orient="row")
    rule = filled_in_order(THREE).validation_fn
    assert rule.columns == THREE
    assert frame.select(rule.holds).item() is holds
