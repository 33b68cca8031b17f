"""The audit's estimates against simulated truths: a county whose cases are known, drawn from a thousand times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from riskmodel.scoring.quotas import dealt
from riskmodel.scoring.worklist import draw
from riskmodel.training.audit_estimate import AuditEstimate, estimate

AUDITS = 1000
# the nominal level, less three standard errors of a thousand audits
LEAST = 0.95 - 3 * np.sqrt(0.95 * 0.05 / AUDITS)


@pytest.mark.parametrize(
    ("places", "sizes", "visits", "share", "prevalence", "met"),
    [
        (10, (80, 160), 100, 0.05, 0.05, 1.0),  # a list of a month: few audits, few cases
        (10, (80, 160), 400, 0.3, 0.05, 1.0),  # more of them
        (10, (80, 160), 400, 0.3, 0.05, 0.8),  # not everybody is met
        (10, (5, 250), 120, 0.2, 0.08, 1.0),  # places of all sizes
        (120, (5, 14), 130, 0.1, 0.1, 1.0),  # responsible persons: one visit, or two, or none
        (10, (60, 90), 200, 0.5, 0.3, 1.0),  # cases that are no rarity
    ],
)
def test_intervals_hold_the_truth_at_their_nominal_rate(
    places: int, sizes: tuple[int, int], visits: int, share: float, prevalence: float, met: float
) -> None:
    rng = np.random.default_rng(7)
    county = _County(rng, places, sizes, prevalence)
    held = {"recall": 0, "missed": 0, "cases": 0}
    for _ in range(AUDITS):
        found, truth = county.audited(rng, visits, share, met)
        for name, value in truth.items():
            interval = getattr(found, name)
            held[name] += interval.low - 1e-9 <= value <= interval.high + 1e-9
    assert {name: count for name, count in held.items() if count < LEAST * AUDITS} == {}


def test_the_estimate_of_the_missed_is_right_on_average() -> None:
    rng = np.random.default_rng(3)
    county = _County(rng, 10, (20, 200), 0.08)
    drawn = [county.audited(rng, 120, 0.3, 1.0) for _ in range(AUDITS)]
    estimates = np.array([found.missed.value for found, _ in drawn])
    truths = np.array([truth["missed"] for _, truth in drawn])
    error = (estimates - truths).mean()
    assert abs(error) < 4 * (estimates - truths).std() / np.sqrt(AUDITS)


def test_intervals_are_not_absurdly_wide() -> None:
    """600 audits among 4,400, about 1 of 30 a case: within a third of the exact interval of a simple random draw."""
    rng = np.random.default_rng(11)
    county = _County(rng, 10, (400, 600), 0.05)
    widths = []
    for _ in range(60):
        found, _ = county.audited(rng, 1200, 0.5, 1.0)
        known, cases = found.audited.known, found.audited.found
        exact = beta.ppf(0.975, cases + 1, known - cases) - beta.ppf(0.025, cases, known - cases + 1)
        widths.append((found.missed.high - found.missed.low) / (exact * found.unlisted))
    assert np.mean(widths) < 4 / 3


def test_the_naive_share_of_the_listed_is_not_what_is_estimated() -> None:
    """Visiting only the listed, one would find every case on the list: a recall of 1."""
    rng = np.random.default_rng(2)
    county = _County(rng, 10, (300, 800), 0.03)
    found, truth = county.audited(rng, 1500, 0.3, 1.0)
    assert truth["recall"] < 0.7
    assert found.recall.high < 0.95


def test_without_a_case_in_the_audit_the_limit_is_that_of_the_rule_of_three() -> None:
    found = estimate(*_groups(listed=(50, 12), audited=(100, 0), unlisted=1000, probability=0.1))
    assert found.missed.value == found.missed.low == 0
    assert found.missed.high == pytest.approx(-np.log(0.025) * 10)  # two-sided: 3.69 instead of 3
    assert (found.recall.value, found.recall.high) == (1, 1)
    assert found.recall.low == pytest.approx(12 / (12 + 36.89), abs=1e-3)


def test_equal_weights_give_the_exact_interval_of_a_poisson_count() -> None:
    found = estimate(*_groups(listed=(50, 12), audited=(100, 3), unlisted=1000, probability=0.1))
    assert found.missed.value == pytest.approx(30)
    assert found.missed.low == pytest.approx(6.187, abs=1e-2)
    assert found.missed.high == pytest.approx(87.67, abs=1e-2)
    assert found.recall.value == pytest.approx(12 / 42)
    assert found.prevalence_unlisted.value == pytest.approx(0.03)
    assert found.cases.value == pytest.approx(42)


def test_precision_is_that_of_the_listed_whose_finding_is_known() -> None:
    listed = _groups(listed=(50, 12), audited=(10, 1), unlisted=1000, probability=0.01)
    listed[0][40:50] = np.nan
    found = estimate(*listed)
    assert (found.listed.households, found.listed.known, found.listed.found) == (50, 40, 12)
    assert found.precision.value == pytest.approx(0.3)
    assert (found.precision.low, found.precision.high) == pytest.approx((0.1656, 0.4653), abs=1e-4)
    assert found.cases.value == pytest.approx(15 + 100)


def test_where_everybody_is_visited_the_numbers_are_known_without_error() -> None:
    found = estimate(*_groups(listed=(20, 5), audited=(30, 3), unlisted=30, probability=1.0))
    assert (found.missed.low, found.missed.value, found.missed.high) == (3, 3, 3)
    assert (found.recall.low, found.recall.high) == (5 / 8, 5 / 8)


def test_households_out_of_reach_are_counted_and_nothing_is_said_of_them() -> None:
    found, listed, audited, probability = _groups(listed=(20, 5), audited=(30, 3), unlisted=300, probability=0.1)
    more = (np.full(70, np.nan), np.zeros(70, bool), np.zeros(70, bool), np.zeros(70))
    both = [np.concatenate(pair) for pair in zip((found, listed, audited, probability), more, strict=True)]
    told, alone = estimate(*both), estimate(found, listed, audited, probability)
    assert told.out_of_reach == 70
    assert (told.missed, told.recall, told.unlisted) == (alone.missed, alone.recall, alone.unlisted)


def test_visits_to_households_that_were_neither_listed_nor_drawn_do_not_count() -> None:
    found, listed, audited, probability = _groups(listed=(20, 5), audited=(30, 3), unlisted=300, probability=0.1)
    visited = np.where(listed | audited, found, 1.0)
    assert estimate(visited, listed, audited, probability) == estimate(found, listed, audited, probability)


def test_where_nothing_is_known_the_limits_say_so() -> None:
    found, listed, audited, probability = _groups(listed=(20, 5), audited=(30, 3), unlisted=300, probability=0.1)
    nothing = estimate(np.full_like(found, np.nan), listed, audited, probability)
    assert np.isnan([nothing.recall.value, nothing.precision.value, nothing.missed.value]).all()
    assert (nothing.recall.low, nothing.recall.high) == (0, 1)
    assert (nothing.missed.low, nothing.missed.high) == (0, 300)
    only_listed = estimate(np.where(listed, found, np.nan), listed, audited, probability)
    assert np.isnan(only_listed.recall.value)
    assert only_listed.recall.low == pytest.approx(5 / 305)


def test_without_any_case_nothing_is_said_about_recall() -> None:
    none = estimate(*_groups(listed=(20, 0), audited=(30, 0), unlisted=300, probability=0.1))
    assert np.isnan(none.recall.value)
    assert (none.recall.low, none.recall.high) == (0, 1)


def test_a_list_of_everybody_misses_nobody() -> None:
    found = estimate(np.array([1.0, 0.0]), np.ones(2, bool), np.zeros(2, bool), np.ones(2))
    assert (found.missed.value, found.recall.low, found.recall.high, found.unlisted) == (0, 1, 1, 0)
    assert np.isnan(found.prevalence_unlisted.value)


class _County:
    """Places whose households have a true risk, scored with some error, and a fixed outcome."""

    def __init__(self, rng: np.random.Generator, places: int, sizes: tuple[int, int], prevalence: float) -> None:
        self.sizes = rng.integers(*sizes, places)
        self.place = np.repeat(np.arange(places), self.sizes)
        risk = rng.normal(size=len(self.place)) * 1.5 + np.log(prevalence) - 1
        self.case = (rng.random(len(risk)) < 1 / (1 + np.exp(-risk))).astype(float)
        self.score = risk + rng.normal(size=len(risk))

    def audited(
        self, rng: np.random.Generator, visits: int, share: float, met: float
    ) -> tuple[AuditEstimate, dict[str, float]]:
        """One month: the list drawn and visited, and the truth of it."""
        tie, lot = (rng.integers(0, 2**63, len(self.place)).astype(np.uint64) for _ in range(2))
        quotas, shares = dealt(visits, self.sizes), np.full(len(self.sizes), share)
        drawn = draw(self.place, self.score, tie, lot, quotas, shares, rng.random())
        found = np.where(rng.random(len(self.case)) < met, self.case, np.nan)
        told = estimate(found, drawn.listed, drawn.audited, drawn.probability)
        on_list, missed = (
            float(self.case[which].sum()) for which in (drawn.listed, ~drawn.listed & (drawn.probability > 0))
        )
        truth = {"missed": missed, "cases": on_list + missed}
        return told, truth | ({"recall": on_list / (on_list + missed)} if on_list + missed else {"recall": 0.0})


def _groups(
    *, listed: tuple[int, int], audited: tuple[int, int], unlisted: int, probability: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Arguments of `estimate`: (households, cases) of the listed and the audited, and all not listed."""
    found = np.full(listed[0] + unlisted, np.nan)
    for first, (households, cases) in ((0, listed), (listed[0], audited)):
        found[first : first + households] = np.arange(households) < cases
    place = np.arange(len(found))
    on_list = place < listed[0]
    drawn = ~on_list & (place < listed[0] + audited[0])
    return found, on_list, drawn, np.where(on_list, 1.0, probability)
