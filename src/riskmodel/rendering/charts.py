"""Charts as SVG: no script, no network, and every number also as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

WIDTH: Final = 560
HEIGHT: Final = 150
"""Of the bars, in pixels; the labels stand below."""
LABELS: Final = 34
MOST_LABELS: Final = 10
COLOUR: Final = "#1f4e79"


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram."""

    label: str
    """What stands below it."""
    share: float
    """0 to 1, of all that is shown."""


def histogram(bars: Sequence[Bar], title: str) -> Markup:
    """Bars from left to right, the highest as high as the picture; each tells its label and share when pointed at.

    `title` is what a screen reader says. Without bars, a picture that says so.
    """
    if not bars:
        return _picture(title, Markup('<text x="{}" y="{}" text-anchor="middle">无数据 no data</text>').format(280, 75))
    step, most = WIDTH / len(bars), max(bar.share for bar in bars) or 1.0
    every = -(-len(bars) // MOST_LABELS)
    drawn = Markup("").join(
        _bar(bar, place * step, step, bar.share / most, labelled=place % every == 0) for place, bar in enumerate(bars)
    )
    return _picture(title, drawn)


def _bar(bar: Bar, left: float, step: float, height: float, *, labelled: bool) -> Markup:
    pixels = height * HEIGHT
    rectangle = Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"><title>{}: {}</title></rect>'
    ).format(left + 1, HEIGHT - pixels, max(step - 2, 1), pixels, COLOUR, bar.label, f"{bar.share:.1%}")
    if not labelled:
        return rectangle
    label = Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>')
    return rectangle + label.format(left + step / 2, HEIGHT + 16, bar.label)


def _picture(title: str, inside: Markup) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{0}" width="{1}" height="{2}" '
        'viewBox="0 0 {1} {2}" font-family="sans-serif" font-size="11"><title>{0}</title>{3}'
        '<line x1="0" y1="{4}" x2="{1}" y2="{4}" stroke="#888"/></svg>'
    ).format(title, WIDTH, HEIGHT + LABELS, inside, HEIGHT)
