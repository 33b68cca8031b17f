"""The registers of households and persons: what offices believe, some weeks or months behind the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.columns import NOBODY
from riskmodel.sources.synthetic.months import days
from riskmodel.sources.synthetic.observation.coded import facts
from riskmodel.sources.synthetic.observation.lagging import Copy, Lag
from riskmodel.sources.synthetic.state import ACTIVE, DISSOLVED
from riskmodel.sources.synthetic.vocabulary import LABOUR, RELATION

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.columns import Flags, Ints, Numbers
    from riskmodel.sources.synthetic.observation.identities import Identities
    from riskmodel.sources.synthetic.state import State


PERSON_LAGS: Final = (
    Lag(("relation", "education", "insured", "pension", "numbered"), least=1, chance=0.6, most=3),
    Lag(("chronic", "major", "disability", "grade", "labour"), least=1, chance=0.22, most=12),
    Lag(("left",), least=1, chance=0.6, most=3),
)
HOME_LAGS: Final = (Lag(("status",), least=1, chance=0.35, most=6),)
_NEW_PERSON: Final = Lag((), least=0, chance=0.55, most=3)
_NEW_HOME: Final = Lag((), least=1, chance=0.3, most=6)


class Register:
    """Households and persons as the agriculture department's system has them."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities
        self._people = Copy(PERSON_LAGS)
        self._homes = Copy(HOME_LAGS)
        self._village = np.zeros(0, dtype=np.int64)
        self._shown: dict[str, Numbers] = {}

    @property
    def home(self) -> Numbers:
        """Household of each person as registered."""
        return self._people.columns["home"]

    @property
    def listed(self) -> Flags:
        """Persons who are in the register."""
        return self._people.listed

    @property
    def active(self) -> Flags:
        """Households that are in the register as existing."""
        found: Flags = self._homes.listed & (self._homes.columns["status"] == ACTIVE)
        return found

    @property
    def size(self) -> Ints:
        """Registered members of each household."""
        people = self._people
        here = people.listed & (people.columns["left"] == NOBODY)
        return np.bincount(people.columns["home"][here], minlength=len(self._homes.listed))

    def update(self, state: State, month: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
        """Bring the registers on; returns the positions of households and of persons whose entry is new or changed."""
        first = not len(self._homes.listed)
        truth, homes = _person_truth(state), {"status": state.homes.status}
        self._people.grow(truth)
        self._homes.grow(homes)
        changed, age = self._homes.follow(homes, rng, np.zeros(len(state.homes), dtype=bool))
        new, wait = self._homes.enlist(state.homes.active, _NEW_HOME, rng, all_now=first)
        persons = self._update_persons(truth, month, rng, first=first)
        listed, size, status = self._homes.listed, self.size, self._homes.columns["status"]
        empty = listed & (size == 0) & (status == ACTIVE)
        self._homes.columns["status"] = np.where(
            empty, np.where(homes["status"] == ACTIVE, DISSOLVED, homes["status"]), status
        )
        self._homes.gone(listed & (self._homes.columns["status"] != ACTIVE), month)
        changed |= empty | self._differs(state, size, month)
        return self._dated(self._homes, changed | new, np.maximum(age, np.where(new, wait, 0)), month), persons

    def begin(self, state: State, month: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The first states of all who are registered and not gone, dated by the end of this month at the earliest."""
        homes, people = np.flatnonzero(self.active), np.flatnonzero(self.listed & (self._people.columns["left"] < 0))
        last = days(month, 31)
        exits = days(12 * np.maximum(state.homes.exit_year[homes].astype(np.int64), 2019) + 11, 31)
        self._homes.since[homes] = np.maximum(last, exits)
        self._people.since[people] = last
        return self.households(state, homes, month), self.members(state, people, month)

    def households(self, state: State, which: Numbers, month: int) -> pl.DataFrame:
        """Rows of households at these positions as they stand in the register."""
        homes, status = state.homes, self._homes.columns["status"][which]
        size = np.where(status == ACTIVE, self.size[which], 0)
        columns = self._people.columns
        able = self._people.listed & (columns["left"] == NOBODY) & (columns["labour"] <= LABOUR["weak"])
        hands = np.bincount(columns["home"][able], minlength=len(homes))
        category = np.where(homes.ex_poor, np.where(homes.entitled, 0, 1), 2)
        return facts(
            "households",
            np.full(len(which), month),
            household_id=which,
            valid_from=self._homes.since[which],
            village_code=self._identities.code_at(homes.village[which], month),
            category=category[which],
            exit_year=homes.exit_year[which],
            size=size,
            relocated=homes.relocated[which],
            no_labour=hands[which] == 0,
            status=status,
            predecessor_id=homes.predecessor[which],
            responsible_id=np.where(homes.ex_poor[which], homes.cadre[which], NOBODY),
        )

    def members(self, state: State, which: Numbers, month: int) -> pl.DataFrame:
        """Rows of persons at these positions as they stand in the register."""
        people = state.people
        now = {name: values[which] for name, values in self._people.columns.items()}
        certified = now["disability"] >= 0
        rows = facts(
            "members",
            np.full(len(which), month),
            person_id=which,
            household_id=now["home"],
            valid_from=self._people.since[which],
            relation=now["relation"],
            birth_month=people.birth[which],
            sex=people.female[which].astype(np.int64),
            ethnicity=people.ethnicity[which],
            education=now["education"],
            chronic_illness=now["chronic"],
            major_illness=now["major"],
            disability_type=np.where(certified, now["disability"], NOBODY),
            disability_grade=np.where(certified, now["grade"], NOBODY),
            labour=now["labour"],
            basic_insured=now["insured"],
            pension_status=now["pension"],
            leave_reason=now["left"],
        )
        return rows.with_columns(numbered=pl.Series(now["numbered"]))

    def export(self, state: State, month: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The full monthly export: households and persons, those who ended or left only for a year."""
        homes = np.flatnonzero(self._homes.listed & (self.active | (month - self._homes.gone_in < 12)))
        gone = self._people.columns["left"] != NOBODY
        people = np.flatnonzero(self._people.listed & (~gone | (month - self._people.gone_in < 12)))
        return self.households(state, homes, month), self.members(state, people, month)

    def head_of(self, state: State) -> Ints:
        """Position of the registered head of each household, -1 where none is registered."""
        columns = self._people.columns
        heads = np.flatnonzero(
            self._people.listed & (columns["left"] == NOBODY) & (columns["relation"] == RELATION["head"])
        )
        found = np.full(len(state.homes), NOBODY)
        found[columns["home"][heads]] = heads
        return found

    def _update_persons(self, truth: dict[str, Numbers], month: int, rng: np.random.Generator, *, first: bool) -> Ints:
        """Who moved, changed, left or is new; a person stands in a household only once that is registered."""
        people, listed = self._people, self._homes.listed
        home = people.columns["home"]
        moves = listed[truth["home"]] & (home != truth["home"])
        people.columns["home"] = np.where(moves, truth["home"], home)
        closed = listed & (self._homes.columns["status"] != ACTIVE)
        changed, age = people.follow(truth, rng, closed[truth["home"]])
        may = (truth["left"] == NOBODY) & listed[truth["home"]]
        new, wait = people.enlist(may, _NEW_PERSON, rng, all_now=first)
        people.gone(people.columns["left"] != NOBODY, month)
        changed |= moves & people.listed
        return self._dated(people, changed | new, np.maximum(age, np.where(new, wait, 0)), month)

    def _differs(self, state: State, size: Ints, month: int) -> Flags:
        """Listed households of which a row would say something else than the last one did."""
        labour = self._people.columns["labour"]
        able = self._people.listed & (self._people.columns["left"] == NOBODY) & (labour <= LABOUR["weak"])
        shown = {
            "size": size,
            "hands": np.bincount(self._people.columns["home"][able], minlength=len(size)) == 0,
            "village": self._identities.code_at(state.homes.village, month),
        }
        found = np.zeros(len(size), dtype=bool)
        for name, values in shown.items():
            old = self._shown.get(name, values[:0])
            found[: len(old)] |= old != values[: len(old)]
        self._shown = shown
        return found & self._homes.listed

    def _dated(self, copy: Copy, which: Flags, age: Ints, month: int) -> Ints:
        """Note since when the new entries hold, later than those before; returns their positions."""
        found = np.flatnonzero(which)
        began = days(month - np.maximum(age[found] - 1, 0), 1 + found % 27)
        copy.since[found] = np.maximum(began, copy.since[found] + 1)
        return found


def _person_truth(state: State) -> dict[str, Numbers]:
    people = state.people
    names = ("relation", "education", "insured", "pension", "numbered", "chronic", "major", "labour", "left", "home")
    certified = people.certified
    columns = {name: getattr(people, name) for name in names}
    columns["disability"] = np.where(certified, people.disability, NOBODY)
    columns["grade"] = np.where(certified, people.grade, NOBODY)
    return columns


def _home_truth(state: State) -> dict[str, Numbers]:
    return {"status": state.homes.status}
