"""What the service tells of a household on a published date: from the database, as `explain` has it."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from riskmodel import __version__
from riskmodel.features.origins import NEWEST
from riskmodel.rendering.messages import Language
from riskmodel.review.assessments import COUNTY as COUNTY
from riskmodel.review.assessments import MonthReplaced, Stored, assessment, place
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.explain import Explanation, render
from riskmodel.workflows.told import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskmodel.review.store import Store

FULL: Final = ("contributions", "values", "margin", "base")
"""Told only where somebody asks for all."""
BARE: Final = ("language", "measures", "change")
"""Of an explanation, not told here."""
PREPARED: Final[Language] = "zh"
"""Language of the short answer that is made when a month is published."""
_VERSION: Final = f"{__version__}\n".encode()
MOST_PLACES: Final = 500
"""Counties and villages of which what is typical is kept, each some 40 kB."""
MOST_BYTES: Final = 16_000_000
"""Of the answers that are kept, each some 8 kB."""


@dataclass(frozen=True)
class Answer:
    """What is answered about a household."""

    as_of: date
    text: bytes = field(repr=False)
    """JSON."""


class Assessments:
    """Published assessments as they are answered.

    The database is asked each time. The short answer in Chinese is there as it was made when the month was published
    (`prepared`); the others are made of the row, and kept under the time at which the month was published, as is what
    is typical of a place: so they are void once the month is published again. What was not used for longest goes first.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._texts = Kept(MOST_BYTES)
        self._place = lru_cache(maxsize=MOST_PLACES)(self._read)

    def of(
        self, household_id: str, as_of: date | None, sees: Callable[[str], bool], language: Language, *, full: bool
    ) -> Answer | None:
        """What is answered of a household on a date (default: the newest); None where nothing was said of it.

        `sees`: whether who asks may see a place. What they may not see is None too, and costs as little: nobody can
        tell by the time it takes whether the household exists.
        """
        while found := assessment(self._store, household_id, as_of):
            if not sees(found.village_code):
                return None
            ready = None if full or language != PREPARED else _prepared(found)
            try:
                return Answer(found.as_of, ready or self._made(found, household_id, language, full=full))
            except MonthReplaced:
                continue
        return None

    def row(self, household_id: str, as_of: date | None, sees: Callable[[str], bool]) -> tuple[Stored, Row] | None:
        """What is stored of a household on a date (default: the newest), with what is typical where it lives.

        None also for what who asks may not see.
        """
        while found := assessment(self._store, household_id, as_of):
            if not sees(found.village_code):
                return None
            try:
                return found, Row(dated(found.row), self._typical(found))
            except MonthReplaced:
                continue
        return None

    def _typical(self, found: Stored) -> Typical:
        codes = (found.village_code[:COUNTY], found.village_code)
        return Typical(*(self._place(found.as_of, code, found.published_at) for code in codes))

    def _made(self, found: Stored, household_id: str, language: Language, *, full: bool) -> bytes:
        key = (household_id, found.as_of, found.published_at, language, full)
        text = self._texts.get(key)
        if text is None:
            text = made(dated(found.row), self._typical(found), language, full=full)
            self._texts.put(key, text)
        return text

    def _read(self, as_of: date, code: str, published_at: str) -> dict[str, Any]:
        return dated(place(self._store, as_of, code, published_at))


class Kept:
    """Texts by key, of which those used last are kept, `most` bytes of them."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._texts: OrderedDict[object, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object) -> bytes | None:
        """The text of a key, if it was kept."""
        with self._lock:
            if key not in self._texts:
                return None
            self._texts.move_to_end(key)
            return self._texts[key]

    def put(self, key: object, text: bytes) -> None:
        """Keep a text."""
        with self._lock:
            self._bytes += len(text) - len(self._texts.pop(key, b""))
            self._texts[key] = text
            while self._bytes > self._most:
                _, gone = self._texts.popitem(last=False)
                self._bytes -= len(gone)


def made(row: Mapping[str, Any], typical: Typical, language: Language, *, full: bool) -> bytes:
    """The answer about a household as JSON, from its row and what is typical where it lives."""
    told = answer(render(Row(row, typical), [], language), full=full)
    return json.dumps(told, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def prepared(row: Mapping[str, Any], typical: Typical) -> bytes:
    """The answer that is asked for most often, to be stored; a program of another version makes its own."""
    return _VERSION + made(row, typical, PREPARED, full=False)


def _prepared(found: Stored) -> bytes | None:
    text = found.answer
    return text[len(_VERSION) :] if text is not None and text.startswith(_VERSION) else None


def answer(found: Explanation, *, full: bool) -> dict[str, Any]:
    """An explanation as it is answered; contributions, values and margin where all is asked for."""
    left_out = BARE if full else (*BARE, *FULL)
    return {name: value for name, value in vars(found).items() if name not in left_out}


def dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its dates as dates."""
    found = dict(row)
    for name in _days(tuple(row)):
        if found[name] is not None:
            found[name] = date.fromisoformat(found[name])
    return found


@lru_cache(maxsize=64)
def _days(names: tuple[str, ...]) -> list[str]:
    """The columns that hold days: the rows of a month all have the same columns."""
    return [name for name in names if name == "as_of" or name.startswith(NEWEST)]
