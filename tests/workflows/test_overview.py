from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from opened_service import NOW
from published_lists import BEFORE, NEWEST, A, C, service_of_lists
from riskmodel.review.access import Principal, Role
from riskmodel.workflows.overview import overview, places_below

if TYPE_CHECKING:
    from collections.abc import Iterator

    from riskmodel.workflows.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_of_lists(tmp_path_factory.mktemp("lists")) as found:
        yield found


def of(area: str) -> Principal:
    return Principal("u", "u", (Role.ANALYST,), area, "user")


def test_the_places_of_an_area_add_up_to_its_total(service: Service) -> None:
    found = overview(service, of("990301"), None, "", NOW)
    assert found is not None
    assert [place.code for place in found.places] == [A[:9], C[:9]]
    assert found.total.counts["households"] == sum(place.counts["households"] for place in found.places) == 54
    assert (found.total.visits.planned, found.total.counts["planned"]) == (8, 8)
    assert sum(one.total for one in found.causes) == sum(found.total.counts[t] for t in ("very_high", "high", "medium"))
    assert (found.overdue, found.issued, found.ages[0]["source"]) == (0, True, "med_ins")


def test_it_is_compared_with_the_newest_date_of_an_earlier_month(service: Service) -> None:
    found = overview(service, of("990301"), None, "", NOW)
    assert found is not None
    assert found.before is not None
    assert found.before.as_of == BEFORE
    assert found.total.change == dict.fromkeys(("very_high", "high", "medium", "low"), 0)
    first = overview(service, of("990301"), date(2025, 8, 5), "", NOW)
    assert first is not None
    assert (first.before, first.total.change) == (None, None)


def test_an_area_of_others_and_a_date_without_scores_are_not_there(service: Service) -> None:
    assert overview(service, of("990301001"), None, "990301", NOW) is None
    assert overview(service, of("990301"), None, "990302", NOW) is None
    assert overview(service, of("9904"), None, "", NOW) is None
    assert overview(service, of(""), date(2025, 9, 5), "", NOW) is None


def test_a_township_is_told_by_its_villages_and_without_freshness_of_other_counties(service: Service) -> None:
    found = overview(service, of("990302001"), NEWEST, "", NOW)
    assert found is not None
    assert (found.digits, [place.code for place in found.places], found.ages) == (12, ["990302001001"], [])


@pytest.mark.parametrize(
    ("codes", "area", "digits"),
    [([A, C], "", 9), ([A, "990302001001"], "", 6), ([A], "990301", 9), ([A], A[:9], 12), ([A], A, 12)],
)
def test_an_area_is_told_by_what_lies_below_it(codes: list[str], area: str, digits: int) -> None:
    assert places_below(codes, area) == digits
