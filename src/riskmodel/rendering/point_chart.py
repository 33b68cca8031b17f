"""Clouds of points: how much every feature moved the score (beeswarm), and how that depends on its value.

Points of one colour are one path of dots, a tenth of the size of so many circles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from riskmodel.rendering.chart_frame import INK, SOFT, TICK, Scale, fitted, line, picture, rectangle, words
from riskmodel.rendering.messages import Words

RAMP: Final = ("#f0b64c", "#c9a27a", "#7c8aa5", "#3f5f94", "#12285c")
"""From low to high values: light amber to dark blue, which stays in order in grey and for the colour-blind."""
UNKNOWN: Final = "#9aa3ae"
LANE: Final = 30.0
NAMES: Final = 216.0
EDGE: Final = 0.002
"""Share of the points on each side that a beeswarm sets at its edge, so that a few do not press all others together."""
TOP, BOTTOM = 8.0, 62.0


@dataclass(frozen=True)
class Swarm:
    """One feature: what it added (n,) and how high its value is (n,), from 0 to 1, NaN where it is not known."""

    name: Words
    added: NDArray[np.float64] = field(repr=False)
    height: NDArray[np.float64] = field(repr=False)


@dataclass(frozen=True)
class Cloud:
    """Values (n,), NaN = not known, and what they added (n,), of one feature."""

    name: Words
    axis: Words
    values: NDArray[np.float64] = field(repr=False)
    added: NDArray[np.float64] = field(repr=False)


def beeswarm(swarms: Sequence[Swarm], axis: Words, key: tuple[Words, Words, Words], title: Words, description: Words,
             *, width: float = 700) -> Markup:  # fmt: skip
    """A lane per feature, its points piled up where many agree. `key`: words for low, high and unknown values."""
    added = np.concatenate([np.zeros(1), *(swarm.added for swarm in swarms)])
    low, high = np.quantile(added, (EDGE, 1 - EDGE))
    pad = 0.04 * max(high - low, 0.01)
    scale = Scale(float(low - pad), float(high + pad), NAMES + 10, width - 12)
    floor = TOP + LANE * len(swarms)
    parts = [words((scale.start + scale.end) / 2, floor + 32, axis, "middle", TICK), *_ground(scale, floor)]
    for place, swarm in enumerate(swarms):
        middle = TOP + LANE * place + LANE / 2
        parts.append(fitted(NAMES, middle + 4, swarm.name, NAMES - 2, TICK))
        parts.append(line(scale.start, middle, scale.end, middle))
        parts.append(_dots(scale, swarm, middle))
    parts.append(_key(key, NAMES + 10, floor + 54))
    return picture(width, floor + BOTTOM, title, description, Markup("").join(parts))


def dependence(clouds: Sequence[Cloud], axis: Words, unknown: Words, title: Words, description: Words,
               *, width: float = 700, across: int = 2) -> Markup:  # fmt: skip
    """A panel per feature: its value across, what it added up; points of unknown value stand at the left, apart.

    Every panel has a scale of its own: a feature that matters for few households would flatten all others.
    """
    room, tall = (width - 20 * (across - 1)) / across, 172.0
    parts = []
    for place, cloud in enumerate(clouds):
        left, top = (place % across) * (room + 20), (place // across) * tall
        parts.append(_cloud(cloud, left, top, room, tall, unknown))
    height = tall * -(-len(clouds) // across) + 20
    parts.append(words(0, height - 5, axis, size=TICK, fill=SOFT))
    return picture(width, height, title, description, Markup("").join(parts))


def piled(places: NDArray[np.float64], most: float, width: float = 3.0) -> NDArray[np.float64]:
    """How far (n,) each point stands from the middle of its lane so that points at one place lie beside each other.

    At most `most` pixels: a higher pile is pressed together.
    """
    bins = np.round(places / width).astype(np.int64)
    order = np.argsort(bins, kind="stable")
    _, first, count = np.unique(bins[order], return_index=True, return_counts=True)
    rank = np.arange(len(bins)) - np.repeat(first, count)
    side = np.where(rank % 2 == 0, 1.0, -1.0) * ((rank + 1) // 2)
    tallest = np.repeat((count + 1) // 2, count)
    offset = np.empty(len(bins))
    offset[order] = side * np.minimum(width, most / np.maximum(tallest, 1))
    return offset


def _dots(scale: Scale, swarm: Swarm, middle: float) -> Markup:
    x = np.array([scale.at(float(value)) for value in swarm.added])
    y = middle + piled(x, LANE / 2 - 3) if len(x) else x
    known = ~np.isnan(swarm.height)
    level = np.minimum(np.nan_to_num(swarm.height) * len(RAMP), len(RAMP) - 1).astype(int)
    paths = [_path(x[~known], y[~known], UNKNOWN)]
    paths += [_path(x[known & (level == number)], y[known & (level == number)], c) for number, c in enumerate(RAMP)]
    return Markup("").join(paths)


def _path(x: NDArray[np.float64], y: NDArray[np.float64], colour: str, size: float = 3.6) -> Markup:
    if not len(x):
        return Markup("")
    dots = "".join(f"M{px:.1f},{py:.1f}h0" for px, py in zip(x, y, strict=True))
    form = '<path d="{}" stroke="{}" stroke-width="{}" stroke-linecap="round" fill="none"/>'
    return Markup(form).format(dots, colour, size)


def _ground(scale: Scale, floor: float) -> list[Markup]:
    parts = [line(scale.at(0), TOP, scale.at(0), floor, SOFT)]
    for value in scale.ticks(6):
        parts.append(line(scale.at(value), floor, scale.at(value), floor + 4, SOFT))
        parts.append(words(scale.at(value), floor + 16, scale.shown(value, 6), "middle", TICK, SOFT))
    return [*parts, line(scale.start, floor, scale.end, floor, SOFT)]


def _key(key: tuple[Words, Words, Words], x: float, y: float) -> Markup:
    low, high, unknown = key
    boxes = [rectangle(x + 84 + 18 * place, y - 10, 18, 11, colour) for place, colour in enumerate(RAMP)]
    end = x + 84 + 18 * len(RAMP)
    return Markup("").join([
        words(x + 78, y, low, "end", TICK), *boxes, words(end + 6, y, high, "start", TICK),
        rectangle(end + 110, y - 10, 11, 11, UNKNOWN), words(end + 127, y, unknown, "start", TICK),
    ])  # fmt: skip


def _cloud(cloud: Cloud, left: float, top: float, room: float, tall: float, unknown: Words) -> Markup:
    known = ~np.isnan(cloud.values)
    inside = cloud.values[known]
    low, high = (float(inside.min()), float(inside.max())) if len(inside) else (0.0, 1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    some = bool((~known).any())
    x = Scale(low, high, left + (104 if some else 46), left + room - 10)
    least, most = min(float(cloud.added.min()), 0.0), max(float(cloud.added.max()), 0.01)
    pad = 0.05 * (most - least)
    y = Scale(least - pad, most + pad, top + tall - 48, top + 24)
    parts = [words(left + 40, top + 15, cloud.name, fill=INK)]
    for value in y.ticks(4):
        parts.append(line(left + 38, y.at(value), x.end, y.at(value), SOFT if value == 0 else "#dfe4ea"))
        parts.append(words(left + 34, y.at(value) + 4, y.shown(value, 4), "end", TICK, SOFT))
    for value in x.ticks(4):
        parts.append(line(x.at(value), y.start, x.at(value), y.start + 4, SOFT))
        parts.append(words(x.at(value), y.start + 16, x.shown(value, 4), "middle", TICK, SOFT))
    parts.append(words((x.start + x.end) / 2, y.start + 31, cloud.axis, "middle", TICK, SOFT))
    if some:
        spread = left + 55 + 14 * np.linspace(0, 1, int((~known).sum()))
        parts.append(_path(spread, np.array([y.at(float(v)) for v in cloud.added[~known]]), UNKNOWN))
        parts.append(words(left + 62, y.start + 16, unknown, "middle", TICK - 1, SOFT))
    px = np.array([x.at(float(value)) for value in inside])
    parts.append(_path(px, np.array([y.at(float(v)) for v in cloud.added[known]]), "#0072b2", 3.2))
    return Markup("").join(parts)
