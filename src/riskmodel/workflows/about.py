"""What a feature is about: its main table, the date that is told beside its value, and why that is missing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY
from riskmodel.features.absence import Absence, absence
from riskmodel.features.dating import Dating, dating, event, year_meant
from riskmodel.features.origins import NEWEST, STATE
from riskmodel.features.reading import most_read
from riskmodel.features.windows import PREPARED
from riskmodel.rendering.messages import Words
from riskmodel.scoring.score import VALUE
from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from riskmodel.features import Feature
    from riskmodel.rendering.values import Absent, Dated, When

_MAINLY: Final = {"development_lacking": "measures"}
"""Features that ask something else before what they are about."""
_YEAR: Final = Words("年度", "of the year")
"""What labels say of a calendar year, see `features.dating.OF_YEAR`."""
_SURVEYS: Final = "surveys"
_NEEDED: Final = {"stay_to_warning": ("bills",)}
"""Features that have a value without a row of their other tables, which then count as nothing there."""
_WHEN: Final[Mapping[Dating, When]] = {
    Dating.ROW: "row",
    Dating.NEWEST: "newest",
    Dating.AS_OF: "as_of",
    Dating.MONTHS_AHEAD: "ahead",
}
"""What a date is in words; the others are days of events."""
_ABSENT: Final[Mapping[Absence, Absent]] = {
    Absence.NO_RECORD: "no_record",
    Absence.NOT_KNOWN: "not_known",
    Absence.NOT_APPLICABLE: "not_applicable",
    Absence.EITHER: "either",
}


@cache
def mainly_read(name: str) -> str:
    """The prepared table that a feature is mainly about: the first that it asks, else the household's own state."""
    return _MAINLY.get(name) or next(iter(tables_asked(name)), STATE)


@cache
def tables_asked(name: str) -> tuple[str, ...]:
    """The prepared tables that a feature asks, in its order."""
    return tuple(asked.prepared for asked in most_read(known_feature(name)).asked)


@cache
def tables_needed(name: str) -> tuple[str, ...]:
    """The prepared tables without a row of which a feature may be missing, the surest first.

    The survey comes first: no full list ever stands for one, and the line and the net income are taken from it. Of the
    other tables a full list may say that nothing is there, which is a value.
    """
    needed = _NEEDED.get(name, tables_asked(name))
    return tuple(sorted(needed, key=lambda table: table != _SURVEYS))


@cache
def of_others(name: str) -> bool:
    """Whether a feature tells of the other households of the village."""
    return most_read(known_feature(name)).of_others


def known_feature(name: str) -> Feature:
    """The declared feature of this name. Raises UsageError for one of another version, with what to do."""
    found = REGISTRY.get(name)
    if found is None:
        raise UsageError(
            f"the scores speak of {name}, which this version does not declare. Score that date again. / "
            f"评估结果中的特征 {name} 在本版程序中没有。请重新评估该日期。"
        )
    return found


def stored_table(prepared: str) -> str:
    """Table of the lake whose rows a prepared table has."""
    return PREPARED[prepared].tables[0] if prepared in PREPARED else prepared


@cache
def prepared_alike(prepared: str) -> tuple[str, ...]:
    """The other prepared tables with rows of the same table of the lake."""
    stored = stored_table(prepared)
    return tuple(name for name, other in PREPARED.items() if name != prepared and other.tables[0] == stored)


def label_of(name: str, as_of: date, before: date | None = None) -> Words:
    """The label of a feature as of a day, with the calendar year that is meant where it tells of one.

    `before`: the day of an earlier value that it is told beside; of another year, both are named.
    """
    declared = known_feature(name)
    zh, en = declared.label, declared.english
    year, was = year_meant(declared, as_of), year_meant(declared, before or as_of)
    if year is None:
        return Words(zh, en)
    if year == was:
        return Words(zh.replace(_YEAR.zh, f"{year}年"), en.replace(_YEAR.en, f"of {year}"))
    return Words(zh.replace(_YEAR.zh, f"{was}年、{year}年各自"), en.replace(_YEAR.en, f"of {was}, then of {year},"))


def date_beside(name: str, value: float | None, newest: date | None, as_of: date) -> tuple[date | None, Dated, When]:
    """The date that is told beside the value of a feature, how finely, and what it is of.

    `newest`: day of the newest row of its main table, None = no row.
    """
    of, finely = dating(known_feature(name)), _finely(mainly_read(name))
    when = _WHEN.get(of, "event")
    if of is Dating.AS_OF:
        return as_of, "day", when
    if not of.of_event:
        return newest, finely, when
    day = event(of, value, as_of)
    if of is Dating.DAYS_AGO:
        return day and (day.replace(day=1) if finely == "month" else day), finely, when
    return day, "year" if of is Dating.YEAR_ENDED else "month", when


def why_missing(name: str, row: Mapping[str, Any]) -> Absent:
    """Why a value is missing in a row of a result table."""
    if of_others(name):
        return "either"
    values = {key.removeprefix(VALUE): value for key, value in row.items() if key.startswith(VALUE)}
    return _ABSENT[absence(known_feature(name), values, row.get(f"{NEWEST}{mainly_read(name)}"), row["as_of"])]


def _finely(prepared: str) -> Dated:
    """How finely the rows of a prepared table are dated."""
    spec = TABLES[stored_table(prepared)]
    if spec.event == "term":
        return "term"
    return "month" if spec.facts[spec.event].type is Type.MONTH else "day"
