"""What the operations of Polars that features use do to Python values, null = None; to the bit the same.

They stand under the names that Polars gives them when it writes down an expression, parameters included. An operation
that is not here cannot be used in a feature before it is added; the tests compare each one with Polars.
"""

from __future__ import annotations

import math
import operator
from calendar import monthrange
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from riskmodel.tables.plain_rows import Column


_BITS: Final = 2**64 - 1
"""A negative whole number has as many ones as its 64 bits."""


def _divided(amount: float, by: float) -> float:
    amount, by = float(amount), float(by)
    if by:
        return amount / by
    return math.nan if not amount or math.isnan(amount) else math.copysign(math.inf, amount) * math.copysign(1, by)


def _not(value: bool | int) -> bool | int:
    """The opposite of a claim; of a number, its other bits."""
    return not value if isinstance(value, bool) else ~value


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


OF_KNOWN: Final[Mapping[str, Callable[..., Any]]] = {
    "Plus": operator.add,
    "Minus": operator.sub,
    "Multiply": operator.mul,
    "TrueDivide": _divided,
    "FloorDivide": lambda amount, by: amount // by if by else None,
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Lt": operator.lt,
    "LtEq": operator.le,
    "Gt": operator.gt,
    "GtEq": operator.ge,
    "Negate": operator.neg,
    "Boolean Not": _not,
    "Boolean IsIn nulls_equal False": lambda value, among: value in among,
    "Clip has_min True has_max False": max,
    "Clip has_min True has_max True": lambda value, least, most: min(max(value, least), most),
    "Pow Sqrt": lambda value: math.sqrt(value) if value >= 0 else math.nan,
    "Bitwise CountOnes": lambda bits: (bits & _BITS).bit_count(),
    "TemporalExpr Year": operator.attrgetter("year"),
    "TemporalExpr Month": operator.attrgetter("month"),
    "TemporalExpr MonthEnd": _month_end,
    "TemporalExpr TotalDays fractional False": operator.attrgetter("days"),
    "Cast Float64": float,
    "Cast Int64": int,
    "Cast Int32": int,
    "Cast String": str,
}
"""Of one row each; where one of the values is null, so is the result."""


def _and(one: Any, other: Any) -> Any:
    """Of claims: no, where one of them does not hold, even beside one that is not known. Of numbers: bit by bit."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else one & other


def _or(one: Any, other: Any) -> Any:
    if one is True or other is True:
        return True
    return None if one is None or other is None else one | other


def _between(value: Any, least: Any, most: Any) -> Any:
    above = None if value is None or least is None else value >= least
    return _and(above, None if value is None or most is None else value <= most)


def _sum_of_known(*values: Any) -> Any:
    return sum(value for value in values if value is not None)


OF_ANY: Final[Mapping[str, Callable[..., Any]]] = {
    "And": _and,
    "Or": _or,
    "NotEqValidity": operator.ne,
    "Coalesce": lambda *values: next((value for value in values if value is not None), None),
    "Boolean IsNull": lambda value: value is None,
    "Boolean IsNotNull": lambda value: value is not None,
    "Boolean IsBetween closed Both": _between,
    "FillNull": lambda value, other: other if value is None else value,
    "SumHorizontal ignore_nulls True": _sum_of_known,
    "SumHorizontal ignore_nulls False": lambda *values: None if None in values else sum(values),
    "MaxHorizontal": lambda *values: max((value for value in values if value is not None), default=None),
}
"""Of one row each, null among the values."""


def _bits(values: Column) -> Column:
    known, found = [value for value in values if value is not None], 0
    for value in known:
        found |= value
    return [found if known else None]


def _replaced(values: Column, old: Column, new: Column, *others: Column) -> Column:
    """Each value by what stands for it; without `others` one that has nothing is an error, and null stays null."""
    meant = dict(zip(old[0], new[0], strict=True))
    if others:
        return [meant.get(value, others[0][0]) for value in values]
    return [None if value is None else meant[value] for value in values]


def _shifted(values: Column, by: Column) -> Column:
    rows, number = len(values), by[0]
    return ([None] * number + values)[:rows] if number >= 0 else (values + [None] * -number)[-rows:] if rows else []


OF_COLUMNS: Final[Mapping[str, Callable[..., Column]]] = {
    "Sum": lambda values: [sum(value for value in values if value is not None)],
    "Max": lambda values: [max((value for value in values if value is not None), default=None)],
    "Min": lambda values: [min((value for value in values if value is not None), default=None)],
    "First": lambda values: values[:1] or [None],
    "NUnique": lambda values: [len(set(values))],
    "Boolean Any ignore_nulls True": lambda values: [True in values],
    "Bitwise Or": _bits,
    "Filter": lambda values, holds: [value for value, kept in zip(values, holds, strict=True) if kept],
    "ReplaceStrict return_dtype Literal Int64": _replaced,
    "Shift": _shifted,
    "Range IntRange step 1 dtype Literal Int32": lambda first, end: list(range(first[0], end[0])),
    "Repeat": lambda values, times: values * times[0],
    "Reshape Infer": lambda values: values,
}
"""Of whole columns."""
