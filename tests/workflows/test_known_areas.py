from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opened_service import NOW
from published_lists import service_of_lists
from riskmodel.errors import UsageError
from riskmodel.workflows.database import make_key
from riskmodel.workflows.known_areas import known_area
from riskmodel.workflows.people import alter_user, make_user

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.service import Service
    from riskmodel.workflows.workspace import Workspace


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """With published months of two counties, and no lake."""
    with service_of_lists(tmp_path_factory.mktemp("lists")) as found:
        yield found


@pytest.mark.parametrize("area", ["", "99", "9903", "990301", "990301002", "990301002001"])
def test_places_of_a_published_month_and_those_around_them_are_known(service: Service, area: str) -> None:
    assert known_area(service.workspace, service.store, area) == area


@pytest.mark.parametrize("area", ["98", "990303", "990301009", "990301002009"])
def test_a_place_without_a_village_is_not(service: Service, area: str) -> None:
    with pytest.raises(UsageError, match=f"没有辖区 {area}.*请核对代码"):
        known_area(service.workspace, service.store, area)


def test_a_register_of_villages_knows_its_places_before_the_first_month(
    sample_workspace: Workspace, service: Service, tmp_path: Path
) -> None:
    with service_of_lists(tmp_path / "other") as months:
        assert known_area(sample_workspace, months.store, "990301100") == "990301100"
    with pytest.raises(UsageError, match="没有辖区"):
        known_area(sample_workspace, service.store, "77")


def test_users_and_keys_are_made_for_known_places_alone(service: Service) -> None:
    make_user(service.workspace, "li", "李", ["officer"], "990301001", "", NOW)
    for area in ("990309", "9903010"):
        with pytest.raises(UsageError, match="辖区"):
            make_user(service.workspace, "wu", "吴", ["officer"], area, "", NOW)
        with pytest.raises(UsageError, match="辖区"):
            alter_user(service.workspace, "li", ["officer"], area, NOW)
        with pytest.raises(UsageError, match="辖区"):
            make_key(service.workspace, "k", ["case_system"], area, 9, NOW, 60)
    assert alter_user(service.workspace, "li", ["analyst"], None, NOW).area == "990301001"
