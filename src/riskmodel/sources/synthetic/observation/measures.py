"""Measures as they are written down: those of the monitored, posts, small loans, and the end of what has no date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import days
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Posting, after, facts, fen, promptly
from riskmodel.sources.synthetic.vocabulary import MEASURE, OPTION, PRODUCT

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Numbers
    from riskmodel.sources.synthetic.observation.coded import Month


def measure_rows(
    seen: Month, *, home: Numbers, person: Numbers, measure: Numbers, option: Numbers, months: Numbers,
    amount: Numbers, serial: int,
) -> list[Posting]:  # fmt: skip
    """Rows of measures that begin this month; `serial` keeps the numbers of different kinds apart."""
    n = len(home)
    start = days(seen.number, seen.rng.integers(1, 29, n))
    end = days(seen.number + np.asarray(months), 28)
    known = np.unique(person[person >= 0])
    lacks = ~seen.state.people.numbered[person] & (person >= 0) if len(known) else np.zeros(n, dtype=bool)
    rows = facts(
        "measures",
        after(start, (0, 55), n, seen.rng),
        measure_id=seen.number * 1_000_000 + serial + np.arange(n),
        household_id=home,
        person_id=np.where(lacks, NOBODY, person),
        measure=measure,
        option=option,
        started_on=start,
        ended_on=np.where(np.asarray(months) > 0, end, np.datetime64("NaT")),
        amount=fen(amount),
        delivered=seen.rng.random(n) < 0.985,
    )
    return [Posting("measures", rows)] if n else []


class Ledger:
    """Measures without an end, which get one when the monitoring ends."""

    def __init__(self) -> None:
        self._open: list[pl.DataFrame] = []

    def measures(self, seen: Month) -> list[Posting]:
        """All measures that begin or end this month."""
        begun = [*_of_monitored(seen), *_posts(seen), *_loans(seen)]
        self._open += [posting.rows.filter(pl.col("ended_on").is_null()) for posting in begun[:1]]
        return [*begun, *self._ended(seen)]

    def _ended(self, seen: Month) -> list[Posting]:
        ends = seen.happened.ended.home.astype(np.int64)
        if not len(ends) or not self._open:
            return []
        ledger = pl.concat(self._open)
        over = pl.col("household_id").is_in(ends.tolist())
        closed = ledger.filter(over)
        self._open = [ledger.filter(~over)]
        arrival = np.maximum(promptly(seen.number, closed.height, seen.rng, 0.4), closed[ARRIVAL].to_numpy() + 1)
        last = pl.max_horizontal(pl.lit(days(seen.number, 28)), pl.col("started_on"))
        return [Posting("measures", closed.with_columns(ended_on=last, arrival=pl.Series(arrival, dtype=pl.Int32)))]


def _of_monitored(seen: Month) -> list[Posting]:
    rows = seen.happened.measures
    return measure_rows(
        seen, home=rows.home.astype(np.int64), person=np.full(len(rows), NOBODY), measure=rows.measure,
        option=rows.option, months=rows.months.astype(np.int64), amount=rows.amount, serial=0,
    )  # fmt: skip


def _posts(seen: Month) -> list[Posting]:
    people, before = seen.state.people, seen.before.people
    until = np.full(len(people), NOBODY)
    until[: len(before)] = before.post_until
    who = np.flatnonzero((people.post >= 0) & (people.post_until != until) & seen.state.present)
    months = (people.post_until[who] - seen.number).astype(np.int64)
    who, months = who[months > 0], months[months > 0]
    return measure_rows(
        seen, home=people.home[who], person=who, measure=np.full(len(who), MEASURE["public_post"]),
        option=np.full(len(who), NOBODY), months=months, amount=people.wage[who], serial=100_000,
    )  # fmt: skip


def _loans(seen: Month) -> list[Posting]:
    loans = seen.state.loans
    which = (loans.started == seen.number) & (loans.product == PRODUCT["small_loan"])
    new = loans.take(np.flatnonzero(which))
    return measure_rows(
        seen, home=new.home, person=np.full(len(new), NOBODY), measure=np.full(len(new), MEASURE["finance"]),
        option=np.where(new.renewed, OPTION["renewal"], OPTION["small_loan"]), months=(new.due - new.started),
        amount=new.principal, serial=200_000,
    )  # fmt: skip
