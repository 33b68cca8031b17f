from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np

from riskmodel.rendering.messages import same
from riskmodel.rendering.point_chart import RAMP, UNKNOWN, Cloud, Swarm, beeswarm, dependence, piled

SVG = "{http://www.w3.org/2000/svg}"
KEY = (same("low"), same("high"), same("missing"))


def dots(root: ElementTree.Element) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {}
    for path in root.iter(f"{SVG}path"):
        pairs = re.findall(r"M([-\d.]+),([-\d.]+)h0", path.attrib["d"])
        found.setdefault(path.attrib["stroke"], []).extend((float(x), float(y)) for x, y in pairs)
    return found


def swarm(added: list[float], height: list[float]) -> ElementTree.Element:
    one = Swarm(same("feature"), np.array(added), np.array(height))
    return ElementTree.fromstring(beeswarm([one], same("effect"), KEY, same("title"), same("about")))


def test_a_swarm_has_a_point_per_household_in_the_colour_of_its_value() -> None:
    found = dots(swarm([-1.0, 0.0, 1.0, 0.5], [0.0, 0.5, 1.0, np.nan]))
    assert {colour: len(points) for colour, points in found.items()} == {
        RAMP[0]: 1,
        RAMP[2]: 1,
        RAMP[-1]: 1,
        UNKNOWN: 1,
    }
    assert found[RAMP[0]][0][0] < found[RAMP[2]][0][0] < found[UNKNOWN][0][0] < found[RAMP[-1]][0][0]


def test_the_colours_grow_darker_so_that_grey_keeps_their_order() -> None:
    light = [sum(w * int(c[i : i + 2], 16) for w, i in ((0.299, 1), (0.587, 3), (0.114, 5))) for c in RAMP]
    assert light == sorted(light, reverse=True)


def test_points_at_one_place_lie_beside_each_other_and_never_leave_their_lane() -> None:
    offsets = piled(np.full(50, 7.0), most=12)
    assert len(set(offsets.round(6))) == 50
    assert np.abs(offsets).max() <= 12
    assert list(piled(np.array([1.0, 100.0]), most=12)) == [0, 0]


def test_dependence_sets_unknown_values_apart_at_the_left() -> None:
    cloud = Cloud(same("f"), same("unit"), np.array([1.0, 2.0, np.nan]), np.array([-0.1, 0.2, 0.0]))
    root = ElementTree.fromstring(dependence([cloud], same("effect"), same("missing"), same("t"), same("d")))
    found = dots(root)
    known, unknown = found["#0072b2"], found[UNKNOWN]
    assert (len(known), len(unknown)) == (2, 1)
    assert unknown[0][0] < min(x for x, _ in known)
    assert known[0][1] > known[1][1]  # what raises more stands higher


def test_without_points_there_is_still_a_chart() -> None:
    assert dots(swarm([], [])) == {}
    root = ElementTree.fromstring(dependence([], same("effect"), same("missing"), same("t"), same("d")))
    assert root.tag == f"{SVG}svg"


def test_a_value_that_is_the_same_for_all_or_never_known_can_be_drawn() -> None:
    clouds = [
        Cloud(same("same"), same(""), np.array([3.0, 3.0]), np.array([0.1, 0.2])),
        Cloud(same("never"), same(""), np.array([np.nan, np.nan]), np.array([0.1, 0.2])),
    ]
    drawn = dependence(clouds, same("effect"), same("missing"), same("t"), same("d"))
    assert "nan" not in drawn
    assert len(dots(ElementTree.fromstring(drawn))[UNKNOWN]) == 2
