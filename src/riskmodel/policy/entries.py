"""One entry of a policy file, read strictly: what is not understood is an error, never skipped."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources.abc import Traversable
from typing import Any

from riskmodel.errors import PolicyError
from riskmodel.policy.kinds import KINDS, UNITS, Kind, nearest

AREA_LENGTHS = (0, 2, 4, 6, 9, 12)
"""Digits of an area: everywhere, province, prefecture, county, township, village."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A policy number with its area, its two dates and where it comes from.

    In force on day d, as known on day k: `published_on <= k` and `effective_from <= d < effective_to` (None = open).
    `confirmed` is False until the office has compared the value with the document.
    """

    kind: str
    area: str
    value: float
    unit: str
    published_on: date
    effective_from: date
    effective_to: date | None
    source: str
    confirmed: bool
    file: str
    note: str = ""

    def covers(self, on: date) -> bool:
        """True if the value has effect on this day."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


def read_folder(folder: Traversable, shown: str) -> list[Parameter]:
    """All entries of the `*.toml` files of a folder; `shown` names the folder in messages.

    Raises PolicyError for a folder that is missing, a file that cannot be read, an entry that is not exactly right,
    and two entries of which neither could win.
    """
    if not folder.is_dir():
        raise PolicyError(f"The policy folder {shown} does not exist. Create it, or leave it out of the settings.")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    entries = [entry for file in files for entry in _read_file(file, f"{shown}/{file.name}")]
    _reject_duplicates(entries)
    return entries


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in which file we are, for messages."""

    file: str
    kind: str
    number: int

    def error(self, key: str, problem: str) -> PolicyError:
        return PolicyError(f"{self.file}: [[{self.kind}]] entry {self.number}, key {key}: {problem}")


def _read_file(file: Traversable, shown: str) -> list[Parameter]:
    try:
        # Editors on Windows put a byte order mark in front
        tree = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise PolicyError(f"{shown} is not UTF-8 (byte {error.start}). Save it again with encoding UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(
            f"{shown} is not valid TOML: {error}. Text stands in double quotes, dates without quotes."
        ) from error
    return [
        _entry(table, _Place(shown, name, number))
        for name, tables in _flat(tree, shown)
        for number, table in enumerate(tables, start=1)
    ]


def _flat(tree: dict[str, Any], file: str, above: str = "") -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Kinds with their entries; nested tables are joined with dots."""
    for key, item in tree.items():
        name = f"{above}.{key}" if above else key
        if isinstance(item, dict) and not any(field in item for field in _FIELDS):
            yield from _flat(item, file, name)
        elif isinstance(item, list) and all(isinstance(entry, dict) for entry in item):
            if name not in KINDS:
                raise PolicyError(f"{file}: [[{name}]] is not a known kind. {nearest(name, KINDS)}")
            yield name, item
        elif isinstance(item, dict):
            raise PolicyError(f"{file}: [{name}] needs two brackets. Write [[{name}]] before each entry.")
        else:
            raise PolicyError(
                f"{file}: {name} stands outside of an entry. Put it below a heading like [[monitoring_line]]."
            )


def _entry(table: dict[str, Any], place: _Place) -> Parameter:
    for key in table:
        if key not in _FIELDS:
            raise place.error(key, f"is not known. {nearest(key, tuple(_FIELDS))}")
    for key, what in _FIELDS.items():
        if key not in table and key not in _OPTIONAL:
            raise place.error(key, f"is missing. Write {what}.")
    kind = KINDS[place.kind]
    starts, ends = _date(table, "effective_from", place), None
    if "effective_to" in table:
        ends = _date(table, "effective_to", place)
        if ends <= starts:
            raise place.error(
                "effective_to", f"{ends} is not after effective_from {starts}. Write the first day without effect."
            )
    return Parameter(
        kind=place.kind,
        area=_area(table, place),
        value=_value(table, kind, place),
        unit=_unit(table, kind, place),
        published_on=_date(table, "published_on", place),
        effective_from=starts,
        effective_to=ends,
        source=_text(table, "source", place),
        confirmed=_flag(table, place),
        file=place.file,
        note=_text(table, "note", place) if "note" in table else "",
    )


def _area(table: dict[str, Any], place: _Place) -> str:
    area = table["area"]
    if not isinstance(area, str):
        raise place.error("area", f'{area!r} is not text. Write the digits in quotes, e.g. area = "52".')
    if not is_area(area):
        raise place.error("area", f'{area!r} is not an area code. Write "" or 2, 4, 6, 9 or 12 digits.')
    return area


def is_area(text: str) -> bool:
    """True for "" and for 2, 4, 6, 9 or 12 ASCII digits."""
    return len(text) in AREA_LENGTHS and (not text or (text.isascii() and text.isdigit()))


def _value(table: dict[str, Any], kind: Kind, place: _Place) -> float:
    value = table["value"]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise place.error("value", f"{value!r} is not a number. Write it without quotes, e.g. value = 6000.")
    if not math.isfinite(value):
        raise place.error("value", f"{value!r} is not a finite number. Leave the entry out while the value is unknown.")
    unit = UNITS[kind.unit]
    if not unit.least <= value <= unit.most or (unit.whole and value != int(value)):
        number = "a whole number" if unit.whole else "a number"
        bounds = f"from {unit.least:g} to {unit.most:g}" if math.isfinite(unit.most) else f"of at least {unit.least:g}"
        raise place.error("value", f"{value!r} cannot be right for {kind.unit}. Write {number} {bounds}.")
    return float(value)


def _unit(table: dict[str, Any], kind: Kind, place: _Place) -> str:
    unit = table["unit"]
    if not isinstance(unit, str) or unit not in UNITS:
        raise place.error("unit", f'{unit!r} is not a known unit. Write unit = "{kind.unit}".')
    if unit != kind.unit:
        raise place.error("unit", f'{unit!r} is not the unit of {kind.name}. Convert to unit = "{kind.unit}".')
    return kind.unit


def _date(table: dict[str, Any], key: str, place: _Place) -> date:
    day = table[key]
    if not isinstance(day, date) or isinstance(day, datetime):
        raise place.error(key, f"{day!r} is not a date. Write it without quotes and time, e.g. {key} = 2020-01-01.")
    return day


def _text(table: dict[str, Any], key: str, place: _Place) -> str:
    text = table[key]
    if not isinstance(text, str):
        raise place.error(key, f"{text!r} is not text. Write {_FIELDS[key]}.")
    if not text.strip():
        raise place.error(key, f"is blank. Write {_FIELDS[key]}.")
    return text.strip()


def _flag(table: dict[str, Any], place: _Place) -> bool:
    flag = table["confirmed"]
    if not isinstance(flag, bool):
        raise place.error("confirmed", f"{flag!r} is neither true nor false. Write {_FIELDS['confirmed']}.")
    return flag


def _reject_duplicates(entries: list[Parameter]) -> None:
    """Within a folder, two entries with one rank in the look-up would leave the choice to chance."""
    seen: dict[tuple[str, str, date, date], Parameter] = {}
    for entry in entries:
        first = seen.setdefault((entry.kind, entry.area, entry.effective_from, entry.published_on), entry)
        if first is not entry:
            raise PolicyError(
                f"{entry.file}: [[{entry.kind}]] for area {entry.area!r}, effective_from {entry.effective_from}, "
                f"published_on {entry.published_on} stands twice (values {first.value:g} in {first.file} and "
                f"{entry.value:g}). Keep one; a correction has its own published_on."
            )


_FIELDS = {
    "area": '"" for everywhere, or the 2, 4, 6, 9 or 12 digits of the area in quotes',
    "value": "the number",
    "unit": "the unit of this kind in quotes",
    "published_on": "the day of publication, e.g. 2020-03-20",
    "effective_from": "the first day of effect, e.g. 2020-01-01",
    "effective_to": "the first day without effect, e.g. 2021-01-01; leave it out while open",
    "source": "document number, title and page in quotes",
    "confirmed": "true once the value was compared with the document, else false",
    "note": "a remark in quotes, or leave the key out",
}
_OPTIONAL = frozenset({"effective_to", "note"})
