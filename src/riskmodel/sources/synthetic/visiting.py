"""How hardship is found: trip wires of the departments, people who apply, and visits that see it or do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from riskmodel.sources.synthetic.columns import NOBODY, Flags, Floats, Numbers
from riskmodel.sources.synthetic.happened import Shocks, Terms, Visits
from riskmodel.sources.synthetic.lines import line
from riskmodel.sources.synthetic.months import calendar_month, year_of
from riskmodel.sources.synthetic.parameters import Parameters
from riskmodel.sources.synthetic.schooling import school_fees
from riskmodel.sources.synthetic.state import State
from riskmodel.sources.synthetic.vocabulary import CAUSE, CHANNEL, REASON, SCHOOLING

NO_RISK, RISK, NOT_HOME = range(3)


def wired(state: State, before: Numbers, shocks: Shocks, terms: Terms, parameters: Parameters) -> State:
    """Which households a department's wire names this month: a threshold crossed, a disaster, a dropout.

    `before` is the inpatient self-pay of the year to date a month ago.
    """
    homes, n = state.homes, len(state.homes)
    limit = np.where(homes.ex_poor, parameters["wires.inpatient_ex_poor"], parameters["wires.inpatient_other"])
    past = np.zeros(n)
    past[: len(before)] = before
    past = np.where(past > homes.inpatient_ytd, 0, past)
    fires = (homes.inpatient_ytd >= limit) & (past < limit)
    fires |= np.bincount(shocks.home.astype(np.int64), weights=shocks.loss > 3000, minlength=n) > 0
    fires |= 2 * school_fees(terms, state.people, n) > parameters["wires.school_fees"]
    person = terms.person.astype(np.int64)
    out = np.isin(terms.status, [SCHOOLING["suspected_dropout"], SCHOOLING["dropout"]])
    fires |= np.bincount(state.people.home[person], weights=out, minlength=n) > 0
    return replace(state, homes=homes.but(wired=fires & homes.active))


def visited(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> tuple[State, Visits]:
    """The visits of a month; a clue is a visit after which cadres believe in a risk, rightly or not."""
    homes, n = state.homes, len(state.homes)
    reason = _reasons(state, month, rng, parameters)
    seen = reason >= 0
    meets = seen & (rng.random(n) >= parameters["visits.not_home"])
    told = np.isin(reason, [REASON["self_report"], REASON["alert"]])
    notices = np.where(told, parameters["visits.sees_if_told"], parameters["visits.sees"])
    chance = rng.random(n)
    free = homes.active & ~homes.open & (homes.clue < 0)
    right = free & meets & homes.hard & (chance < notices)
    wrong = free & meets & ~homes.hard & (chance < parameters["visits.mistakes"] * _nearness(state, month, parameters))
    clue = right | wrong
    delay = np.searchsorted(np.cumsum(parameters.row("visits.decided_after")), rng.random(n)).clip(max=3)
    channel = np.full(n, CHANNEL["cadre_check"])
    channel[reason == REASON["alert"]] = CHANNEL["dept_alert"]
    channel[reason == REASON["self_report"]] = CHANNEL["self_report"]
    rare = rng.random(n)
    channel = np.where(rare < 0.012, CHANNEL["petition"], np.where(rare < 0.02, CHANNEL["media"], channel))
    homes = homes.but(
        clue=np.where(clue, month, homes.clue),
        due=np.where(clue, month + delay, homes.due),
        mistaken=np.where(clue, wrong, homes.mistaken),
        channel=np.where(clue, channel, homes.channel),
        visited=np.where(meets, month, homes.visited),
    )
    return replace(state, homes=homes), _rows(state, month, reason, meets, clue)


def _reasons(state: State, month: int, rng: np.random.Generator, parameters: Parameters) -> Numbers:
    """Position in `VisitReason` of each household that is visited, -1 for the others."""
    homes, n = state.homes, len(state.homes)
    chance = rng.random((5, n), dtype=np.float32)
    often = np.select(
        [homes.open, homes.ex_poor],
        [parameters["visits.monitored"], parameters["visits.ex_poor"]],
        parameters["visits.ordinary"],
    )
    half_year = homes.ex_poor & np.isin(calendar_month(month), [6, 12])
    applies = homes.hard & ~homes.open & (chance[0] < parameters["visits.self_report"])
    found = np.select(
        [
            applies,
            homes.wired & (chance[1] < parameters["visits.alert"]),
            half_year & (chance[2] < parameters["visits.half_year"]),
            chance[3] < parameters["visits.audit"],
            chance[4] < often,
        ],
        [REASON[name] for name in ("self_report", "alert", "half_year", "random_audit", "routine")],
        NOBODY,
    )
    return np.where(homes.active, found, NOBODY)


def _nearness(state: State, month: int, parameters: Parameters) -> Floats:
    """How much a household that is not in hardship looks like one: 1 far above the line, more near it."""
    homes = state.homes
    per_head = homes.income12.sum(axis=1) / state.size.clip(1)
    ratio = per_head / line("monitoring_line", year_of(month), parameters)
    found: Floats = np.interp(ratio, [0.9, 1.2, 2.0], [12.0, 5.0, 1.0]) * np.where(homes.buffer < 0, 2.0, 1.0)
    return found


def visit_day(home: Numbers, month: Numbers | int) -> Numbers:
    """Day of the month on which a household was visited: the same whenever it is asked for again."""
    day: Numbers = 1 + (home * 7 + np.asarray(month) * 3) % 27
    return day


def _rows(state: State, month: int, reason: Numbers, meets: Flags, clue: Flags) -> Visits:
    who = np.flatnonzero(reason >= 0)
    finding = np.where(
        ~meets[who], NOT_HOME, np.where(clue[who] | (state.homes.open & state.homes.hard)[who], RISK, NO_RISK)
    )
    causes = state.homes.causes[who]
    first = np.where(causes[:, 0] >= 0, causes[:, 0], CAUSE["OTH"])
    risk = finding == RISK
    return Visits.of(
        len(who), home=who, reason=reason[who], finding=finding, day=visit_day(who, month),
        cause_1=np.where(risk, first, NOBODY), cause_2=np.where(risk, causes[:, 1], NOBODY),
    )  # fmt: skip
