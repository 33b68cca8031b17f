from __future__ import annotations

from riskmodel.workflows.areas import LEVELS, areas, titles
from trained_county import Office


def test_every_area_stands_before_those_inside_it(office: Office) -> None:
    found = areas(office.workspace)
    codes = [area.code for area in found]
    assert codes == sorted(set(codes))
    assert {len(code) for code in codes} == set(LEVELS.values())
    for area in found:
        assert len(area.code) == LEVELS[area.level]
        assert area.name
        assert area.level == "province" or any(area.code.startswith(c) for c in codes if len(c) < len(area.code))


def test_places_of_the_same_name_are_told_apart_by_the_place_around_them() -> None:
    names = {"99": "某省", "990301": "甲县", "990302": "乙县", "990301001": "城关镇", "990302001": "城关镇"}
    assert titles(names | {"990302002": "白水镇"}) == {
        "99": "某省",
        "990301": "甲县",
        "990302": "乙县",
        "990301001": "甲县城关镇",
        "990302001": "乙县城关镇",
        "990302002": "白水镇",
    }
