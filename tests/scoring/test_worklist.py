from __future__ import annotations

from dataclasses import astuple

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from riskmodel.policy import Listing
from riskmodel.scoring.worklist import Drawn, draw, worklist

KEY = bytes(range(32))
MONTH = "2025-01-05"


# --- the drawing ---


@st.composite
def _towns(draw_from: st.DrawFn) -> tuple[Drawn, np.ndarray, np.ndarray, np.ndarray]:
    """A drawing with the risks, the places of the rows and the visits of the places."""
    sizes = draw_from(st.lists(st.integers(0, 40), min_size=1, max_size=8))
    visits = np.array([draw_from(st.integers(0, 60)) for _ in sizes], dtype=np.int64)
    shares = np.array([draw_from(st.sampled_from([0.0, 0.05, 0.1, 1 / 3, 0.5, 1.0])) for _ in sizes])
    rng = np.random.default_rng(draw_from(st.integers(0, 2**32)))
    place = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    risk = rng.integers(0, 6, len(place)) / 10  # many ties
    drawn = _drawn(place, risk, visits, shares, rng)
    return drawn, risk, place, visits


@given(_towns())
def test_visits_never_exceed_the_quota_of_a_place_and_fill_it_where_there_are_households(
    towns: tuple[Drawn, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    drawn, _, place, visits = towns
    made = np.bincount(place, weights=drawn.listed | drawn.audited, minlength=len(visits))
    assert (made == np.minimum(visits, np.bincount(place, minlength=len(visits)))).all()
    assert not (drawn.listed & drawn.audited).any()


@given(_towns())
def test_no_household_that_is_not_listed_has_a_higher_risk_than_one_of_its_place_that_is(
    towns: tuple[Drawn, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    drawn, risk, place, visits = towns
    for number in range(len(visits)):
        inside = risk[(place == number) & drawn.listed]
        outside = risk[(place == number) & ~drawn.listed]
        assert not len(inside) or not len(outside) or inside.min() >= outside.max()


@given(_towns())
def test_every_probability_is_one_for_the_listed_and_positive_for_the_drawn(
    towns: tuple[Drawn, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    drawn = towns[0]
    assert (drawn.probability[drawn.listed] == 1).all()
    assert (drawn.probability[drawn.audited] > 0).all()
    assert ((drawn.probability >= 0) & (drawn.probability <= 1)).all()


def test_a_place_with_visits_is_within_reach_however_few_they_are() -> None:
    place = np.repeat([0, 1, 2], [30, 30, 30])
    drawn = _drawn(place, np.zeros(90), np.array([1, 0, 40]), np.full(3, 0.05), np.random.default_rng(0))
    outside = ~drawn.listed
    assert (drawn.probability[outside & (place == 0)] > 0).all()
    assert (drawn.probability[outside & (place == 1)] == 0).all()


def test_without_a_share_for_the_audit_nobody_is_drawn_and_nobody_within_reach() -> None:
    drawn = _drawn(np.zeros(50, int), np.zeros(50), np.array([10]), np.zeros(1), np.random.default_rng(0))
    assert (drawn.listed.sum(), drawn.audited.sum()) == (10, 0)
    assert (drawn.probability[~drawn.listed] == 0).all()


def test_where_the_audit_is_a_whole_number_the_probability_is_drawn_over_not_listed() -> None:
    drawn = _drawn(np.zeros(438, int), np.arange(438.0), np.array([40]), np.full(1, 0.05), np.random.default_rng(0))
    assert (drawn.listed.sum(), drawn.audited.sum()) == (38, 2)
    assert np.allclose(drawn.probability[~drawn.listed], 2 / 400)


def test_households_are_drawn_as_often_as_their_probability_says() -> None:
    """Also those that are on the list in some months only, because the audit takes one visit more in others."""
    place = np.repeat([0, 1, 2], [9, 14, 6])
    risk, rng = np.linspace(1, 0, 29), np.random.default_rng(5)
    visits, shares = np.array([3, 5, 1]), np.array([0.25, 0.3, 0.4])
    draws = 6000
    audited, expected = np.zeros((2, 29))
    for _ in range(draws):
        drawn = _drawn(place, risk, visits, shares, rng)
        audited += drawn.audited
        expected += np.where(drawn.listed, 0, drawn.probability)
    spread = np.sqrt(expected + 1)
    assert (np.abs(audited - expected) < 4.5 * spread).all()
    # of 3, 5 and 1 visits at most 1, 2 and 1 are for the audit: the first 2, 3 and 0 are on the list in every month
    assert np.flatnonzero(expected == 0).tolist() == [0, 1, 9, 10, 11]


def _drawn(
    place: np.ndarray, risk: np.ndarray, visits: np.ndarray, shares: np.ndarray, rng: np.random.Generator
) -> Drawn:
    tie, lot = (rng.integers(0, 2**63, len(place)).astype(np.uint64) for _ in range(2))
    return draw(place, risk, tie, lot, visits, shares, rng.random())


# --- the table ---


def scores_of(count: int = 120, seed: int = 1) -> pl.DataFrame:
    """Scores of two townships of ten villages, some households monitored or too new."""
    rng = np.random.default_rng(seed)
    town = rng.integers(0, 2, count)
    return pl.DataFrame(
        {
            "household_id": [f"H{number:024x}" for number in rng.permutation(count)],
            "place": [f"99030110{t}" for t in town],
            "village_code": [f"99030110{t}{v:03d}" for t, v in zip(town, rng.integers(1, 6, count), strict=True)],
            "probability": rng.integers(0, 8, count) / 40,
            "monitored": rng.random(count) < 0.1,
            "too_new": rng.random(count) < 0.1,
        }
    )


def quotas_of(visits: int = 15, share: float = 0.2) -> pl.DataFrame:
    places = ["990301100", "990301101"]
    return pl.DataFrame({"place": places, "visits": [visits] * 2, "audit_share": [share] * 2})


def test_who_is_monitored_or_too_new_is_left_out_with_the_reason() -> None:
    rows = worklist(scores_of(), quotas_of(), KEY, MONTH)
    by_status = {word: rows.filter(pl.col("status") == word.value) for word in Listing}
    assert sum(frame.height for frame in by_status.values()) == 120
    assert by_status[Listing.MONITORED]["monitored"].all()
    left_out = pl.concat([by_status[Listing.MONITORED], by_status[Listing.TOO_NEW]])
    assert left_out.height == scores_of().filter(pl.col("monitored") | pl.col("too_new")).height
    assert left_out.select("rank_place", "inclusion_probability", "visit_order").null_count().row(0) == (
        (left_out.height,) * 3
    )


def test_listed_and_drawn_are_as_many_as_the_quotas_allow() -> None:
    rows = worklist(scores_of(), quotas_of(15, 0.2), KEY, MONTH)
    counts = rows.group_by("place", "status").len().sort("place", "status")
    assert counts.filter(pl.col("status") == "listed")["len"].to_list() == [12, 12]
    assert counts.filter(pl.col("status") == "audit")["len"].to_list() == [3, 3]


def test_the_same_question_gives_the_same_list_in_whatever_order_the_scores_come() -> None:
    scores = scores_of()
    mixed = worklist(scores.sample(fraction=1, shuffle=True, seed=3), quotas_of().reverse(), KEY, MONTH)
    assert mixed.equals(worklist(scores, quotas_of(), KEY, MONTH))


def test_another_month_or_key_draws_other_households_but_lists_the_same() -> None:
    first = worklist(scores_of(), quotas_of(), KEY, MONTH)
    later, other = (worklist(scores_of(), quotas_of(), *how) for how in ((KEY, "2025-02-05"), (KEY[::-1], MONTH)))
    assert _with(first, Listing.LISTED) == _with(later, Listing.LISTED)
    assert _with(first, Listing.AUDIT) != _with(later, Listing.AUDIT)
    assert _with(first, Listing.AUDIT) != _with(other, Listing.AUDIT)


def test_equal_risks_stand_in_the_same_order_every_month_and_not_by_id_or_village() -> None:
    equal = scores_of(400).with_columns(probability=pl.lit(0.1), monitored=pl.lit(False), too_new=pl.lit(False))
    ranks = worklist(equal, quotas_of(), KEY, MONTH).filter(pl.col("place") == "990301100").sort("rank_place")
    again = worklist(equal, quotas_of(), KEY, "2026-07-05").filter(pl.col("place") == "990301100").sort("rank_place")
    assert ranks["household_id"].equals(again["household_id"])
    numbers = np.arange(ranks.height)
    for column in ("household_id", "village_code"):
        order = ranks[column].rank("ordinal").to_numpy()
        assert abs(np.corrcoef(order, numbers)[0, 1]) < 4 / np.sqrt(ranks.height)


def test_the_order_of_visits_goes_village_by_village_and_knows_neither_risk_nor_lot() -> None:
    everybody = quotas_of(200, 0.3)  # all are visited, so that only who is listed and who drawn can change
    rows = worklist(scores_of(), everybody, KEY, MONTH)
    turned = worklist(scores_of().with_columns(probability=-pl.col("probability")), everybody, KEY, MONTH)
    columns = ["household_id", "place", "village_code", "visit_order"]
    assert _with(rows, Listing.AUDIT) != _with(turned, Listing.AUDIT)
    assert rows.select(columns).sort(columns).equals(turned.select(columns).sort(columns))
    for (_,), own in rows.drop_nulls("visit_order").group_by("place"):
        ordered = own.sort("visit_order")
        assert ordered["visit_order"].to_list() == list(range(1, own.height + 1))
        assert ordered["village_code"].is_sorted()
        assert not ordered.sort("visit_order")["household_id"].is_sorted()


def test_an_area_where_nobody_may_be_listed_has_an_empty_list() -> None:
    watched = scores_of().with_columns(monitored=pl.lit(True))
    rows = worklist(watched, quotas_of().clear(), KEY, MONTH)
    assert rows["status"].unique().to_list() == ["monitored"]
    assert rows["visit_order"].null_count() == rows.height


def test_a_drawing_has_one_value_per_household() -> None:
    drawn = _drawn(np.zeros(7, int), np.zeros(7), np.array([3]), np.full(1, 0.5), np.random.default_rng(0))
    assert {len(column) for column in astuple(drawn)} == {7}


def _with(rows: pl.DataFrame, status: Listing) -> set[str]:
    return set(rows.filter(pl.col("status") == status.value)["household_id"])
