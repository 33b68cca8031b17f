from __future__ import annotations

from xml.etree import ElementTree

import pytest

from riskmodel.rendering.interval_chart import BAR, FAINT, Dot, Strip, interval_chart
from riskmodel.rendering.messages import same

SVG = "{http://www.w3.org/2000/svg}"
NAMES = [same("one"), same("two")]


def drawn(*strips: Strip, bars: bool = False) -> ElementTree.Element:
    return ElementTree.fromstring(interval_chart(NAMES, strips, same("title"), same("about"), bars=bars))


def strip(*dots: Dot, level: float | None = None) -> Strip:
    return Strip(same("strip"), dots, 0, 1, percent=True, level=level)


def test_every_row_is_named_once_and_every_strip_once() -> None:
    texts = [text.text for text in drawn(strip(Dot(0.2), Dot(0.4)), strip(Dot(0.1), Dot(0.3))).iter(f"{SVG}text")]
    assert [texts.count(name) for name in ("one", "two", "strip")] == [1, 1, 2]


def test_a_bar_is_as_long_as_its_value_and_pale_where_it_says_little() -> None:
    bars = list(drawn(strip(Dot(0.2), Dot(0.4, faint=True)), bars=True).iter(f"{SVG}rect"))
    lengths = [float(bar.attrib["width"]) for bar in bars]
    assert lengths[1] == pytest.approx(2 * lengths[0], rel=0.01)
    assert [bar.attrib["fill"] for bar in bars] == [BAR, FAINT]


def test_a_whisker_reaches_from_low_to_high_and_is_not_there_without_limits() -> None:
    def lines(dot: Dot) -> int:
        return len(list(drawn(strip(dot, Dot(None))).iter(f"{SVG}line")))

    assert lines(Dot(0.5, 0.3, 0.8)) == lines(Dot(0.5)) + 3


def test_what_is_not_known_is_a_dash() -> None:
    texts = [text.text for text in drawn(strip(Dot(None), Dot(0.5))).iter(f"{SVG}text")]
    assert texts.count("–") == 1


def test_the_level_of_all_is_marked() -> None:
    with_level = list(drawn(strip(Dot(0.1), Dot(0.2), level=0.15)).iter(f"{SVG}line"))
    assert sum("stroke-dasharray" in line.attrib for line in with_level) == 1


def test_a_strip_with_another_number_of_dots_is_refused() -> None:
    with pytest.raises(ValueError, match="2 rows"):
        drawn(strip(Dot(0.1)))
