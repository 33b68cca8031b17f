"""What is told about money: monthly payments, monthly wages of workers, and the surveys of a year's income."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.policy import IncomeComponent
from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import calendar_month, days
from riskmodel.sources.synthetic.observation.coded import Posting, after, facts, fen, promptly
from riskmodel.sources.synthetic.vocabulary import positions
from riskmodel.sources.synthetic.work import POSTS, able

if TYPE_CHECKING:
    import polars as pl

    from riskmodel.sources.synthetic.columns import Flags
    from riskmodel.sources.synthetic.observation.coded import Month

_COMPONENT: Final = positions(IncomeComponent)
_ONE_CARD: Final = (
    *("tr_pension", "tr_dibao", "tr_tekun", "tr_disability", "tr_farm", "tr_eco", "tr_education", "tr_relief"),
    *POSTS,
)
"""Components that the finance department pays by 一卡通."""
_TOLD_BY_VILLAGES: Final = ("op_crop", "op_livestock", "op_forest", "op_other", "cost_crop", "cost_livestock",
                            "cost_forest", "cost_other", "prop_land", "prop_dividend")  # fmt: skip
_DELAY: Final = (0, 36)


def incomes(seen: Month) -> list[Posting]:
    """Payments of the finance department for all, wages and own production of ex-poor and monitored households."""
    homes = seen.state.homes
    watched = homes.active & (homes.ex_poor | homes.open)
    everybody = homes.active
    quarter = calendar_month(seen.number) % 3 == 0
    found = [Posting("incomes", _payments(seen, _ONE_CARD, everybody, 0.0))]
    found.append(Posting("incomes-2", _payments(seen, ("wage_work",), watched, 0.15)))
    if quarter or calendar_month(seen.number) in (10, 11):
        told = _payments(seen, _TOLD_BY_VILLAGES, watched & (homes.visited > seen.number - 6), 0.1)
        found.append(Posting("incomes-3", told))
    return found


def employment(seen: Month) -> Posting:
    """A row for everybody who can work, whether at work or not."""
    people, rng = seen.state.people, seen.rng
    who = np.flatnonzero(seen.state.present & able(people, seen.number) & people.numbered)
    works = people.employed[who]
    post = works & (people.post[who] >= 0)
    rows = facts(
        "employment",
        after(seen.last, (8, 36), len(who), rng),
        person_id=who,
        household_id=people.home[who],
        month=seen.number,
        employed=works,
        place=np.where(works, people.place[who], NOBODY),
        sector=np.where(works, people.sector[who], NOBODY),
        wage=fen(people.wage[who]),
        public_post=post,
        public_post_until=np.where(post, days(people.post_until[who], 31), np.datetime64("NaT")),
        wants_work=works | people.keen[who],
    )
    return Posting("employment", rows)


def _payments(seen: Month, components: tuple[str, ...], whose: Flags, late: float) -> pl.DataFrame:
    """A row per household and component with an amount, by household."""
    amounts = np.stack([seen.happened.money[name] for name in components]) * whose
    home, number = np.nonzero(amounts.T)
    codes = np.array([_COMPONENT[name] for name in components])
    return facts(
        "incomes",
        promptly(seen.number, len(home), seen.rng, late),
        household_id=home,
        month=seen.number,
        component=codes[number],
        amount=fen(amounts[number, home]),
    )
