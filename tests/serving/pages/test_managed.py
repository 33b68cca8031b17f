from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Principal
from riskmodel.serving.pages.managed import PLACES, area_names
from riskmodel.serving.pages.site import PAGES

if TYPE_CHECKING:
    from running_service import Running


def test_every_place_of_the_administration_is_a_page() -> None:
    paths = {route.path for module in PAGES for route in module.ROUTER.routes}
    assert {address for address, _ in PLACES} <= paths


def test_areas_have_names_and_those_of_others_none(service: Running) -> None:
    names = area_names(service.service, Principal("", "", (), "990301"))
    assert names[""] == "全部地区"
    assert names["990301"]
    assert area_names(service.service, Principal("", "", (), "990302")) == {"": "全部地区"}
