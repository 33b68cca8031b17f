from __future__ import annotations

import re

from riskmodel.serving.pages.small_charts import bar, spark


def test_bars_stand_beside_each_other_and_the_most_fill_the_cell() -> None:
    chart = bar({"very_high": 1, "high": 0, "medium": 3}, 4)
    widths = [float(width) for width in re.findall(r' width="([\d.]+)"', chart)]
    assert widths == [39.5, 118.5]
    assert 'class="bar-high"' not in chart
    assert "style=" not in chart


def test_a_line_leaves_out_what_is_not_known_and_is_read_aloud() -> None:
    chart = spark([0.1, None, 0.2])
    assert len(re.findall(r"[\d.]+,[\d.]+", chart)) == 2
    assert "10" in chart
    assert 'role="img"' in chart
    assert "<polyline" in spark([None, None])
