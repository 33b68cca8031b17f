"""One notice of a calendar file, read strictly: what is not understood is an error, never skipped."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from riskmodel.errors import PolicyError
from riskmodel.policy.kinds import nearest

Days = npt.NDArray[np.datetime64]
"""Calendar days as datetime64[D], what a polars column of dates gives with `to_numpy`; NaT where there is none."""

SATURDAY: Final = 5


@dataclass(frozen=True)
class CalendarYear:
    """One notice: the days off of a year, and its Saturdays and Sundays that are worked in exchange."""

    year: int
    holidays: tuple[tuple[str, date, date], ...]
    """Name, first and last day, weekends included."""
    working_weekends: tuple[date, ...]
    published_on: date
    source: str
    confirmed: bool
    file: str = field(compare=False)
    note: str = ""

    @cached_property
    def working_days(self) -> Days:
        """The working days of the year, ascending."""
        days = np.arange(f"{self.year}-01-01", f"{self.year + 1}-01-01", dtype="datetime64[D]")
        off = np.zeros(days.shape, dtype=bool)
        for _, first, last in self.holidays:
            off |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
        worked = np.isin(days, np.array(self.working_weekends, dtype="datetime64[D]"))
        return days[(np.is_busday(days) & ~off) | worked]


def read_calendars(folder: Traversable, shown: str) -> list[CalendarYear]:
    """All notices of the `*.toml` files of a folder; `shown` names the folder in messages.

    Raises PolicyError for a folder that is missing, a file that cannot be read, an entry that is not exactly right,
    and two notices of a year that were published on one day.
    """
    if not folder.is_dir():
        raise PolicyError(f"The calendar folder {shown} does not exist. Create it, or leave it out.")
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    notices = [notice for file in found for notice in _read_file(file, f"{shown}/{file.name}")]
    seen: dict[tuple[int, date], CalendarYear] = {}
    for notice in notices:
        first = seen.setdefault((notice.year, notice.published_on), notice)
        if first is not notice:
            raise PolicyError(
                f"{notice.file}: the year {notice.year}, published_on {notice.published_on}, stands in {first.file} "
                "already. Keep one; a notice that changes a year has its own published_on and states the whole year."
            )
    return notices


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file we are, for messages."""

    file: str
    number: int

    def error(self, key: str, problem: str) -> PolicyError:
        return PolicyError(f"{self.file}: [[year]] entry {self.number}, key {key}: {problem}")


def _read_file(file: Traversable, shown: str) -> Iterator[CalendarYear]:
    try:
        tree = tomllib.loads(file.read_bytes().decode("utf-8-sig"))  # editors on Windows put a byte order mark in front
    except UnicodeDecodeError as error:
        raise PolicyError(f"{shown} is not UTF-8 (byte {error.start}). Save it again with encoding UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"{shown} is not valid TOML: {error}. Dates stand without quotes.") from error
    entries = tree.pop("year", None)
    if tree or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        strange = f"{next(iter(tree))} is not known" if tree else "there is no [[year]]"
        raise PolicyError(f"{shown}: {strange}. Write the heading [[year]] before each year and its keys below it.")
    for number, entry in enumerate(entries, start=1):
        yield _entry(entry, _Place(shown, number))


def _entry(table: dict[str, Any], place: _Place) -> CalendarYear:
    _only_these(table, _FIELDS, "note", place, "")
    for key, type_ in (("year", int), ("source", str), ("confirmed", bool), ("note", str)):
        value = table.get(key, "")
        if key in table and (not isinstance(value, type_) or (type_ is int and isinstance(value, bool)) or value == ""):
            raise place.error(key, f"is {value!r}. Write {_FIELDS[key]}.")
    year = table["year"]
    if not 1949 <= year <= 9998:
        raise place.error("year", f"{year} is no year of the republic. Write {_FIELDS['year']}.")
    holidays = tuple(_holidays(table["holidays"], year, place))
    return CalendarYear(
        year=year,
        holidays=holidays,
        working_weekends=tuple(_working_weekends(table["working_weekends"], year, holidays, place)),
        published_on=_day(table["published_on"], "published_on", place),
        source=table["source"].strip(),
        confirmed=table["confirmed"],
        file=place.file,
        note=table.get("note", ""),
    )


def _holidays(given: Any, year: int, place: _Place) -> Iterator[tuple[str, date, date]]:
    """The holidays of an entry, which must follow each other without touching the same day."""
    if not isinstance(given, list) or not given:
        raise place.error("holidays", f"is {given!r}. Write {_FIELDS['holidays']}.")
    before = date(year - 1, 12, 31)
    for number, item in enumerate(given, start=1):
        key = f"holidays, item {number}"
        if not isinstance(item, dict):
            raise place.error(key, f"is {item!r}. Write {_HOLIDAY}.")
        _only_these(item, _HOLIDAY_FIELDS, "", place, f"holidays, item {number}, ")
        first, last = (_day_of_year(item[end], f"{key}, {end}", year, place) for end in ("from", "to"))
        if not isinstance(item["name"], str) or not item["name"].strip():
            raise place.error(f"{key}, name", f"is {item['name']!r}. Write the name of the holiday in quotes.")
        if last < first:
            raise place.error(key, f"ends on {last} before it begins on {first}. Correct one of them.")
        if first <= before:
            raise place.error(
                key, f"begins on {first}, but the one before ends on {before}. Write them in order, once."
            )
        before = last
        yield item["name"].strip(), first, last


def _working_weekends(
    given: Any, year: int, holidays: Sequence[tuple[str, date, date]], place: _Place
) -> Iterator[date]:
    if not isinstance(given, list):
        raise place.error("working_weekends", f"is {given!r}. Write {_FIELDS['working_weekends']}.")
    for number, item in enumerate(given, start=1):
        key = f"working_weekends, item {number}"
        day = _day_of_year(item, key, year, place)
        if day.weekday() < SATURDAY:
            raise place.error(key, f"{day} is a {day:%A}. Only a Saturday or Sunday can be worked in exchange.")
        if item in given[: number - 1]:
            raise place.error(key, f"{day} stands twice. Keep one.")
        off = [name for name, first, last in holidays if first <= day <= last]
        if off:
            raise place.error(key, f"{day} lies within the holiday {off[0]}. Correct one of them.")
        yield day


def _only_these(table: dict[str, Any], fields: dict[str, str], optional: str, place: _Place, above: str) -> None:
    for key in table:
        if key not in fields:
            raise place.error(above + key, f"is not known. {nearest(key, fields)}")
    for key, what in fields.items():
        if key not in table and key != optional:
            raise place.error(above + key, f"is missing. Write {what}.")


def _day(value: Any, key: str, place: _Place) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise place.error(key, f"{value!r} is not a date. Write it without quotes and time, e.g. 2024-11-12.")
    return value


def _day_of_year(value: Any, key: str, year: int, place: _Place) -> date:
    day = _day(value, key, place)
    if day.year != year:
        raise place.error(key, f"{day} is not in {year}. Enter it in the entry of {day.year}.")
    return day


_HOLIDAY = '{ name = "元旦", from = 2025-01-01, to = 2025-01-01 }'
_HOLIDAY_FIELDS = {"name": "the name in quotes", "from": "the first day off", "to": "the last day off"}
_FIELDS = {
    "year": "the year as a number, e.g. 2025",
    "published_on": "the day of the notice, e.g. 2024-11-12",
    "source": "document number and title in quotes",
    "confirmed": "true once every day was compared with the notice, else false",
    "holidays": f"a list of {_HOLIDAY}",
    "working_weekends": "a list of dates, empty if no weekend is worked",
    "note": "a remark in quotes, or leave the key out",
}
