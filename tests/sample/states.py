"""States of the sample county: its villages, its households and their members, a row for each change.

Months are counted from October 2019. A column `known` is the month in which a row arrives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.policy import DisabilityType, Education, Labour, PensionStatus
from sample.columns import KNOWN, codes_at, day_of, subject_ids, village_codes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sample.county import County
    from sample.people import Ints

STATE_DELAY: Final = 2
"""Months until a change of a household or person is known; the same for all, so that no older state arrives later."""
_LEFT: Final = (None, "died", "married_out", "moved_out")


def villages(county: County) -> pl.DataFrame:
    """Each village once; where more than 45 % of the households were poor, it was a poor village."""
    registered = np.bincount(county.homes.village)
    number = np.arange(len(registered))
    poor = np.array([(county.homes.ex_poor[county.homes.village == v]).mean() > 0.45 for v in number])
    return pl.DataFrame(
        {
            "village_code": village_codes(number),
            "village_name": [f"示例村{v + 1}" for v in number],
            "township_name": [f"示例乡{v // 10 + 1}" for v in number],
            "county_name": "示例县(虚构)",
            "prefecture_name": "示例市(虚构)",
            "province_name": "示例省(虚构)",
            "valid_from": day_of(np.full(len(number), -12 * 5)),
            "was_poor_village": poor,
            "exit_year": pl.Series(np.where(poor, 2016 + number % 5, -1)).replace(-1, None),
            "key_county": False,
            "registered_households": registered,
            KNOWN: 1,
        }
    )


def households(county: County) -> pl.DataFrame:
    """The first state, then a row whenever the number of members changes."""
    homes, people = county.homes, county.people
    size = people.per_household(people.present)
    t, h = _changes(size[..., None])
    category = np.where(homes.entitled, "ex_poor_policy", "ex_poor_no_policy")
    return pl.DataFrame(
        {
            "household_id": subject_ids("H", homes.count).gather(h),
            "valid_from": day_of(t),
            "village_code": village_codes(homes.village).gather(h),
            "category": np.where(homes.ex_poor, category, "ordinary")[h],
            "exit_year": pl.Series(np.where(homes.ex_poor, homes.exit_year, -1)[h]).replace(-1, None),
            "size": size[t, h],
            "relocated": False,
            "status": "active",
            KNOWN: np.where(t == 0, 1, t + STATE_DELAY),
        }
    )


def members(county: County) -> pl.DataFrame:
    """Everybody at the start or at birth, then a complete row for each change, the last one when somebody leaves."""
    people = county.people
    months = np.arange(county.months)[:, None]
    state = np.stack(
        [people.education, people.chronic, people.major, people.labour, people.pension, people.left], axis=-1
    )
    t, p = _changes(state, there=months >= people.birth)
    disability = people.disability[p]
    return pl.DataFrame(
        {
            "person_id": subject_ids("P", len(people.birth)).gather(p),
            "household_id": subject_ids("H", county.homes.count).gather(people.household[p]),
            "valid_from": day_of(t),
            "relation": people.relation[p],
            "birth_month": day_of(people.birth[p]),
            "sex": np.where(people.female, "female", "male")[p],
            "ethnicity": "01",
            "education": codes_at(Education.codes(), people.education[t, p]),
            "chronic_illness": people.chronic[t, p],
            "major_illness": people.major[t, p],
            "disability_type": codes_at(DisabilityType.codes(), disability),
            "disability_grade": pl.Series(np.where(disability >= 0, people.disability_grade[p], -1)).replace(-1, None),
            "labour": codes_at(Labour.codes(), people.labour[t, p]),
            "basic_insured": people.insured[p],
            "pension_status": codes_at(PensionStatus.codes(), people.pension[t, p]),
            "leave_reason": codes_at(_LEFT, people.left[t, p]),
            KNOWN: np.where(t == 0, 1, t + STATE_DELAY),
        }
    )


def _changes(state: Ints, there: NDArray[np.bool_] | None = None) -> tuple[Ints, Ints]:
    """Month and position of each subject's first state and of each change; `state` is (T, subjects, columns).

    The sixth column of persons says that they have left: what happens to them afterwards is no news.
    """
    exists = np.ones(state.shape[:2], dtype=bool) if there is None else there
    differs = np.ones_like(exists)
    differs[1:] = (state[1:] != state[:-1]).any(axis=-1) | ~exists[:-1]
    if state.shape[-1] == 6:
        differs[1:] &= state[:-1, :, 5] == 0
    t, subject = np.nonzero(exists & differs)
    return t, subject
