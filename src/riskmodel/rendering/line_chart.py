"""Lines with bands for their intervals: reliability, precision and recall, and numbers over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from riskmodel.rendering.chart_frame import GRID, SOFT, TICK, Scale, legend, line, mark, picture, style, words
from riskmodel.rendering.messages import Words

LEFT, RIGHT, TOP, BOTTOM = 46.0, 10.0, 24.0, 42.0
LEGEND: Final = 20.0
MARKED: Final = 14
"""A line of more points than this has no marks."""


@dataclass(frozen=True)
class Axis:
    """Name and limits of an axis; `names`: what stands at 0, 1, 2 ... instead of numbers."""

    name: Words
    low: float
    high: float
    percent: bool = False
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Line:
    """One series. A point without a value (None) parts the line. `band`: (x, low, high)."""

    name: Words
    points: Sequence[tuple[float, float | None]] = field(repr=False)
    number: int
    """Which style it has."""
    band: Sequence[tuple[float, float, float]] = field(default=(), repr=False)


@dataclass(frozen=True)
class Panel:
    """One pair of axes and what is drawn in it."""

    title: Words
    lines: Sequence[Line]
    x: Axis
    y: Axis
    diagonal: bool = False
    """Whether to draw where both axes are equal."""
    level: float | None = None
    """A height to mark."""


def line_chart(
    panels: Sequence[Panel], title: Words, description: Words, *, width: float = 700, height: float = 270
) -> Markup:
    """Panels from left to right with one legend below; equal names have equal styles."""
    room = (width - 12 * (len(panels) - 1)) / len(panels)
    drawn = [_panel(panel, place * (room + 12), room, height - LEGEND) for place, panel in enumerate(panels)]
    names = {item.number: item.name for panel in panels for item in panel.lines}
    series = [(name, style(number)) for number, name in sorted(names.items())]
    below = legend(series, LEFT, height - 4, min(150, (width - LEFT) / max(len(series), 1)))
    return picture(width, height, title, description, Markup("").join([*drawn, below]))


def _panel(panel: Panel, left: float, room: float, height: float) -> Markup:
    x = Scale(panel.x.low, panel.x.high, left + LEFT, left + room - RIGHT, panel.x.percent)
    y = Scale(panel.y.low, panel.y.high, height - BOTTOM, TOP, panel.y.percent)
    parts = [words(left + LEFT, TOP - 10, panel.title), *_axes(panel, x, y, height)]
    if panel.diagonal:
        most = min(panel.x.high, panel.y.high)
        parts.append(line(x.at(0), y.at(0), x.at(most), y.at(most), SOFT, 1, "3 3"))
    if panel.level is not None:
        parts.append(line(x.start, y.at(panel.level), x.end, y.at(panel.level), SOFT, 1, "3 3"))
    parts += [_band(item, x, y) for item in panel.lines]
    parts += [_line(item, x, y) for item in panel.lines]
    return Markup("").join(parts)


def _axes(panel: Panel, x: Scale, y: Scale, height: float) -> list[Markup]:
    parts = []
    for value in y.ticks():
        parts += [
            line(x.start, y.at(value), x.end, y.at(value)),
            words(x.start - 5, y.at(value) + 4, y.shown(value), "end", TICK, SOFT),
        ]
    names = panel.x.names
    for value in range(len(names)) if names else x.ticks(4):
        every = -(-len(names) // max(1, int((x.end - x.start) // 52))) if names else 1
        if value % every == 0 if names else True:
            text = names[int(value)] if names else x.shown(value, 4)
            parts += [
                line(x.at(value), y.start, x.at(value), y.start + 4, GRID),
                words(
                    x.at(value),
                    y.start + 16,
                    text,
                    "end" if names and x.at(value) > x.end - 12 else "middle",
                    TICK,
                    SOFT,
                ),
            ]
    parts.append(line(x.start, y.start, x.end, y.start, SOFT))
    parts.append(words((x.start + x.end) / 2, height - 9, panel.x.name, "middle", TICK))
    return parts


def _band(item: Line, x: Scale, y: Scale) -> Markup:
    if not item.band:
        return Markup("")
    there = [(x.at(place), y.at(high)) for place, _, high in item.band]
    back = [(x.at(place), y.at(low)) for place, low, _ in reversed(item.band)]
    points = " ".join(f"{px:.1f},{py:.1f}" for px, py in there + back)
    return Markup('<polygon points="{}" fill="{}" fill-opacity="0.16"/>').format(points, style(item.number).colour)


def _line(item: Line, x: Scale, y: Scale) -> Markup:
    how, runs, run = style(item.number), [], list[tuple[float, float]]()
    for place, value in [*item.points, (0.0, None)]:
        if value is None:
            runs += [run] if run else []
            run = []
        else:
            run.append((x.at(place), y.at(value)))
    drawn = [
        Markup('<polyline points="{}" fill="none" stroke="{}" stroke-width="1.8"{}/>').format(
            " ".join(f"{px:.1f},{py:.1f}" for px, py in found),
            how.colour,
            Markup(' stroke-dasharray="{}"').format(how.dash) if how.dash else "",
        )
        for found in runs
        if len(found) > 1
    ]
    few = sum(map(len, runs)) <= MARKED
    marks = [mark(px, py, how, 3) for found in runs for px, py in found] if few else []
    return Markup("").join([*drawn, *marks])
