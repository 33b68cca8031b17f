"""Medical bills as the insurance settles them: late when treated elsewhere, some settled again, a few cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import days
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Posting, arriving, facts, fen
from riskmodel.sources.synthetic.vocabulary import VISIT

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Floats, Ints
    from riskmodel.sources.synthetic.observation.coded import Month

_INSIDE: Final = (5, 32)
_OUTSIDE: Final = (30, 170)
_CORRECTED: Final = 0.05
_CANCELLED: Final = 0.002
_PAID: Final = ("basic_paid", "major_paid", "supplement_paid", "aid_paid", "other_paid", "self_pay")


def medical_settlements(seen: Month) -> Posting:
    """Bills of insured persons; first without the aid that is paid later, then whole; wrong ones and their reversal."""
    bills, people, rng = seen.happened.bills, seen.state.people, seen.rng
    numbered = people.numbered[bills.person.astype(np.int64)]
    bills = bills.take(np.flatnonzero(numbered & (bills.total > 0)))
    n = len(bills)
    inpatient = bills.visit == VISIT["inpatient"]
    end = days(seen.number, rng.integers(1, 29, n))
    stay = np.where(inpatient, 3 + np.minimum(bills.total / 1500, 25), 0).astype("timedelta64[D]")
    low, high = np.where(bills.inside, _INSIDE[0], _OUTSIDE[0]), np.where(bills.inside, _INSIDE[1], _OUTSIDE[1])
    arrival = arriving(end + rng.integers(low, high + 1))
    rows = facts(
        "medical_settlements",
        arrival,
        settlement_id=seen.number * 1_000_000 + np.arange(n),
        person_id=bills.person,
        household_id=people.home[bills.person.astype(np.int64)],
        visit_type=bills.visit,
        admitted_on=np.where(inpatient, end - stay, np.datetime64("NaT")),
        service_end=end,
        disease_group=bills.group,
        in_county=bills.inside.astype(bool),
        total_cost=fen(bills.total),
        basic_paid=fen(bills.basic),
        major_paid=fen(bills.major),
        supplement_paid=fen(bills.supplement),
        aid_paid=fen(bills.aid),
        other_paid=fen(np.zeros(n)),
        self_pay=fen(bills.self_pay),
        compliant_self_pay=fen(bills.compliant),
    )
    aid_comes_later = inpatient & (bills.aid > 200) & (rng.random(n) < _CORRECTED * 4)
    return Posting("medical_settlements", pl.concat([_early(rows, aid_comes_later, rng), _cancelled(rows, rng)]))


def _early(rows: pl.DataFrame, aid_comes_later: Floats, rng: np.random.Generator) -> pl.DataFrame:
    """For some bills a first version without aid; the whole bill follows one to four months later."""
    marked = rows.with_columns(late=pl.Series(aid_comes_later))
    first = marked.filter("late").with_columns(
        self_pay=pl.col("self_pay") + pl.col("aid_paid"),
        compliant_self_pay=pl.col("compliant_self_pay") + pl.col("aid_paid"),
        aid_paid=pl.lit(0, dtype=pl.Int64),
    )
    wait = pl.Series(rng.integers(1, 5, rows.height), dtype=pl.Int32)
    final = marked.with_columns(pl.col(ARRIVAL) + pl.when("late").then(wait).otherwise(0))
    return pl.concat([first, final]).drop("late")


def _cancelled(rows: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """Bills charged by mistake under another number, and the same with all amounts below zero (退费冲销)."""
    chosen = np.flatnonzero(rng.random(rows.height) < _CANCELLED)
    wrong = rows[chosen].with_columns(pl.col("settlement_id") + 500_000)
    amounts = ["total_cost", *_PAID, "compliant_self_pay"]
    back = wrong.with_columns(-pl.col(name) for name in amounts).with_columns(pl.col(ARRIVAL) + 1)
    return pl.concat([wrong, back])


def is_reversal(rows: pl.DataFrame) -> Ints:
    """Which rows take a bill back."""
    found: Ints = (rows["total_cost"] < 0).to_numpy()
    return found
