"""Words on matplotlib's pictures: Chinese and English where a font for Chinese is installed, else English alone."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

FONTS: Final = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "SimHei"),
    *("PingFang SC", "Heiti SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback"),
    *(
        "Noto Sans CJK JP",
        "Noto Sans CJK TC",
        "Arial Unicode MS",
    ),  # these have all the characters, drawn a little otherwise
)
"""Fonts with simplified Chinese, the liked ones first."""


def words(zh: str, en: str) -> str:
    """Both, where matplotlib can draw Chinese (see `use_chinese_font`); else the English ones."""
    return f"{zh} {en}" if chinese_font(_installed()) else en


def use_chinese_font() -> str | None:
    """Let matplotlib of this process draw with a font for Chinese; the font, or None where none is installed."""
    import matplotlib

    found = chinese_font(_installed())
    if found is not None:
        matplotlib.rcParams["font.family"] = [found, "DejaVu Sans"]
    return found


def chinese_font(installed: Collection[str]) -> str | None:
    """The first of `FONTS` among the names of installed fonts."""
    return next((name for name in FONTS if name in installed), None)


@cache
def _installed() -> frozenset[str]:
    """Names of the fonts of this machine, those that came after matplotlib wrote its list included."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    listed = {font.fname for font in fontManager.ttflist}
    for path in findSystemFonts():
        if path not in listed:
            with suppress(OSError, RuntimeError, ValueError):  # a file that is no font, or one without outlines
                fontManager.addfont(path)
    return frozenset(font.name for font in fontManager.ttflist)
