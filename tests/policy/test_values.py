"""What is shipped: every value loads, is cited, and never steps in for another year."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import pairwise

import pytest

from riskmodel.errors import NothingInForce
from riskmodel.policy import KINDS, Parameter, Policy, Tier

YEARLY = ("monitoring_line", "exit_line", "dibao_standard", "rural_disposable_income", "monitoring_scale.usual")


@pytest.fixture(scope="module")
def shipped() -> Policy:
    return Policy.load()


def test_every_shipped_value_has_a_source_and_says_where_its_dates_come_from(shipped: Policy) -> None:
    assert shipped.entries
    for entry in shipped.entries:
        assert len(entry.source) > 10
        assert entry.confirmed or entry.note


def test_a_value_whose_day_of_publication_is_not_known_is_not_confirmed(shipped: Policy) -> None:
    for entry in shipped.entries:
        assert not (entry.confirmed and "unknown" in entry.note)


def test_lines_hold_for_exactly_one_calendar_year(shipped: Policy) -> None:
    for entry in shipped.entries:
        if entry.kind in YEARLY:
            year = entry.effective_from.year
            assert (entry.effective_from, entry.effective_to) == (date(year, 1, 1), date(year + 1, 1, 1))


def test_values_of_one_kind_and_area_never_overlap(shipped: Policy) -> None:
    by_place: dict[tuple[str, str], list[Parameter]] = defaultdict(list)
    for entry in shipped.entries:
        by_place[entry.kind, entry.area].append(entry)
    for entries in by_place.values():
        ordered = sorted(entries, key=lambda entry: entry.effective_from)
        for earlier, later in pairwise(ordered):
            assert earlier.effective_to is not None
            assert earlier.effective_to <= later.effective_from


def test_every_kind_that_a_run_needs_is_shipped(shipped: Policy) -> None:
    assert {kind.name for kind in KINDS.values() if kind.required} <= set(shipped.kinds())


def test_tiers_stand_in_order(shipped: Policy) -> None:
    day = date(2024, 5, 1)
    starts = [shipped.value(f"tier.{tier}", "990101", day, day) for tier in Tier if tier is not Tier.LOW]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] > 0


@pytest.mark.parametrize("year", [2022, 2024, 2025])
def test_no_line_is_invented_for_a_year_without_a_source(shipped: Policy, year: int) -> None:
    day = date(year, 6, 1)
    with pytest.raises(NothingInForce):
        shipped.value("monitoring_line", "520327001001", day, day)


def test_the_line_of_guizhou_holds_for_guizhou_only(shipped: Policy) -> None:
    day = date(2023, 6, 1)
    assert shipped.value("monitoring_line", "520327001001", day, day) == 7300
    with pytest.raises(NothingInForce):
        shipped.value("monitoring_line", "530426001001", day, day)


def test_a_trip_wire_of_a_named_county_does_not_reach_its_neighbours(shipped: Policy) -> None:
    day = date(2024, 6, 1)
    assert shipped.value("tripwire.TW_MED_REL.ex_poor", "130727001001", day, day) == 0.5
    assert shipped.find("tripwire.TW_MED_REL.ex_poor", "130728001001", day, day) is None
