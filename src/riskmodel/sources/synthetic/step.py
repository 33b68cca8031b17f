"""One month of the county: the only way in which the state changes, for the history and for the truth alike."""

from __future__ import annotations

import numpy as np

from riskmodel.sources.synthetic.accidents import met
from riskmodel.sources.synthetic.columns import at
from riskmodel.sources.synthetic.deciding import decided
from riskmodel.sources.synthetic.demography import renewed
from riskmodel.sources.synthetic.disasters import struck
from riskmodel.sources.synthetic.farming import farmed
from riskmodel.sources.synthetic.happened import Endings, Happened, Shocks, Visits
from riskmodel.sources.synthetic.hardship import judged
from riskmodel.sources.synthetic.helping import helped
from riskmodel.sources.synthetic.housing import housed
from riskmodel.sources.synthetic.illness import treated
from riskmodel.sources.synthetic.loans import borrowed
from riskmodel.sources.synthetic.money import opened, spent
from riskmodel.sources.synthetic.months import month_at
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.schooling import taught
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.transfers import received
from riskmodel.sources.synthetic.visiting import visited, wired
from riskmodel.sources.synthetic.work import worked

MONITORING_BEGINS = month_at(2019, 1)
"""Before this month nobody looks; what is found in the first year is the hardship of years."""


def step(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Happened]:
    """The state at the end of `month` from that at the end of the month before, and what happened in between."""
    before = state.homes.inpatient_ytd
    state = renewed(opened(state, month), month, rng, parameters)
    state, common = struck(state, month, rng, parameters)
    state, single, hurt = met(state, month, rng, parameters)
    shocks = Shocks.all([common, single])
    state, bills = treated(state, month, hurt, rng, parameters)
    state, terms = taught(state, month, rng, parameters)
    state, wages = worked(state, month, rng, parameters)
    state, farm = farmed(state, month, rng, parameters)
    state, transfers = received(state, month, terms, rng, parameters)
    state = borrowed(state, month, rng, parameters)
    state = housed(state, month, rng, parameters)
    n = len(state.homes)
    claims = at(n, shocks.home, shocks.claim)
    money = wages | farm | transfers
    state = spent(state, month, money, claims, parameters)
    state, began = judged(state, month, parameters)
    state = wired(state, before, shocks, terms, parameters)
    visits, ended = Visits.none(), Endings.none()
    identified = np.zeros(0, dtype=np.int64)
    if month >= MONITORING_BEGINS:
        state, visits = visited(state, month, rng, parameters)
        state, identified, ended = decided(state, month, rng, parameters)
    state, measures, aid = helped(state, month, identified, rng, parameters)
    return state, Happened(
        month=month,
        money=money | {"tr_relief": aid},
        self_pay=at(n, state.people.home[bills.person.astype(np.int64)], bills.compliant),
        claims=claims,
        shocks=shocks,
        bills=bills,
        terms=terms,
        visits=visits,
        measures=measures,
        identified=identified,
        ended=ended,
        began=began,
    )
