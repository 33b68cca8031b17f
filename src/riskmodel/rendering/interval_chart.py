"""Dots, or bars, with whiskers: a number and its interval, by model or by group, panel beside panel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from markupsafe import Markup

from riskmodel.rendering.chart_frame import INK, SOFT, TICK, Scale, fitted, line, mark, picture, rectangle, style, words
from riskmodel.rendering.messages import Words

ROW: Final = 22.0
TOP, BOTTOM = 26.0, 24.0
GAP: Final = 36.0
BAR: Final = "#b9cbe0"
FAINT: Final = "#e3e6ea"


@dataclass(frozen=True)
class Dot:
    """A number with its limits; None = not known. `faint`: from too few to lean on. `expected`: a second number."""

    value: float | None
    low: float | None = None
    high: float | None = None
    number: int = 0
    """Which style it has."""
    faint: bool = False
    expected: float | None = None


@dataclass(frozen=True)
class Strip:
    """One panel: a number for every row."""

    title: Words
    dots: Sequence[Dot] = field(repr=False)
    low: float
    high: float
    percent: bool = False
    level: float | None = None
    """A value to mark over all rows, such as that of all households."""


def interval_chart(
    rows: Sequence[Words],
    strips: Sequence[Strip],
    title: Words,
    description: Words,
    *,
    bars: bool = False,
    width: float = 700,
    names: float = 150,
) -> Markup:
    """Rows from top to bottom, strips from left to right; `bars`: from the left edge to the value, below the whisker.

    `names`: pixels for the names of the rows. Raises ValueError for a strip with another number of dots.
    """
    if any(len(strip.dots) != len(rows) for strip in strips):
        raise ValueError(f"{len(rows)} rows need as many dots in every strip")
    height = TOP + ROW * len(rows) + BOTTOM
    room = (width - names - GAP * (len(strips) - 1) - 10) / len(strips)
    labels = [fitted(names - 8, _middle(place) + 4, name, names - 10) for place, name in enumerate(rows)]
    drawn = [_strip(strip, names + place * (room + GAP), room, height, bars=bars) for place, strip in enumerate(strips)]
    return picture(width, height, title, description, Markup("").join([*labels, *drawn]))


def _middle(place: int) -> float:
    return TOP + ROW * place + ROW / 2


def _strip(strip: Strip, left: float, room: float, height: float, *, bars: bool) -> Markup:
    scale = Scale(strip.low, strip.high, left, left + room, strip.percent)
    floor = height - BOTTOM
    parts = [words(left, TOP - 10, strip.title, size=TICK + 0.5)]
    most = min(10, max(2, int(room // 48)))
    for value in scale.ticks(most):
        parts.append(line(scale.at(value), TOP, scale.at(value), floor))
        parts.append(words(scale.at(value), floor + 15, scale.shown(value, most), "middle", TICK, SOFT))
    if strip.level is not None:
        parts.append(line(scale.at(strip.level), TOP - 4, scale.at(strip.level), floor, INK, 1.2, "5 3"))
    for place, dot in enumerate(strip.dots):
        parts.append(_dot(dot, scale, _middle(place), bars=bars))
    parts.append(line(left, floor, left + room, floor, SOFT))
    return Markup("").join(parts)


def _dot(dot: Dot, scale: Scale, y: float, *, bars: bool) -> Markup:
    if dot.value is None:
        return words(scale.start + 4, y + 4, "–", size=TICK, fill=SOFT)
    how, parts = style(dot.number), []
    if bars:
        outline = Markup(' stroke="{}" stroke-width="0.7"').format(SOFT)
        fill = FAINT if dot.faint else BAR
        parts.append(rectangle(scale.start, y - 7, scale.at(dot.value) - scale.start, 14, fill, outline))
    if dot.low is not None and dot.high is not None:
        colour = INK if bars else how.colour
        parts.append(line(scale.at(dot.low), y, scale.at(dot.high), y, colour, 1.4 if bars else 2))
        parts += [line(scale.at(end), y - 3.5, scale.at(end), y + 3.5, colour, 1.4) for end in (dot.low, dot.high)]
    if not bars:
        parts.append(mark(scale.at(dot.value), y, how))
    if dot.expected is not None:
        parts.append(mark(scale.at(dot.expected), y, style(1), 3.4))
    return Markup("").join(parts)
