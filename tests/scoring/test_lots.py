from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from riskmodel.scoring.lots import chance, lots

KEY = bytes(range(32))
IDS = pl.Series([f"H{number:024x}" for number in range(4000)])


def test_a_lot_depends_on_the_household_the_key_and_the_purpose_and_on_nothing_else() -> None:
    whole = lots(IDS, KEY, "audit")
    assert (lots(IDS[5:9], KEY, "audit") == whole[5:9]).all()
    assert len(np.unique(np.concatenate([whole, lots(IDS, KEY, "way"), lots(IDS, KEY[::-1], "audit")]))) == 12_000


def test_the_lots_of_a_key_are_the_same_in_every_version() -> None:
    assert lots(IDS[:2], KEY, "audit 2025-01-05").tolist() == [10819503801623860568, 13108121077765138302]


def test_lots_are_spread_evenly() -> None:
    tenth = (lots(IDS, KEY, "audit") >> np.uint64(11)).astype(np.float64) * 2.0**-53 * 10
    counts = np.bincount(tenth.astype(int), minlength=10)
    assert ((counts - 400) ** 2 / 400).sum() < 27.9  # chi square with 9 degrees of freedom, 1 of 1000


def test_a_chance_lies_from_0_up_to_1_and_differs_by_purpose() -> None:
    drawn = [chance(KEY, f"month {number}") for number in range(500)]
    assert all(0 <= value < 1 for value in drawn)
    assert len(set(drawn)) == 500
    assert abs(np.mean(drawn) - 0.5) < 4 / np.sqrt(12 * 500)


def test_nobody_has_no_lots() -> None:
    assert lots(pl.Series([], dtype=pl.String), KEY, "audit").shape == (0,)


def test_a_key_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="key"):
        chance(bytes(65), "audit")
