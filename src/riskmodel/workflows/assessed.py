"""What the service tells of a household on a published date: from the database, as `explain` has it."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from riskmodel.features.origins import NEWEST
from riskmodel.review.assessments import Stored, places
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.explain import Explanation, render
from riskmodel.workflows.told import Row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.rendering.messages import Language
    from riskmodel.review.store import Store

COUNTY: Final = 6
FULL: Final = ("contributions", "values", "margin", "base")
"""Told only where somebody asks for all."""
BARE: Final = ("language", "measures", "change")
"""Of an explanation, not told here."""


class Typicals:
    """What is typical of each village, read once from the database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.of = lru_cache(maxsize=20_000)(self._read)

    def _read(self, as_of: date, village: str) -> Typical:
        """Of a village on a date."""
        county = village[:COUNTY]
        found = places(self._store, as_of, (county, village))
        return Typical(_dated(found.get(county, {})), _dated(found.get(village, {})))


def told(stored: Stored, typicals: Typicals, language: Language) -> Explanation:
    """A stored row in words."""
    return render(Row(_dated(stored.row), typicals.of(stored.as_of, stored.village_code)), [], language)


def answer(found: Explanation, *, full: bool) -> dict[str, Any]:
    """An explanation as it is answered; contributions, values and margin where all is asked for."""
    left_out = BARE if full else (*BARE, *FULL)
    return {name: value for name, value in vars(found).items() if name not in left_out}


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its dates as dates."""
    return {
        name: date.fromisoformat(value) if isinstance(value, str) and _is_day(name) else value
        for name, value in row.items()
    }


def _is_day(name: str) -> bool:
    return name == "as_of" or name.startswith(NEWEST)
