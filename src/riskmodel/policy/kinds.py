"""Which kinds of policy numbers exist: title, unit, meaning, and whether a run can do without."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from riskmodel.errors import PolicyError


@dataclass(frozen=True, slots=True)
class Unit:
    """How a value of this unit is written, and between which bounds it must lie."""

    code: str
    zh: str
    least: float = 0
    most: float = float("inf")
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of policy number; `required` = a monthly run stops where nothing is in force."""

    name: str
    zh: str
    unit: str
    required: bool
    meaning: str


UNITS: dict[str, Unit] = {
    unit.code: unit
    for unit in (
        Unit("yuan", "元"),
        Unit("yuan/person/year", "元/人/年"),
        Unit("yuan/year", "元/年"),
        Unit("yuan/month", "元/月"),
        Unit("yuan/person/month", "元/人/月"),
        Unit("yuan/school year", "元/学年"),
        Unit("yuan/stay", "元/次住院"),
        Unit("days", "天", whole=True),
        Unit("working days", "工作日", whole=True),
        Unit("months", "个月", whole=True),
        Unit("years of age", "周岁", most=150, whole=True),
        Unit("day of the month", "日", least=1, most=28, whole=True),
        Unit("month of the year", "月份", least=1, most=12, whole=True),
        Unit("cases", "例", whole=True),
        Unit("persons", "人", whole=True),
        Unit("households", "户", whole=True),
        Unit("share", "占比", most=1),
        Unit("ratio", "倍"),
        Unit("probability", "概率", most=1),
    )
}
"""Known units. A day of the month is at most 28, so that every month has it."""


def _read_kinds() -> dict[str, Kind]:
    text = files("riskmodel.policy").joinpath("kinds.toml").read_text(encoding="utf-8")
    return {name: Kind(name=name, **fields) for name, fields in tomllib.loads(text).items()}


KINDS: dict[str, Kind] = _read_kinds()
"""Every known kind by name, in order of the documentation; declared in `kinds.toml`."""


def kind_named(name: str) -> Kind:
    """The kind with this name; PolicyError with the nearest known names if there is none."""
    if name in KINDS:
        return KINDS[name]
    raise PolicyError(f"Unknown kind of policy value {name!r}. {nearest(name, KINDS)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """One sentence that points from a mistyped word to what may have been meant."""
    names = list(known)
    matches = _close(word, names)
    return f"Did you mean {' or '.join(matches)}?" if matches else f"Known: {', '.join(names)}."


def nearest_zh(word: str, known: Iterable[str]) -> str:
    """The same in Chinese."""
    names = list(known)
    matches = _close(word, names)
    return f"是否指{'或'.join(matches)}？" if matches else f"可用的有：{'、'.join(names)}。"


def _close(word: str, names: list[str]) -> list[str]:
    return difflib.get_close_matches(word, names, n=2, cutoff=0.6)
