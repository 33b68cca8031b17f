"""What happened in a month: the facts that departments may write down later, and the truth about monitoring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from riskmodel.sources.synthetic.columns import Columns, Flags, Numbers


class Rows(Columns):
    """Facts of a month, one row each."""

    @classmethod
    def none(cls) -> Self:
        """No row."""
        return cls(**{name: np.zeros(0) for name in cls.__dataclass_fields__})

    @classmethod
    def all(cls, parts: list[Self]) -> Self:
        """The rows of all parts in their order."""
        if not parts:
            return cls.none()
        return cls(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in cls.__dataclass_fields__})

    @classmethod
    def of(cls, count: int, **columns: Any) -> Self:
        """`count` rows; single values are repeated."""
        return cls(**{name: np.broadcast_to(np.asarray(value), count) for name, value in columns.items()})


@dataclass(frozen=True)
class Shocks(Rows):
    """Disasters, accidents, failed projects; a row per household and event."""

    home: Numbers
    kind: Numbers
    day: Numbers
    loss: Numbers
    deaths: Numbers
    injured: Numbers
    claim: Numbers


@dataclass(frozen=True)
class Injuries(Rows):
    """People hurt in an accident."""

    person: Numbers
    cost: Numbers


@dataclass(frozen=True)
class Bills(Rows):
    """Settled medical bills, whole yuan; the parts sum to the total."""

    person: Numbers
    visit: Numbers
    group: Numbers
    inside: Numbers
    total: Numbers
    basic: Numbers
    major: Numbers
    supplement: Numbers
    aid: Numbers
    self_pay: Numbers
    compliant: Numbers


@dataclass(frozen=True)
class Terms(Rows):
    """Pupils and students of a term that begins, and changes of status within a term."""

    person: Numbers
    stage: Numbers
    status: Numbers
    fee: Numbers
    aid: Numbers
    aid_type: Numbers
    loan: Numbers
    boarding: Numbers


@dataclass(frozen=True)
class Visits(Rows):
    """Visits of cadres."""

    home: Numbers
    reason: Numbers
    finding: Numbers
    day: Numbers
    cause_1: Numbers
    cause_2: Numbers


@dataclass(frozen=True)
class Measures(Rows):
    """Measures that begin."""

    home: Numbers
    person: Numbers
    measure: Numbers
    option: Numbers
    months: Numbers
    """Length; 0 = open."""
    amount: Numbers


@dataclass(frozen=True)
class Endings(Rows):
    """Episodes that end."""

    home: Numbers
    by_help: Numbers


@dataclass(frozen=True)
class Happened:
    """Everything of one month."""

    month: int
    money: Mapping[str, Numbers]
    """Yuan per household by income component; costs positive."""
    self_pay: Numbers
    """Yuan per household of compliant self-pay."""
    claims: Numbers
    shocks: Shocks
    bills: Bills
    terms: Terms
    visits: Visits
    measures: Measures
    identified: Numbers
    """Households whose episode began, with its causes in the state."""
    ended: Endings
    began: Flags
    """Households whose hardship began this month."""
