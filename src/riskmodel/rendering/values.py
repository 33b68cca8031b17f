"""Values as people write them: numbers with their units, dates, departments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from riskmodel.rendering.messages import messages

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.rendering.messages import Language

TELL: Final = messages("explanation")
Dated = Literal["day", "month", "term", "year"]
"""How finely a date is told."""
When = Literal["row", "newest", "as_of", "event", "ahead"]
"""What a date is: of the row that says it, of the newest information, the as-of date, of an event past or to come."""
Absent = Literal["no_record", "not_known", "not_applicable", "either"]
"""Why a value is missing; either: not known, or there is nothing to know."""
CODED: Final = ("是否", "级")
"""Units of features whose values are words."""
SMALL: Final = 0.1
"""A ratio below it is told in percent whatever it is compared with."""
_FROM: Final = {"倍": 1.0, "比例": 2.0}
"""From which value on a ratio is told in times rather than in percent."""


def shown_value(value: float | None, unit: str, language: Language, beside: float | None = None) -> str:
    """A value with its unit; a missing one says so. `beside`: another value that it is to be compared with."""
    if value is None:
        return TELL.text("missing", language)
    if unit in _FROM and not in_times(value, unit, beside):
        return percent(value)
    if unit in _FROM:
        return TELL.text("unit.倍", language, value=f"{value:z.2f}")
    number = f"{value:z,.0f}" if value == round(value) or unit == "元" else f"{value:z,.1f}"
    key = f"unit.{unit}.one" if number == "1" and f"unit.{unit}.one" in TELL else f"unit.{unit}"
    return TELL.text(key, language, value=number) if key in TELL else number


def shown_unit(unit: str, language: Language) -> str:
    """A unit by itself."""
    return TELL.text(f"unit_name.{unit}", language)


def shown_amount(fen: int, language: Language) -> str:
    """An amount of money, to the fen where it is not of whole yuan."""
    yuan, rest = divmod(abs(fen), 100)
    number = f"{'-' if fen < 0 else ''}{yuan:,}{f'.{rest:02}' if rest else ''}"
    return TELL.text("unit.元", language, value=number)


def in_times(value: float, unit: str, beside: float | None = None) -> bool:
    """Whether a ratio is told in times: where it is large, or is compared with a large one and not very small."""
    least = _FROM[unit]
    return abs(value) >= least or (abs(beside or 0.0) >= least and abs(value) >= SMALL)


def percent(value: float) -> str:
    """A share in percent; just below all of it, or below one percent, with a decimal."""
    fine = 0.985 <= abs(value) < 0.9995 or 0.0005 <= abs(value) < 0.00995
    return f"{value * 100:z.1f}%" if fine else f"{value * 100:z.0f}%"


def shown_date(day: date, dated: Dated, language: Language) -> str:
    """A date, a month, a school term or a year."""
    kind: str = dated
    if dated == "term":
        kind = "spring" if day.month < 9 else "autumn"
    return TELL.text(f"date.{kind}", language, year=day.year, month=day.month, day=day.day)


def shown_source(code: str, language: Language) -> str:
    """A department."""
    return TELL.text(f"source.{code}", language)
