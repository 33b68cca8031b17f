"""Loan statements of two banks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import days
from riskmodel.sources.synthetic.observation.coded import Posting, after, facts, fen
from riskmodel.sources.synthetic.vocabulary import LOAN

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.observation.coded import Month


def loan_statements(seen: Month) -> list[Posting]:
    """Loans that are open at the end of the month or were closed in it; the small bank has one in seven."""
    loans = seen.state.loans
    which = np.flatnonzero((loans.closed == NOBODY) | (loans.closed == seen.number))
    found = loans.take(which)
    due = days(found.due, found.day)
    late = found.status == LOAN["overdue"]
    past = np.where(late, (seen.last - due).astype(np.int64).clip(1), 0)
    rows = facts(
        "loan_statements",
        after(seen.last, (4, 33), len(which), seen.rng),
        loan_id=which,
        household_id=found.home,
        month=seen.number,
        product=found.product,
        started_on=days(found.started, found.day),
        principal=fen(found.principal),
        balance=fen(found.balance),
        due_on=due,
        days_past_due=past,
        status=found.status,
        renewed=found.renewed,
        extended=found.extended,
        purpose=found.purpose,
    )
    small = pl.col("loan_id") % 7 == 0
    return [Posting("loan_statements", rows.filter(~small)), Posting("loan_statements-2", rows.filter(small))]
