"""What cadres write down: visits, checks of the guarantees, and monitoring episodes with their surveys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import CheckStage
from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.housing import unsafe
from riskmodel.sources.synthetic.months import calendar_month, days
from riskmodel.sources.synthetic.observation.coded import ARRIVAL, Posting, after, facts, promptly
from riskmodel.sources.synthetic.observation.surveys import Books, at_stage
from riskmodel.sources.synthetic.schooling import out_of_school
from riskmodel.sources.synthetic.visiting import NOT_HOME, visit_day
from riskmodel.sources.synthetic.vocabulary import CAUSE, positions

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Ints, Numbers
    from riskmodel.sources.synthetic.observation.coded import Month
    from riskmodel.sources.synthetic.state import Homes

_STAGE: Final = positions(CheckStage)
_WRONG_HOUSEHOLD: Final = 0.01
_DISASTERS: Final = np.array([0, 2, 4])
"""Flood, drought, weather: positions in `ShockKind` of sub-codes as they are written down."""


def visits(seen: Month) -> Posting:
    """A row per visit and household, by the cadre of the household."""
    found, homes = seen.happened.visits, seen.state.homes
    who = found.home.astype(np.int64)
    day = days(seen.number, found.day.astype(np.int64))
    rows = facts(
        "visits",
        after(day, (0, 7), len(who), seen.rng),
        household_id=who,
        visited_on=day,
        visitor_id=homes.cadre[who],
        reason=found.reason,
        finding=found.finding,
        cause_1=found.cause_1,
        cause_2=found.cause_2,
    )
    return Posting("visits", rows)


def guarantee_checks(seen: Month) -> list[Posting]:
    """Checks in November, at some visits, at half-year reviews of the eliminated."""
    homes, rng = seen.state.homes, seen.rng
    found = seen.happened.visits
    met = found.take(np.flatnonzero(found.finding != NOT_HOME))
    looked = met.home.astype(np.int64)[rng.random(len(met)) < 0.15]
    postings = [_checks(seen, looked, "routine")]
    if calendar_month(seen.number) == 11:
        postings.append(_checks(seen, np.flatnonzero(homes.active & (homes.ex_poor | homes.open)), "annual"))
    if calendar_month(seen.number) in (6, 12):
        past = homes.active & (homes.ended > seen.number - 24) & (homes.ended >= 0) & ~homes.open
        postings.append(_checks(seen, np.flatnonzero(past & (rng.random(len(homes)) < 0.8)), "after_elimination"))
    return postings


def episodes(seen: Month, books: Books) -> list[Posting]:
    """Identifications and eliminations, each with its survey and its check; now and then one of the wrong household."""
    new, ended = seen.happened.identified, seen.happened.ended
    known = promptly(seen.number, len(new), seen.rng, 0.2)
    rows = [episode_rows(seen.state.homes, new, known)]
    gone = ended.home.astype(np.int64)
    # never with the delivery that brings the identification itself
    over = np.maximum(promptly(seen.number, len(gone), seen.rng, 0.2), seen.before.homes.identified[gone] + 2)
    closed = episode_rows(seen.before.homes, gone, over).with_columns(
        eliminated_month=pl.lit(seen.number, dtype=pl.Int32),
        elimination_mode=pl.Series(np.where(ended.by_help.astype(bool), 0, 1), dtype=pl.Int32),
    )
    stages = [at_stage(seen, books, who, stage, when) for who, stage, when in
              ((new, "identification", known), (gone, "elimination", over)) if len(who)]  # fmt: skip
    return [
        Posting("monitoring_episodes", pl.concat([*rows, *_wrong(seen, rows[0]), closed], how="diagonal")),
        *[Posting("income_surveys-2", survey) for survey in stages],
        _checks(seen, new, "identification", known),
        _checks(seen, gone, "elimination", over),
    ]


def episode_rows(homes: Homes, who: Ints, arrival: Numbers) -> pl.DataFrame:
    """Open episodes as they are in these households."""
    recorded = homes.recorded[who]
    month = homes.identified[who]
    natural = (recorded == CAUSE["NAT"]).any(axis=1)
    clue = np.minimum(homes.clue[who], month)
    return facts(
        "monitoring_episodes",
        arrival,
        household_id=who,
        category=homes.category[who],
        channel=homes.channel[who],
        **{f"cause_{number + 1}": recorded[:, number] for number in range(5)},
        disaster=np.where(natural, _DISASTERS[who % 3], NOBODY),
        clue_on=days(clue, visit_day(who, clue)),
        identified_month=month,
        eliminated_month=np.full(len(who), NOBODY),
        elimination_mode=np.full(len(who), NOBODY),
        retracted=False,
    )


def _wrong(seen: Month, rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The household below was meant: entered, and taken back a month later."""
    chosen = np.flatnonzero(seen.rng.random(rows.height) < _WRONG_HOUSEHOLD)
    homes = seen.state.homes
    other = (rows["household_id"].to_numpy()[chosen] + 1) % len(homes)
    free = homes.active[other] & ~homes.open[other]
    wrong = rows[chosen[free]].with_columns(household_id=pl.Series(other[free], dtype=pl.Int64))
    back = wrong.with_columns(retracted=pl.lit(value=True)).with_columns(pl.col(ARRIVAL) + 1)
    return [wrong, back]


def _checks(seen: Month, who: Ints, stage: str, arrival: Ints | None = None) -> Posting:
    """The guarantees as they are, seldom overlooked; people without insurance are noticed."""
    state, rng = seen.state, seen.rng
    homes = state.homes
    day = days(seen.number, visit_day(who, seen.number))
    sees = rng.random((3, len(who))) < 0.95
    uninsured = state.by_home(state.present & ~state.people.insured) > 0
    rows = facts(
        "guarantee_checks",
        after(day, (0, 28), len(who), rng) if arrival is None else arrival,
        household_id=who,
        checked_on=day,
        stage=_STAGE[stage],
        house_ok=~(unsafe(state)[who] & sees[0]),
        school_ok=~(out_of_school(state, seen.number)[who] & sees[1]),
        water_ok=~(~homes.water_safe[who] & sees[2]),
        insured_ok=~uninsured[who],
    )
    return Posting("guarantee_checks", rows)
