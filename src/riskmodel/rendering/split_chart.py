"""The picture of a split: as-of dates across, parts of the places down, in the colours of training, gap and test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from markupsafe import Markup

from riskmodel.rendering.chart_frame import GRID, SOFT, TICK, line, picture, rectangle, words
from riskmodel.rendering.messages import Words

Use = Literal["train", "gap", "test", "none"]

FILLS: Final[dict[Use, str]] = {"train": "#8fb8dc", "gap": "#eceff3", "test": "#c8551b", "none": "#ffffff"}
"""In grey: middle, light, dark, white."""
CELL: Final = 15.0
GAP: Final = 24.0
HEAD: Final = 18.0
LEFT: Final = 66.0


@dataclass(frozen=True)
class Cut:
    """One fold: what every part (outer) was used for on every date (inner)."""

    title: Words
    uses: Sequence[Sequence[Use]] = field(repr=False)


def split_chart(
    cuts: Sequence[Cut | None],
    dates: Sequence[str],
    names: dict[Use, Words],
    title: Words,
    description: Words,
    *,
    across: int,
    parts: Sequence[Words],
    width: float = 700,
) -> Markup:
    """The cuts in rows of `across`, with the first and last date below every column and the colours explained.

    None = a place without a cut. `parts`: names of the rows of a cut. Raises ValueError for a cut with another number
    of dates.
    """
    if any(len(row) != len(dates) for cut in cuts if cut for row in cut.uses):
        raise ValueError(f"every row of a cut needs {len(dates)} uses, one per date")
    room = (width - LEFT - 2 - GAP * (across - 1)) / across
    step, drawn, top = min(room / max(len(dates), 1), 34.0), [], 4.0
    for start in range(0, len(cuts), across):
        row = cuts[start : start + across]
        drawn += [_cut(cut, LEFT + place * (room + GAP), top, step) for place, cut in enumerate(row) if cut]
        deepest = max(len(cut.uses) for cut in row if cut)
        drawn += [
            words(LEFT - 8, top + HEAD + CELL * place + 11, name, "end", TICK, SOFT)
            for place, name in enumerate(parts[:deepest])
        ]
        top += HEAD + CELL * deepest + 8
    drawn += [_dates(dates, LEFT + place * (room + GAP), top, step) for place in range(min(across, len(cuts)))]
    drawn.append(_key(names, top + 40))
    return picture(width, top + 50, title, description, Markup("").join(drawn))


def _cut(cut: Cut, left: float, top: float, step: float) -> Markup:
    parts = [words(left, top + HEAD - 5, cut.title, size=TICK)]
    for number, row in enumerate(cut.uses):
        for place, use in enumerate(row):
            parts.append(_cell(use, left + place * step, top + HEAD + CELL * number, step))
    return Markup("").join(parts)


def _cell(use: Use, x: float, y: float, step: float) -> Markup:
    outline = Markup(' stroke="{}" stroke-width="0.8" data-use="{}"').format(SOFT if use != "none" else GRID, use)
    drawn = rectangle(x, y, step, CELL, FILLS[use], outline)
    if use == "gap":  # hatched, so that it differs from an unused cell in print
        drawn += line(x, y + CELL, x + step, y, SOFT, 0.6)
    return drawn


def _dates(dates: Sequence[str], left: float, top: float, step: float) -> Markup:
    if not dates:
        return Markup("")
    right = left + step * len(dates)
    return words(left, top + 8, dates[0][:7], "start", TICK, SOFT) + words(
        right, top + 8, dates[-1][:7], "end", TICK, SOFT
    )


def _key(names: dict[Use, Words], y: float) -> Markup:
    parts = []
    for place, (use, name) in enumerate(names.items()):
        x = LEFT + place * 160
        parts += [_cell(use, x, y - 11, 20), words(x + 26, y, name, size=TICK)]
    return Markup("").join(parts)
