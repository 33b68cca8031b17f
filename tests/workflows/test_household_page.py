from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from riskmodel.review.access import Principal, Role
from riskmodel.workflows.household_page import factor, household_page
from riskmodel.workflows.publish import publish
from riskmodel.workflows.score import score
from riskmodel.workflows.service import Service
from trained_county import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trained_county import Office

WHO = Principal("0123456789ab", "x", (Role.ANALYST,), "990301", "user")


@pytest.fixture(scope="module")
def service(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two published dates."""
    place = office.copied(tmp_path_factory.mktemp("page"))
    earlier = office.as_of - timedelta(days=31)
    score(place, earlier)
    publish(place, lambda: NOW, earlier)
    publish(place, lambda: NOW, office.as_of)
    found = Service(place)
    yield found
    found.close()


def test_what_changed_is_told_from_the_two_published_rows(service: Service, office: Office) -> None:
    page = household_page(service, WHO, office.riskiest, None, NOW)
    assert page is not None
    assert page.told.change is not None
    assert page.told.change.same_model
    total = page.told.change.data or 0.0
    assert total == pytest.approx(page.told.change.margin, abs=1e-9), "one model: facts alone moved it"
    assert [brief.as_of for brief in page.history] == [office.as_of, office.as_of - timedelta(days=31)]
    assert page.chart is not None


def test_an_earlier_date_knows_nothing_of_later_ones(service: Service, office: Office) -> None:
    page = household_page(service, WHO, office.riskiest, office.as_of - timedelta(days=31), NOW)
    assert page is not None
    assert len(page.history) == 1
    assert page.told.change is None


def test_another_area_is_nothing(service: Service, office: Office) -> None:
    other = Principal("0123456789ab", "x", (Role.ANALYST,), "990302", "user")
    assert household_page(service, other, office.riskiest, None, NOW) is None


def test_a_factor_without_a_typical_value_compares_nothing() -> None:
    told = {
        "group": "ILL",
        "group_title": "因病",
        "feature": "f",
        "label": "l",
        "unit": "次",
        "value": 2.0,
        "table": None,
    }
    found = factor(
        told | {"typical": None, "typical_of": None, "date": None, "dated": "day", "source": None, "sentence": ""}
    )
    assert (found.typical, found.day, found.department) == ("", "", "")
