"""The terms of a logistic model: what one column adds to the margin, as plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from riskmodel.errors import BundleError
from riskmodel.models import strict_json
from riskmodel.models.columns import Column

Scale = Literal["linear", "signed_log", "log"]


@dataclass(frozen=True)
class NumberTerm:
    """slope * (value - centre) + present; a missing value counts as `fill` and adds `missing` instead of `present`.

    Values are clipped to low..high and brought to `scale`: as they are, `signed_log` sign(v) log(1 + |v|), or `log`;
    `centre` is on that scale. For `log`, low is above zero.
    """

    column: int
    scale: Scale
    low: float
    high: float
    fill: float
    centre: float
    slope: float
    present: float
    missing: float

    def effect(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each value adds to the margin."""
        absent = np.isnan(values)
        scaled = self.scaled(np.where(absent, self.fill, values))
        return self.slope * (scaled - self.centre) + np.where(absent, self.missing, self.present)

    def scaled(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Clipped values on the scale of the term."""
        clipped: NDArray[np.float64] = np.clip(values, self.low, self.high)
        if self.scale == "log":
            return np.log(clipped)
        return np.sign(clipped) * np.log1p(np.abs(clipped)) if self.scale == "signed_log" else clipped


@dataclass(frozen=True)
class LevelTerm:
    """A number for each level of a categorical column, and one for a missing level."""

    column: int
    levels: tuple[float, ...]
    missing: float

    def effect(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each level position adds to the margin."""
        table = np.array([*self.levels, self.missing])
        return table[np.where(np.isnan(values), len(self.levels), values).astype(np.intp)]


Term = NumberTerm | LevelTerm


def terms_to_json(terms: Sequence[Term]) -> list[dict[str, Any]]:
    """The terms as JSON objects."""
    return [asdict(term) for term in terms]


def terms_from_json(value: object, columns: Sequence[Column], where: str) -> tuple[Term, ...]:
    """The terms of JSON objects, at most one per column; BundleError when they do not fit the columns."""
    terms = tuple(_term(item, columns, f"{where} {i}") for i, item in enumerate(strict_json.items(value, where)))
    if len({term.column for term in terms}) != len(terms):
        raise BundleError(f"{where}: a column has two terms; {strict_json.REPAIR}")
    return terms


def _term(value: object, columns: Sequence[Column], where: str) -> Term:
    index = strict_json.whole(strict_json.mapping(value, where).get("column"), where)
    if not 0 <= index < len(columns):
        raise BundleError(f"{where} is about column {index} of {len(columns)}: {strict_json.REPAIR}")
    levels = columns[index].levels
    return _number_term(value, index, where) if levels is None else _level_term(value, index, len(levels), where)


def _number_term(value: object, index: int, where: str) -> NumberTerm:
    names = ("low", "high", "fill", "centre", "slope", "present", "missing")
    found = strict_json.record(value, ("column", "scale", *names), where)
    numbers = {name: strict_json.number(found[name], f"{where}, {name}") for name in names}
    if numbers["low"] > numbers["high"]:
        raise BundleError(f"{where}: low is above high; {strict_json.REPAIR}")
    scale = found["scale"]
    if scale not in get_args(Scale) or (scale == "log" and numbers["low"] <= 0):
        raise BundleError(f"{where}: scale {scale!r} is unknown or does not fit its range; {strict_json.REPAIR}")
    return NumberTerm(index, scale, **numbers)


def _level_term(value: object, index: int, levels: int, where: str) -> LevelTerm:
    found = strict_json.record(value, ("column", "levels", "missing"), where)
    effects = tuple(strict_json.number(item, where) for item in strict_json.items(found["levels"], where))
    if len(effects) != levels:
        raise BundleError(f"{where} has {len(effects)} numbers for {levels} levels: {strict_json.REPAIR}")
    return LevelTerm(index, effects, strict_json.number(found["missing"], where))
