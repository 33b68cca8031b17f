from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from riskmodel.rendering.chart_frame import (
    STYLES,
    Scale,
    fitted,
    legend,
    mark,
    picture,
    round_values,
    style,
    upper,
    wide,
    words,
)
from riskmodel.rendering.messages import Words, same


def test_a_scale_puts_its_ends_at_its_pixels_and_what_lies_outside_at_the_edge() -> None:
    scale = Scale(0, 2, 100, 300)
    assert [scale.at(value) for value in (0, 1, 2, -5, 9)] == [100, 200, 300, 100, 300]
    falling = Scale(0, 2, 300, 100)
    assert [falling.at(value) for value in (0, 2, 9)] == [300, 100, 100]
    assert Scale(1, 1, 0, 10).at(1) == 5


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e6), st.integers(2, 10))
def test_ticks_lie_inside_are_few_and_equally_far_apart(low: float, span: float, most: int) -> None:
    ticks = round_values(low, low + span, most)
    assert len(ticks) <= most + 1
    assert all(low - span * 1e-6 <= tick <= low + span * (1 + 1e-6) for tick in ticks)
    steps = [b - a for a, b in pairwise(ticks)]
    assert all(step == pytest.approx(steps[0]) for step in steps)


@pytest.mark.parametrize("scale", [Scale(0, 0.04, 0, 1, percent=True), Scale(0, 3, 0, 1), Scale(0, 0.004, 0, 1)])
@pytest.mark.parametrize("most", [2, 5, 10])
def test_no_two_ticks_are_written_alike(scale: Scale, most: int) -> None:
    written = [scale.shown(value, most) for value in scale.ticks(most)]
    assert len(set(written)) == len(written)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1e9)), max_size=5), st.floats(0, 10))
def test_the_upper_end_holds_all_values_and_is_not_far_above_them(values: list[float | None], least: float) -> None:
    most = max([value for value in values if value is not None] + [least])
    end = upper(values, least)
    assert end >= most * (1 - 1e-9)
    assert most <= 1e-300 or end <= 2.01 * most


def test_every_style_differs_in_mark_and_dash_so_that_grey_paper_tells_them_apart() -> None:
    assert len({how.mark for how in STYLES}) == len({how.dash for how in STYLES}) == len(STYLES)
    assert style(len(STYLES)) == style(0)


@pytest.mark.parametrize("how", STYLES)
def test_a_mark_is_one_path_of_its_colour(how: object) -> None:
    drawn = ElementTree.fromstring(mark(10, 20, how))  # type: ignore[arg-type]  # parametrize tells no types
    assert drawn.tag == "path"
    assert drawn.attrib["stroke"] == how.colour  # type: ignore[attr-defined]  # the same


def test_text_is_there_in_both_languages_or_once() -> None:
    both = ElementTree.fromstring(f"<g>{words(1, 2, Words('中', 'en'))}</g>")
    assert [(text.attrib["lang"], text.text) for text in both] == [("zh", "中"), ("en", "en")]
    once = ElementTree.fromstring(f"<g>{words(1, 2, '12%')}</g>")
    assert [text.text for text in once] == ["12%"]


def test_a_name_that_is_too_long_stands_on_two_lines_inside_its_room() -> None:
    long = Words("脱贫户", "Left poverty, no longer entitled to the policies")
    texts = list(ElementTree.fromstring(f"<g>{fitted(150, 20, long, 140)}</g>"))
    assert [text.attrib["lang"] for text in texts] == ["zh", "en", "en"]
    assert " ".join(str(text.text) for text in texts[1:]) == long.en
    assert all(wide(str(text.text), float(text.attrib["font-size"])) <= 140.5 for text in texts)
    assert len(ElementTree.fromstring(f"<g>{fitted(150, 20, long, 400)}</g>")) == 2
    assert "<script" not in fitted(150, 20, same("<script>" * 9), 100)


def test_a_picture_has_a_name_a_description_and_no_markup_from_outside() -> None:
    drawn = picture(10, 20, same("<script>"), Words("说明", "what"), Markup("<g/>"))
    root = ElementTree.fromstring(drawn)
    assert [child.text for child in root][:2] == ["<script>", "说明 what"]
    assert root.attrib["role"] == "img"
    assert "<script>" not in drawn


def test_a_legend_names_every_series_with_its_mark() -> None:
    drawn = ElementTree.fromstring(f"<g>{legend([(same('a'), style(0)), (same('b'), style(1))], 0, 10, 50)}</g>")
    assert [text.text for text in drawn.iter("text")] == ["a", "b"]
    assert [path.attrib["stroke"] for path in drawn.iter("path")] == [style(0).colour, style(1).colour]
