from __future__ import annotations

from xml.etree import ElementTree

from riskmodel.rendering.line_chart import Axis, Line, Panel, line_chart
from riskmodel.rendering.messages import same

SVG = "{http://www.w3.org/2000/svg}"
UNIT = Axis(same("x"), 0, 1)


def drawn(*lines: Line, diagonal: bool = False, x: Axis = UNIT) -> ElementTree.Element:
    panel = Panel(same("panel"), lines, x, UNIT, diagonal)
    return ElementTree.fromstring(line_chart([panel], same("title"), same("about")))


def points(element: ElementTree.Element) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in element.attrib["points"].split())]


def test_a_line_rises_to_the_right_where_its_values_do() -> None:
    (found,) = drawn(Line(same("a"), [(0, 0), (0.5, 0.5), (1, 1)], 0)).iter(f"{SVG}polyline")
    (x0, y0), (x1, y1), (x2, y2) = points(found)
    assert x0 < x1 < x2
    assert y0 > y1 > y2
    assert (x1, y1) == ((x0 + x2) / 2, (y0 + y2) / 2)


def test_a_value_that_is_not_known_parts_the_line() -> None:
    found = list(
        drawn(Line(same("a"), [(0, 0.1), (0.2, 0.2), (0.4, None), (0.6, 0.4), (0.8, 0.5)], 0)).iter(f"{SVG}polyline")
    )
    assert [len(points(part)) for part in found] == [2, 2]


def test_a_band_lies_around_its_line() -> None:
    whole = drawn(Line(same("a"), [(0, 0.5), (1, 0.5)], 0, [(0, 0.4, 0.6), (1, 0.3, 0.7)]))
    (band,), (found,) = whole.iter(f"{SVG}polygon"), whole.iter(f"{SVG}polyline")
    assert len(points(band)) == 4
    heights = [y for _, y in points(band)]
    assert min(heights) < points(found)[0][1] < max(heights)


def test_series_are_named_once_however_many_panels_show_them() -> None:
    panel = Panel(same("panel"), [Line(same("series a"), [(0, 0), (1, 1)], 0)], UNIT, UNIT)
    whole = ElementTree.fromstring(line_chart([panel, panel], same("t"), same("d")))
    assert [text.text for text in whole.iter(f"{SVG}text")].count("series a") == 1


def test_names_stand_below_instead_of_numbers_and_not_all_where_there_is_no_room() -> None:
    many = [f"2024-{month:02}" for month in range(1, 13)]
    x = Axis(same(""), 0, 11, names=many)
    texts = [text.text for text in drawn(Line(same("a"), [(0, 0), (11, 1)], 0), x=x).iter(f"{SVG}text")]
    assert [name for name in texts if name in many] == many
    narrow = Panel(same(""), [Line(same("a"), [(0, 0)], 0)], x, UNIT)
    few = ElementTree.fromstring(line_chart([narrow] * 3, same("t"), same("d")))
    assert 0 < sum(text.text in many for text in few.iter(f"{SVG}text")) < 36


def test_the_diagonal_is_drawn_where_it_is_asked_for() -> None:
    line = Line(same("a"), [(0, 0), (1, 1)], 0)
    assert len(list(drawn(line, diagonal=True).iter(f"{SVG}line"))) == len(list(drawn(line).iter(f"{SVG}line"))) + 1
