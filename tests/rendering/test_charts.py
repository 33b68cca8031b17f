from __future__ import annotations

import re
from xml.etree import ElementTree

from riskmodel.rendering.charts import HEIGHT, WIDTH, Bar, histogram

SVG = "{http://www.w3.org/2000/svg}"


def rectangles(bars: list[Bar]) -> list[dict[str, float]]:
    drawn = ElementTree.fromstring(histogram(bars, "shares")).iter(f"{SVG}rect")
    return [{name: float(r.attrib[name]) for name in ("x", "y", "width", "height")} for r in drawn]


def test_the_highest_bar_fills_the_picture_and_the_others_are_in_proportion() -> None:
    found = rectangles([Bar("0", 0.6), Bar("1", 0.3), Bar("2", 0.1)])
    assert [r["height"] for r in found] == [HEIGHT, HEIGHT / 2, HEIGHT / 6]
    assert all(r["y"] + r["height"] == HEIGHT for r in found)
    assert [r["x"] for r in found] == sorted(r["x"] for r in found)
    assert all(r["x"] >= 0 and r["x"] + r["width"] <= WIDTH for r in found)


def test_every_bar_tells_label_and_share_and_not_all_are_labelled_below() -> None:
    drawn = histogram([Bar(f"from {n}", 0.05) for n in range(20)], "shares")
    assert re.findall(r"<title>(from 7: [^<]*)</title>", drawn) == ["from 7: 5.0%"]
    assert len(re.findall(r"<text", drawn)) == 10


def test_markup_in_a_label_or_title_is_text() -> None:
    drawn = histogram([Bar("<script>", 1.0)], 'a "b" <c>')
    assert "<script>" not in drawn
    assert ElementTree.fromstring(drawn).attrib["aria-label"] == 'a "b" <c>'


def test_without_bars_or_with_bars_of_nothing_there_is_a_picture_that_says_so() -> None:
    assert "no data" in histogram([], "shares")
    assert [r["height"] for r in rectangles([Bar("0", 0.0)])] == [0]
