from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from riskmodel.features import assemble_view
from riskmodel.features.health import SHIFTED, Health, health, health_of, psi
from riskmodel.tables import View
from riskmodel.tables.rhythm import Feed
from scenario import policy_of, rows_of

NOW, BEFORE = date(2025, 3, 5), date(2024, 3, 5)
N = 2000
NAN = float("nan")
Column = NDArray[np.float64]


def normal(seed: int, n: int = N) -> Column:
    return np.random.default_rng(seed).normal(size=n)


def of(columns: dict[str, Any], before: dict[str, Any] | None = None, feeds: tuple[Feed, ...] = ()) -> Health:
    earlier = None if before is None else (BEFORE, np.column_stack([before[name] for name in columns]).astype(float))
    return health(NOW, list(columns), np.column_stack(list(columns.values())).astype(float), feeds, earlier)


# --- what is missing, constant, said twice ---


def test_each_feature_tells_its_share_of_missing() -> None:
    found = of({"all": [1, 2, 3, 4], "half": [1, NAN, 2, NAN], "none": [NAN] * 4})
    assert {state.name: state.missing for state in found.features} == {"all": 0, "half": 0.5, "none": 1}
    assert (found.never_known, found.constant, found.households) == (["none"], [], 4)


def test_a_feature_missing_for_most_is_named_with_its_share() -> None:
    rare = np.full(100, NAN)
    rare[:5] = range(5)
    known = np.arange(100.0)
    known[:94] = NAN
    found = of({"rare": rare, "known": known})
    assert found.mostly_missing == {"rare": 0.95}


def test_one_value_for_everybody_is_constant_and_a_value_beside_missing_is_not() -> None:
    found = of({"zero": [0, -0.0, 0], "some": [1, 1, NAN], "varied": [1, 2, 1]})
    assert found.constant == ["zero"]
    assert [state.constant for state in found.features] == [True, False, False]


def test_a_feature_that_repeats_another_is_named_with_the_first() -> None:
    first = [1, NAN, 0.0, 3]
    twins = {"first": first, "other": [1, 2, 0, 3], "second": [1, NAN, -0.0, 3], "third": [1, -NAN, 0, 3]}
    assert of(twins).duplicated == {"second": "first", "third": "first"}


def test_constants_and_features_never_known_repeat_nothing() -> None:
    assert of({"a": [0, 0], "b": [0, 0], "c": [NAN, NAN], "d": [NAN, NAN]}).duplicated == {}


# --- shifts ---


def test_the_index_is_the_sum_over_bins_of_the_change_times_its_logarithm() -> None:
    before, now = np.repeat([0.0, 1.0], [500, 500]), np.repeat([0.0, 1.0], [800, 200])
    # the bins below each of the two values, above both, and of the missing are empty: half a household each
    shares = [(np.array(c) + 0.5) / (1000 + 3) for c in ((0, 800, 0, 200, 0, 0), (0, 500, 0, 500, 0, 0))]
    expected = float(((shares[0] - shares[1]) * np.log(shares[0] / shares[1])).sum())
    assert psi(now, before) == pytest.approx(expected)
    assert expected == pytest.approx(0.3 * np.log(0.8 / 0.5) + -0.3 * np.log(0.2 / 0.5), rel=0.01)


def test_the_same_values_have_no_index_in_whatever_order() -> None:
    values = normal(1)
    values[:100] = NAN
    assert psi(values, values[::-1]) == 0
    assert of({"x": values}, {"x": values[::-1]}).features[0].psi == 0


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (normal(1) + 1, normal(2)),
        (normal(1) * 3, normal(2)),
        (np.where(normal(1) > 0.5, NAN, normal(1)), normal(2)),
        (normal(1), np.full(N, NAN)),
        (np.full(N, NAN), normal(2)),
        (np.repeat([0.0, 1.0], [N // 2, N // 2]), np.repeat([0.0, 1.0], [N // 10, N - N // 10])),
        (np.full(N, 7.0), np.full(N, 6.0)),
        (np.full(N, 5.0), np.full(N, 6.0)),
    ],
    ids=["moved", "wider", "more missing", "came", "went", "other shares", "one value up", "one value down"],
)
def test_a_distribution_that_moved_is_a_shift(now: Column, before: Column) -> None:
    found = of({"x": now}, {"x": before})
    assert list(found.shifted) == ["x"]
    assert found.shifted["x"] == pytest.approx(psi(now, before))
    assert found.shifted["x"] > SHIFTED


def test_two_samples_of_one_population_are_no_shift_however_small() -> None:
    for n in (10, 40, 200, N):
        samples = [of({"x": normal(seed, n)}, {"x": normal(seed + 1000, n)}) for seed in range(60)]
        assert sum(bool(found.shifted) for found in samples) <= 2, n
    few = of({"x": normal(1, 10)}, {"x": normal(2, 10)}).features[0]
    assert few.psi is not None
    assert (few.psi > SHIFTED, few.shifted) == (True, False)


def test_the_largest_shift_is_named_first() -> None:
    before = normal(2)
    found = of(
        {"calm": normal(3), "moved": normal(1) + 1, "far": normal(4) + 3},
        dict.fromkeys(["calm", "moved", "far"], before),
    )
    assert list(found.shifted) == ["far", "moved"]
    assert (found.as_of, found.against) == (NOW.isoformat(), BEFORE.isoformat())


def test_without_an_earlier_date_or_households_on_it_nothing_is_compared() -> None:
    for found in (of({"x": [1, 2]}), health(NOW, ["x"], np.ones((2, 1)), (), (BEFORE, np.empty((0, 1))))):
        assert (found.against, found.shifted) == (None, {})
        assert found.features[0].psi is None


def test_no_household_is_no_error() -> None:
    found = health(NOW, ["x", "y"], np.empty((0, 2)), (), (BEFORE, np.ones((3, 2))))
    assert (found.households, found.against, found.never_known) == (0, None, ["x", "y"])


# --- sources ---


def feed(*, silent: bool, stale: bool) -> Feed:
    return Feed("990101", "shocks", "police", 9, "2024-06-04", "2024-06-04", 274, 31, 46, silent, stale)


def test_a_silent_source_fails_and_a_stale_one_does_not() -> None:
    well, stale, silent = (
        feed(silent=False, stale=False),
        feed(silent=False, stale=True),
        feed(silent=True, stale=False),
    )
    found = of({"x": [1, 2]}, feeds=(well, stale))
    assert (found.silent, found.stale, found.failed) == ([], [stale], False)
    assert of({"x": [1, 2]}, feeds=(stale, silent)).silent == [silent]
    assert of({"x": [1, 2]}, feeds=(stale, silent)).failed


# --- feature tables ---


def test_tables_of_counties_are_taken_together() -> None:
    def table(*sizes: int, day: date = NOW) -> Any:
        rows = rows_of("households", *({"household_id": f"H{n}", "size": size} for n, size in enumerate(sizes, 1)))
        return assemble_view(View.of({"households": rows}, day), policy_of())

    found = health_of([table(2, 3), table(4)], before=[table(2, 3, day=NOW - timedelta(days=31))])
    size = next(state for state in found.features if state.name == "household_size")
    assert (found.households, size.missing, size.constant) == (3, 0, False)
    assert found.against == "2025-02-02"
    assert "children" in found.never_known
    assert health_of([table(2), table(2)]).constant[:1] == ["household_size"]
