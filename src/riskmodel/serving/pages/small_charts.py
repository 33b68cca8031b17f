"""Charts that fit into a cell of a table; the numbers stand in the cells beside them, or are read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from riskmodel.serving.pages.words import percent
from riskmodel.workflows.month_parts import URGENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_BAR: Final = 158
_LINE: Final = (120, 22, 3)
"""Width, height, margin."""


def bar(counts: Mapping[str, int], most: int) -> Markup:
    """Households by tier, side by side; `most` fill the cell. Not read aloud: the cells beside it are."""
    x, parts = 0.5, []
    for tier in URGENT:
        width = _BAR * counts[tier.value] / most
        if width:
            parts.append(f'<rect class="bar-{tier.value}" x="{x:.1f}" y="1" width="{width:.1f}" height="10"/>')
        x += width
    return Markup(f'<svg class="bar" viewBox="0 0 160 12" aria-hidden="true">{"".join(parts)}</svg>')


def spark(values: Sequence[float | None]) -> Markup:
    """The line of some shares, from 0 to the largest; those not known are left out."""
    width, height, margin = _LINE
    most = max((value for value in values if value is not None), default=0.0) or 1.0
    step = (width - 2 * margin) / max(1, len(values) - 1)
    points = [
        (margin + step * at, height - margin - (height - 2 * margin) * value / most)
        for at, value in enumerate(values)
        if value is not None
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    end = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>' for x, y in points[-1:])
    words = "、".join(percent(value) for value in values)
    head = f'<svg class="spark" viewBox="0 0 {width} {height}" role="img" aria-label="各期平均概率：{words}">'
    return Markup(f'{head}<polyline points="{line}"/>{end}</svg>')
