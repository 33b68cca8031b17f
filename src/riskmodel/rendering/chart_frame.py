"""What all charts of a report share: scales, ticks, axes, marks that can be told apart without colour, the frame.

A chart is drawn in units of one pixel on a screen and shrinks with its column, so that it is never cut on paper. Its
parts are filled in with `%`, which takes a third of the time that `Markup.format` takes and escapes as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from riskmodel.rendering.messages import Words, same

if TYPE_CHECKING:
    from collections.abc import Iterable

INK: Final = "#1c2430"
SOFT: Final = "#5b6675"
GRID: Final = "#dfe4ea"
TEXT: Final = 12
"""Size of the letters; on A4 about 9 points."""
TICK: Final = 11


@dataclass(frozen=True)
class Style:
    """How a series is told from the others: colour (Okabe and Ito's), dashes of its line, shape of its marks."""

    colour: str
    dash: str
    mark: str


STYLES: Final = (
    Style("#0072b2", "", "circle"),
    Style("#d55e00", "7 3", "square"),
    Style("#009e73", "2 3", "triangle"),
    Style("#8c5a8c", "9 3 2 3", "diamond"),
    Style("#4d4d4d", "4 2", "cross"),
    Style("#000000", "1 2", "ring"),
)
"""One after the other; a seventh series looks like the first."""


def style(number: int) -> Style:
    """The style of the series with this number."""
    return STYLES[number % len(STYLES)]


@dataclass(frozen=True)
class Scale:
    """Values from `low` to `high` on pixels from `start` to `end`; both may fall."""

    low: float
    high: float
    start: float
    end: float
    percent: bool = False

    def at(self, value: float) -> float:
        """The pixel of a value; what lies outside stands at the edge."""
        inside = min(max(value, min(self.low, self.high)), max(self.low, self.high))
        span = self.high - self.low
        return self.start + (self.end - self.start) * ((inside - self.low) / span if span else 0.5)

    def ticks(self, most: int = 5) -> list[float]:
        """Round values from low to high, at most so many and one."""
        return round_values(self.low, self.high, most)

    def shown(self, value: float, most: int = 5) -> str:
        """A tick as it is written, one of `ticks(most)`."""
        step = self.ticks(most)
        width = abs(step[1] - step[0]) if len(step) > 1 else 1.0
        if self.percent:
            return f"{value:.{0 if width >= 0.01 else 1 if width >= 0.001 else 2}%}"
        return f"{value:,.{max(0, -math.floor(math.log10(width) + 1e-9)) if width < 1 else 0}f}"


def round_values(low: float, high: float, most: int = 5) -> list[float]:
    """Values of 1, 2, 3, 4 or 5 times a power of ten apart inside the limits, at most `most` + 1 of them."""
    span = high - low
    if not span > 0:
        return [low]
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * factor for factor in (1, 2, 3, 4, 5, 10) if span / (power * factor) <= most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def upper(values: Iterable[float | None], least: float = 0.0) -> float:
    """A round number that no value exceeds, and at least `least`."""
    most = max([value for value in values if value is not None] + [least])
    if most < 1e-300:
        return 1.0
    power = 10.0 ** math.floor(math.log10(most))
    return next(power * factor for factor in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if most <= power * factor * (1 + 1e-9))


def words(x: float, y: float, text: Words | str, anchor: str = "start", size: float = TEXT, fill: str = INK) -> Markup:
    """Text at a place, in both languages; the style sheet shows one."""
    told = same(text) if isinstance(text, str) else text
    spoken = [("", told.zh)] if told.zh == told.en else [("zh", told.zh), ("en", told.en)]
    return Markup("").join(_text(x, y, said, anchor, size, fill, language) for language, said in spoken)


def fitted(x: float, y: float, text: Words, room: float, size: float = TEXT) -> Markup:
    """A name that ends at x and takes at most `room` pixels: on two smaller lines where it is longer."""
    drawn = []
    for language, said in [("", text.zh)] if text.zh == text.en else [("zh", text.zh), ("en", text.en)]:
        if wide(said, size) <= room:
            lines = [(y, said, size)]
        else:
            first, second = _halves(said)
            small = min(size * 0.88, size * 0.88 * room / max(wide(first, size * 0.88), wide(second, size * 0.88), 1))
            lines = [(y - 5.5, first, small), (y + 5, second, small)]
        for height, part, letters in lines:
            drawn.append(_text(x, height, part, "end", letters, INK, language))
    return Markup("").join(drawn)


def wide(text: str, size: float) -> float:
    """About how many pixels a text takes: a Chinese character is square, a letter half as wide."""
    return size * sum(1.0 if ord(sign) > _LETTERS else 0.5 for sign in text)


def line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID, width: float = 1, dash: str = "") -> Markup:
    """A straight line."""
    dashed = Markup(' stroke-dasharray="%s"') % dash if dash else ""
    form = '<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%g"%s/>'
    return Markup(form) % (x1, y1, x2, y2, colour, width, dashed)


def rectangle(x: float, y: float, width: float, height: float, fill: str, extra: Markup | str = "") -> Markup:
    """A filled rectangle; `extra`: further attributes."""
    form = '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"%s/>'
    return Markup(form) % (x, y, max(width, 0), height, fill, extra)


def mark(x: float, y: float, how: Style, size: float = 4) -> Markup:
    """The mark of a series at a place."""
    shapes = {
        "circle": "M{l:.1f},{y:.1f}a{s},{s} 0 1,0 {d},0a{s},{s} 0 1,0 -{d},0z",
        "ring": "M{l:.1f},{y:.1f}a{s},{s} 0 1,0 {d},0a{s},{s} 0 1,0 -{d},0z",
        "square": "M{l:.1f},{t:.1f}h{d}v{d}h-{d}z",
        "triangle": "M{x:.1f},{t:.1f}L{r:.1f},{b:.1f}H{l:.1f}z",
        "diamond": "M{x:.1f},{t:.1f}L{r:.1f},{y:.1f}L{x:.1f},{b:.1f}L{l:.1f},{y:.1f}z",
        "cross": "M{l:.1f},{t:.1f}L{r:.1f},{b:.1f}M{l:.1f},{b:.1f}L{r:.1f},{t:.1f}",
    }
    path = shapes[how.mark].format(x=x, y=y, s=size, d=2 * size, l=x - size, r=x + size, t=y - size, b=y + size)
    fill = "#ffffff" if how.mark == "ring" else "none" if how.mark == "cross" else how.colour
    return Markup('<path d="%s" fill="%s" stroke="%s" stroke-width="1.6"/>') % (path, fill, how.colour)


def legend(names: Iterable[tuple[Words, Style]], x: float, y: float, room: float, *, lines: bool = True) -> Markup:
    """The series with their marks from left to right, in equal columns of `room` pixels."""
    parts = []
    for place, (name, how) in enumerate(names):
        left = x + place * room
        if lines:
            parts.append(line(left, y - 4, left + 26, y - 4, how.colour, 2, how.dash))
        parts += [mark(left + 13, y - 4, how), words(left + 32, y, name, size=TICK)]
    return Markup("").join(parts)


def _text(x: float, y: float, said: str, anchor: str, size: float, fill: str, language: str) -> Markup:
    """Text in one language, or in none in particular."""
    marked = Markup(' lang="%s"') % language if language else ""
    form = '<text%s x="%.1f" y="%.1f" text-anchor="%s" font-size="%g" fill="%s">%s</text>'
    return Markup(form) % (marked, x, y, anchor, size, fill, said)


_LETTERS: Final = 0x2E7F
"""Signs beyond it are Chinese characters and their punctuation."""


def _halves(text: str) -> tuple[str, str]:
    """A text parted at the space (or else anywhere) nearest to its middle."""
    middle = len(text) / 2
    spaces = [place for place, sign in enumerate(text) if sign == " "] or [round(middle)]
    place = min(spaces, key=lambda found: abs(found - middle))
    return text[:place].rstrip(), text[place:].lstrip()


def picture(width: float, height: float, title: Words, description: Words, inside: Markup) -> Markup:
    """The chart as one image that a screen reader can name; it shrinks with its column."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {0:g} {1:g}" width="{0:g}" '
        'height="{1:g}" font-family="inherit"><title>{2}</title><desc>{3}</desc>{4}</svg>'
    ).format(width, height, str(title), str(description), inside)
