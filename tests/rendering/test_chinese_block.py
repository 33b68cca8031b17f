from __future__ import annotations

from riskmodel.rendering.chinese_block import in_chinese
from riskmodel.rendering.document import Bullets, Figure, Measured, Paragraph, Table, Tiles
from riskmodel.rendering.interval_chart import Dot, Strip, interval_chart
from riskmodel.rendering.messages import Words

BOTH = Words("甲 <b>", "first </text>")


def test_no_block_keeps_its_english() -> None:
    chart = interval_chart([BOTH], [Strip(BOTH, [Dot(0.5)], 0, 1)], BOTH, BOTH)
    table = Table([BOTH, Measured(BOTH, BOTH)], [[BOTH, "1"]], BOTH, above=[(BOTH, 2)])
    blocks = (Paragraph(BOTH), Bullets(BOTH, [BOTH]), Bullets(None, [BOTH]), Tiles([(BOTH, BOTH, "")]), table)
    for block in (*blocks, Figure(BOTH, BOTH, chart, table), Figure(BOTH, BOTH, chart)):
        assert "first" in str(vars(block)) + str(getattr(block, "chart", ""))
        made = in_chinese(block)
        assert "first" not in str(vars(made)) + str(getattr(made, "chart", ""))
        assert "甲" in str(vars(made))


def test_a_chart_stays_a_whole_picture_with_a_name() -> None:
    chart = interval_chart([BOTH], [Strip(BOTH, [Dot(0.5)], 0, 1)], BOTH, BOTH)
    figure = in_chinese(Figure(Words("题", "title"), Words("说明", "about"), chart))
    assert isinstance(figure, Figure)
    assert "<title>题</title><desc>说明</desc>" in figure.chart
    assert "<b>" not in figure.chart
    assert figure.chart.count("<text") == figure.chart.count("</text>")
