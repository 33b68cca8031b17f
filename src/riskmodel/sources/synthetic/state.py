"""The latent state of the simulated county: what is true at the end of a month, whether or not anybody knows it.

Arrays stand by position, and a position is an identity: people who leave and households that end stay where they are,
new ones are appended. Only the Monte Carlo copies, which nobody looks up later, are compacted and tiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from riskmodel.sources.synthetic.columns import NOBODY, Columns, Flags, Floats, Numbers, at

ACTIVE, SPLIT, MERGED, MOVED_OUT, DISSOLVED = range(5)
"""Positions in `HouseholdStatus`."""

STRESSES: Final = ("ILL", "ACC", "IND", "JOB", "EDU", "NAT")
"""Causes whose burden is remembered as an amount of yuan that fades within about a year."""


@dataclass(frozen=True)
class People(Columns):
    """Everybody who was ever a member of a household."""

    home: Numbers
    birth: Numbers
    """Month of birth."""
    female: Numbers
    relation: Numbers
    """Position in `Relation`."""
    education: Numbers
    ethnicity: Numbers
    left: Numbers
    """-1 = present, else the position in `LeaveReason`."""
    numbered: Numbers
    """Has an ID number."""
    chronic: Numbers
    group: Numbers
    """Position in `DiseaseGroup` of the chronic or major illness."""
    special: Numbers
    """Has the certificate for outpatient treatment of chronic disease."""
    major: Numbers
    """Has a major illness, until cured."""
    treatment: Numbers
    """Months of treatment that are left."""
    disability: Numbers
    """Position in `DisabilityType`, -1 = none; the certificate may come later."""
    grade: Numbers
    certified: Numbers
    labour: Numbers
    insured: Numbers
    pension: Numbers
    keen: Numbers
    """Wants to work for a wage."""
    skill: Numbers
    """Logarithm of the wage relative to the usual one."""
    employed: Numbers
    place: Numbers
    sector: Numbers
    jobless: Numbers
    """Months without work."""
    wage: Numbers
    """Yuan of this month."""
    post: Numbers
    """Public-benefit post: 0 department, 1 township, 2 village, -1 none."""
    post_until: Numbers
    """Last month of the post."""
    stage: Numbers
    """Position in `SchoolStage`, -1 = not at school."""
    schooling: Numbers
    """Position in `EnrolmentStatus` of somebody with a stage."""
    vocational: Numbers
    """Goes the vocational way after junior school."""
    compliant_ytd: Numbers
    """Yuan of compliant self-pay since January, the measure of the major-illness insurance."""


@dataclass(frozen=True)
class Homes(Columns):
    """Every household there ever was."""

    village: Numbers
    status: Numbers
    since: Numbers
    """Month in which the household began."""
    predecessor: Numbers
    ex_poor: Numbers
    entitled: Numbers
    exit_year: Numbers
    relocated: Numbers
    cadre: Numbers
    level: Numbers
    """Lasting level of earning, about standard normal."""
    crop: Numbers
    """Yuan a year of 2020 that the fields bring in a usual year; the next three likewise."""
    stock: Numbers
    fruit: Numbers
    trade: Numbers
    crop_ok: Numbers
    """Share of the coming harvest that shocks have left."""
    stock_ok: Numbers
    """Share of the usual animals and projects."""
    rent: Numbers
    dividend: Numbers
    support: Numbers
    """Yuan a month from children elsewhere."""
    buffer: Numbers
    """Savings, below zero informal debt; yuan."""
    income12: Numbers
    """(n, 12) net income of the last months; column = month modulo 12."""
    compliant12: Numbers
    """(n, 12) compliant self-pay less claims."""
    rigid12: Numbers
    """(n, 12) spending that cannot be avoided: self-pay, fees, losses."""
    stress: Numbers
    """(n, 6) burden by cause of `STRESSES`."""
    inpatient_ytd: Numbers
    house_grade: Numbers
    house_area: Numbers
    rebuilt: Numbers
    water: Numbers
    water_safe: Numbers
    outage: Numbers
    dibao: Numbers
    """Yuan a month."""
    dibao_since: Numbers
    marginal: Numbers
    tekun: Numbers
    wired: Numbers
    """A department's trip wire fired this month."""
    hard: Numbers
    onset: Numbers
    calm: Numbers
    """Months in a row without hardship while it is not yet over."""
    below: Numbers
    """Hardship by low income (else by a broken guarantee or spending)."""
    causes: Numbers
    """(n, 5) true causes of the present hardship, positions in `Cause`."""
    clue: Numbers
    """Month in which a clue was found that is not decided yet."""
    due: Numbers
    """Month in which it will be decided."""
    mistaken: Numbers
    """The clue was no true hardship when it was found."""
    channel: Numbers
    identified: Numbers
    """Month of the open episode, -1 = none."""
    category: Numbers
    recorded: Numbers
    """(n, 5) causes as recorded."""
    help: Numbers
    """Bits of the measures in force, by position in `Measure`."""
    ended: Numbers
    """Month of the last elimination."""
    visited: Numbers

    @property
    def active(self) -> Flags:
        """Households that exist."""
        found: Flags = self.status == ACTIVE
        return found

    @property
    def open(self) -> Flags:
        """Households with an open episode."""
        found: Flags = self.identified >= 0
        return found


@dataclass(frozen=True)
class Loans(Columns):
    """Every loan there ever was."""

    home: Numbers
    product: Numbers
    purpose: Numbers
    started: Numbers
    due: Numbers
    day: Numbers
    """Day of the month on which it was paid out and falls due."""
    principal: Numbers
    balance: Numbers
    late: Numbers
    """Months past due."""
    status: Numbers
    closed: Numbers
    """Month in which it was closed, -1 = open."""
    renewed: Numbers
    extended: Numbers


@dataclass(frozen=True)
class Villages(Columns):
    """Villages and what they have in common."""

    township: Numbers
    market: Numbers
    """Position in `Markets`; one per county."""
    poor: Numbers
    exit_year: Numbers
    danger: Numbers
    """Factor on natural disasters."""
    wealth: Numbers
    minority: Numbers


@dataclass(frozen=True)
class Markets(Columns):
    """Prices of a county."""

    crop: Numbers
    """Logarithm of the price over the usual one; the next likewise."""
    stock: Numbers
    slump: Numbers
    """Months that a slump of livestock prices still lasts."""


@dataclass(frozen=True)
class State:
    """All that is true at the end of a month."""

    people: People
    homes: Homes
    loans: Loans
    villages: Villages
    markets: Markets
    townships: int

    def by_home(self, amounts: Numbers) -> Floats:
        """Sum over the members of each household."""
        return at(len(self.homes), self.people.home, amounts)

    @property
    def present(self) -> Flags:
        """People who live in a household that exists."""
        found: Flags = (self.people.left == NOBODY) & self.homes.active[self.people.home]
        return found

    @property
    def size(self) -> Floats:
        """Members per household."""
        return self.by_home(self.present)
