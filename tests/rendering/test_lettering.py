"""Chinese on pictures, where a font for it is installed."""

from __future__ import annotations

import matplotlib
from matplotlib.figure import Figure

from riskmodel.rendering.lettering import FONTS, chinese_font, use_chinese_font, words


def test_the_liked_font_of_those_installed_is_taken() -> None:
    assert chinese_font({"DejaVu Sans", FONTS[3], FONTS[1]}) == FONTS[1]


def test_without_a_font_for_chinese_there_is_none() -> None:
    assert chinese_font({"DejaVu Sans", "Noto Sans"}) is None


def test_words_are_in_both_languages_where_both_can_be_drawn() -> None:
    with matplotlib.rc_context():
        drawn = use_chinese_font()
    assert words("概率", "probability") == ("概率 probability" if drawn else "probability")


def test_words_can_be_drawn_with_the_font_that_was_chosen() -> None:
    with matplotlib.rc_context():
        use_chinese_font()
        figure = Figure()
        figure.text(0.1, 0.5, words("收入（万元）−1", "income, 10,000 yuan −1"))
        figure.canvas.draw()  # a character that the font lacks is a warning, and so an error


def test_the_rest_of_a_process_keeps_its_font_where_there_is_none_for_chinese() -> None:
    with matplotlib.rc_context():
        before = list(matplotlib.rcParams["font.family"])
        found = use_chinese_font()
        assert list(matplotlib.rcParams["font.family"]) == ([found, "DejaVu Sans"] if found else before)
