from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from published_lists import BEFORE, NEWEST, A, C, service_of_lists, tell
from riskmodel.review.access import Principal, Role
from riskmodel.review.assessments import month
from riskmodel.workflows.visits_made import VisitsMade, above_line, known_later, later_sheet, visits_made, visits_since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.month_sheet import Sheet
    from riskmodel.workflows.service import Service

WHO = Principal("u", "u", (Role.ANALYST,), "990301", "user")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with service_of_lists(tmp_path) as found:
        yield found


def of(service: Service, day: date) -> Sheet:
    published = month(service.store, day)
    assert published is not None
    return service.sheets.sheet(published)


def test_visits_of_households_above_the_line_count_by_their_place(service: Service) -> None:
    tell(service, 1, "risk")
    tell(service, 2, "not_home", NEWEST)
    tell(service, 5, "risk")  # below the line
    tell(service, 4, "no_risk")
    found = visits_made(service, of(service, NEWEST), WHO, "990301", 9)
    assert found == {A[:9]: VisitsMade(4, 2, 1, 1), C[:9]: VisitsMade(4, 1, 0, 0)}


def test_a_visit_that_the_next_month_knew_of_counts_for_the_month_before(service: Service) -> None:
    before, later = of(service, BEFORE), later_sheet(service, of(service, BEFORE))
    assert later is not None
    assert later.month.as_of == NEWEST
    places = before.places([f"H{number:024x}" for number in (2, 3, 5, 6, 1)])
    assert known_later(before, places, later).tolist() == [True, True, False, False, False]  # 10, 20, 40, 50 days ago
    assert later_sheet(service, of(service, NEWEST)) is None
    assert not known_later(later, places, None).any()


def test_only_visits_of_62_days_count(service: Service) -> None:
    assert visits_since(service, of(service, BEFORE)) == {}
    tell(service, 1, "risk", BEFORE + timedelta(days=1))
    assert set(visits_since(service, of(service, BEFORE))) == {f"H{1:024x}"}
    assert visits_since(service, of(service, NEWEST)) == {}
    assert set(visits_since(service, of(service, BEFORE), [f"H{2:024x}"])) == set()


def test_the_line_has_the_listed_and_those_drawn_by_lot_above_it(service: Service) -> None:
    assert above_line(of(service, NEWEST)).sum() == 12
