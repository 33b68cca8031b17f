"""Stories of one household with what the program must tell of it: tier, first causes, sentences, measures.

The rows are written as in the other scenarios (see `scenario`), one to a line. `months = [FIRST, LAST]` in a row stands
for one row of each month from the first to the last.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from riskmodel.features.windows import months_before
from riskmodel.policy import Cause, Measure, MeasureOption, Tier, group
from riskmodel.tables import View
from scenario import Rows, rows_of
from worked_example import full_id

FOLDER: Final = Path(__file__).parent / "scenarios" / "causes"
HOUSEHOLD: Final = full_id("H1")
STANDINGS: Final = ("must", "allowed", "to_check", "excluded")


@dataclass(frozen=True)
class Told:
    """What must be told; every key of a file has a meaning here, and an unknown one is refused."""

    tier: str
    """The tier, or with `tier_or_higher` the least one."""
    tier_or_higher: bool = False
    first_causes: tuple[str, ...] = ()
    """Groups of the first reasons, in order."""
    reasons: int | None = None
    """How many reasons there are in all, where that matters."""
    sentences: tuple[str, ...] = ()
    """Pieces that must stand in the Chinese sentences."""
    never: tuple[str, ...] = ()
    """Pieces that must not stand anywhere in the Chinese text."""
    measures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By standing: measure or measure/option -> code of the rule."""


@dataclass(frozen=True)
class Story:
    """One file."""

    title: str
    as_of: date
    rows: Rows
    told: Told

    def view(self, county: str) -> View:
        """What is known at the end of the as-of date."""
        return View.of(self.rows, self.as_of, county)


def read(path: Path, village: str) -> Story:
    """The story of a file, told in a village. Raises TypeError or ValueError for a word that means nothing."""
    text = tomllib.loads(path.read_text(encoding="utf-8"))
    title, as_of, told = text.pop("title"), text.pop("as_of"), dict(text.pop("told"))
    text["households"] = [{"village_code": village, **row} for row in text["households"]]
    rows = {name: rows_of(name, *(one for row in listed for one in _months(row))) for name, listed in text.items()}
    return Story(title, as_of, rows, _told(told))


def _told(given: dict[str, Any]) -> Told:
    tier = str(given.pop("tier")).partition(" ")
    measures = given.pop("measures", {})
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    found = Told(tier=Tier(tier[0]).value, tier_or_higher=tier[2] == "or higher", measures=measures, **lists)
    for code in found.first_causes:
        group(code)
    for standing, listed in measures.items():
        assert standing in STANDINGS, f"{standing} is no standing of a measure"
        for name in listed:
            of, _, option = name.partition("/")
            assert of in Measure.codes(), name
            assert not option or option in MeasureOption.codes(), name
    return found


def _months(row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The row itself, or one for each of its months."""
    if "months" not in row:
        yield dict(row)
        return
    first, month = row["months"]
    alike = {name: cell for name, cell in row.items() if name != "months"}
    while month >= first:
        yield {**alike, "month": month}
        month = months_before(month, 1)


def official(codes: Sequence[str]) -> list[str]:
    """Those that are causes, not backgrounds."""
    return [code for code in codes if code in Cause.codes()]
