"""What a work list missed: estimated from the households that were drawn by lot among those not listed.

Among the listed the cases are counted. Among the others each case that the lot found stands for 1 / p households, p
being its probability of being drawn (Horvitz and Thompson 1952). Interval of their sum: that of a weighted sum of
Poisson counts by the gamma distribution (Fay and Feuer, Statistics in Medicine 1997), which keeps its level with few
cases and with none, where it becomes the rule of three. Where cases are no rarity, it is wider than need be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betaincinv, gammaincinv
from scipy.stats import hypergeom

from riskmodel.training.intervals import LEVEL, Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNKNOWN = float("nan")


@dataclass(frozen=True)
class Answers:
    """Households of one kind that were on the list or drawn, those of them whose finding is known, and the cases."""

    households: int
    known: int
    found: int


@dataclass(frozen=True)
class AuditEstimate:
    """What a list found and missed, with intervals of 95%. NaN where nothing tells.

    Cases and recall are about the households of this list; precision is about what lists like this one find.
    """

    listed: Answers
    audited: Answers
    unlisted: int
    """Households not listed that the lot could have drawn, the drawn ones included."""
    out_of_reach: int
    """Households not listed that it could not have drawn: nothing is said about them."""
    precision: Interval
    """Cases among the listed, as a share."""
    missed: Interval
    """Cases among the households not listed."""
    prevalence_unlisted: Interval
    """The same as a share of them."""
    cases: Interval
    """Cases in all."""
    recall: Interval
    """Share of the cases that were on the list."""


def estimate(
    found: NDArray[np.float64],
    listed: NDArray[np.bool_],
    audited: NDArray[np.bool_],
    probability: NDArray[np.float64],
) -> AuditEstimate:
    """What the visits to a list and to its audit say, over all n households that could have been listed.

    found (n,): 1 a case, 0 none, NaN not known; read for the listed and the audited alone. listed, audited (n,).
    probability (n,): of the households not listed, that of being drawn. Households whose finding is not known are taken
    to be like the others of their kind: missing at random among the listed, and among the audited.
    """
    reach = ~listed & (probability > 0)
    on_list, drawn = _answers(found, listed), _answers(found, audited & reach)
    # half of the error is for the listed, where not all of them are known; else they are counted without error
    tail = (1 - LEVEL) / 2 / (1 if on_list.known == on_list.households else 2)
    counted, missed = _counted(on_list, tail), _missed(found, audited & reach, probability, reach, tail)
    unlisted = int(reach.sum())
    shares = (number / unlisted if unlisted else UNKNOWN for number in (missed.value, missed.low, missed.high))
    return AuditEstimate(
        listed=on_list,
        audited=drawn,
        unlisted=unlisted,
        out_of_reach=int((~listed & ~reach).sum()),
        precision=_precision(on_list),
        missed=missed,
        prevalence_unlisted=Interval(*shares),
        cases=Interval(counted.value + missed.value, counted.low + missed.low, counted.high + missed.high),
        recall=Interval(
            _part(counted.value, missed.value, UNKNOWN),
            _part(counted.low, missed.high, 0.0),
            _part(counted.high, missed.low, 1.0),
        ),
    )


def _answers(found: NDArray[np.float64], which: NDArray[np.bool_]) -> Answers:
    known = which & ~np.isnan(found)
    return Answers(int(which.sum()), int(known.sum()), int((found[known] > 0).sum()))


def _missed(
    found: NDArray[np.float64],
    drawn: NDArray[np.bool_],
    probability: NDArray[np.float64],
    reach: NDArray[np.bool_],
    tail: float,
) -> Interval:
    """Cases among the households not listed, each limit with the error `tail`."""
    unlisted, known = int(reach.sum()), drawn & ~np.isnan(found)
    if not unlisted:
        return Interval(0.0, 0.0, 0.0)
    if not known.any():
        return Interval(UNKNOWN, 0.0, float(unlisted))
    answered = float((1 / probability[known]).sum() / (1 / probability[drawn]).sum())
    weights = 1 / (probability[known & (found > 0)] * answered)
    heaviest = float((1 / (probability[reach] * answered)).max())
    # so many are cases for sure, and so many for sure are none
    least, most = len(weights), unlisted - (int(known.sum()) - len(weights))
    limits = (float(weights.sum()), *_gamma_limits(weights, heaviest, tail))
    return Interval(*(min(max(limit, least), most) for limit in limits))


def _gamma_limits(weights: NDArray[np.float64], heaviest: float, tail: float) -> tuple[float, float]:
    """Limits of the mean of a weighted sum of Poisson counts; `weights`: those of the cases, none above `heaviest`."""
    total, variance = float(weights.sum()), float((weights**2).sum())
    low = 0.0 if not total else variance / total * float(gammaincinv(total**2 / variance, tail))
    total, variance = total + heaviest, variance + heaviest**2
    return low, variance / total * float(gammaincinv(total**2 / variance, 1 - tail))


def _counted(answers: Answers, tail: float) -> Interval:
    """Cases among households of which some answered, drawn as without replacement; exact where all did."""
    of, known, found = answers.households, answers.known, answers.found
    if not known:
        return Interval(UNKNOWN if of else 0.0, 0.0, float(of))
    cases = np.arange(found, of - (known - found) + 1)
    possible = (hypergeom.sf(found - 1, of, cases, known) > tail) & (hypergeom.cdf(found, of, cases, known) > tail)
    return Interval(of * found / known, float(cases[possible].min()), float(cases[possible].max()))


def _precision(answers: Answers) -> Interval:
    """Clopper and Pearson's interval of a share."""
    known, found, tail = answers.known, answers.found, (1 - LEVEL) / 2
    if not known:
        return Interval(UNKNOWN, 0.0, 1.0)
    low = float(betaincinv(found, known - found + 1, tail)) if found else 0.0
    high = float(betaincinv(found + 1, known - found, 1 - tail)) if found < known else 1.0
    return Interval(found / known, low, high)


def _part(one: float, other: float, neither: float) -> float:
    """One of the sum of both, or `neither` where that is 0."""
    return one / (one + other) if one + other else neither
