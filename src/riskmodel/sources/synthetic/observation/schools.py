"""Pupils and students of a term, and changes of their status within it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import calendar_month, days, month_at, year_of
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, NO_AMOUNT, Posting, after, facts, fen
from riskmodel.sources.synthetic.observation.measures import measure_rows
from riskmodel.sources.synthetic.vocabulary import MEASURE, OPTION

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.observation.coded import Month

_YULU: Final = 0


class Schools:
    """Remembers the rows of the running term, so that a change of status repeats their amounts."""

    def __init__(self) -> None:
        self._term: pl.DataFrame | None = None

    def enrolments(self, seen: Month) -> list[Posting]:
        """Rows of a term that begins, or of changes within one; and 雨露计划 as a measure."""
        terms, people = seen.happened.terms, seen.state.people
        begins = calendar_month(seen.number) in (3, 9)
        person = terms.person.astype(np.int64)
        kept = people.numbered[person] & (people.left[person] < 0)
        terms, person = terms.take(np.flatnonzero(kept)), person[kept]
        count = len(terms)
        day = days(seen.number, 1 + seen.rng.integers(0, 27, count))
        known = after(days(seen.number), (30, 85), count, seen.rng) if begins else after(day, (2, 30), count, seen.rng)
        amount = fen if begins else _unknown
        rows = facts(
            "enrolments",
            known,
            person_id=person,
            household_id=people.home[person],
            term=term_of(seen.number),
            stage=terms.stage,
            status=terms.status,
            status_since=days(seen.number) if begins else day,
            boarding=terms.boarding.astype(bool),
            self_pay=amount(terms.fee),
            aid_type=terms.aid_type,
            aid_amount=amount(terms.aid),
            student_loan=amount(terms.loan),
        )
        if begins:
            self._term = rows
            return [Posting("enrolments", rows), *_yulu(seen, rows)]
        return [Posting("enrolments", self._with_amounts(rows))]

    def _with_amounts(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The amounts of the term; a change never comes with the delivery that brings the row of the term itself."""
        if self._term is None:
            return rows
        amounts = ["self_pay", "aid_type", "aid_amount", "student_loan"]
        term = self._term.select("person_id", "term", *amounts, first=ARRIVAL)
        filled = rows.drop(amounts).join(term, on=["person_id", "term"], how="left", maintain_order="left")
        return filled.with_columns(pl.max_horizontal(ARRIVAL, pl.col("first") + 1).alias(ARRIVAL)).select(rows.columns)


def term_of(month: int) -> int:
    """First month of the term in which a month lies: March or September."""
    year, season = year_of(month), calendar_month(month)
    if season < 3:
        return month_at(year - 1, 9)
    return month_at(year, 3 if season < 9 else 9)


def _unknown(amounts: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.full(len(amounts), NO_AMOUNT)


def _yulu(seen: Month, rows: pl.DataFrame) -> list[Posting]:
    given = rows.filter(pl.col("aid_type") == _YULU)
    return measure_rows(
        seen,
        home=given["household_id"].to_numpy(),
        person=given["person_id"].to_numpy(),
        measure=np.full(given.height, MEASURE["other_education"]),
        option=np.full(given.height, OPTION["yulu"]),
        months=np.full(given.height, 5),
        amount=given["aid_amount"].to_numpy() / 100,
        serial=300_000,
    )
