from __future__ import annotations

from riskmodel.workflows.areas import LEVELS, areas
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
