"""Shares of small groups, drawn towards the share of all: few events say little, and many groups always have extremes.

A group's share is taken to be drawn from a beta distribution with the mean of all and strength M, in events. The
expected share after n events of which x were found is

    shrunk = (x + M p) / (n + M) = p + n / (n + M) (x/n - p),    p = share of all.

M = 1/c - 1, where c is how alike two events of one group are, by the method of moments with weights n:

    c = (S / (q (1 - q)) - (k - 1)) / (N - sum(n^2)/N - (k - 1)),
    S = sum n (x/n - q)^2,  N = sum(n),  q = sum(x)/N,  k groups; at least 0 (no group differs), at most 1.

Rows of one household, and households of one village, fall together and say less than as many independent ones. So n is
the number of events over their design effect, which is learned from draws of whole villages. Sources: Kleinman,
"Proportions with extraneous variance: single and independent samples", JASA 68 (1973) 46-54; Rao and Scott, "A simple
method for the analysis of clustered binary data", Biometrics 48 (1992) 577-585.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def strength(share: NDArray[np.float64], count: NDArray[np.float64]) -> float:
    """M: how many events the share of all weighs as much as; infinite where the groups differ no more than by chance.

    share, count (k,): of each group. Groups without events do not count.
    """
    asked = count > 0
    share, count = share[asked], count[asked]
    total, excess = count.sum(), len(count) - 1
    room = total - (count @ count) / total - excess if len(count) else 0.0
    mean = share @ count / total if len(count) else 0.0
    if room <= 0 or not 0 < mean < 1:
        return float("inf")
    alike = ((count @ (share - mean) ** 2) / (mean * (1 - mean)) - excess) / room
    return float("inf") if alike <= 0 else float(1 / min(alike, 1.0) - 1)


def design_effect(share: NDArray[np.float64], count: NDArray[np.float64], draws: NDArray[np.float64]) -> float:
    """How many rows say as much as one that is independent, at least 1; one number for the groups of a grouping.

    share, count (k,): of each group, in rows; draws (replicates, k): its share in draws of whole clusters, NaN where
    it is not told. Groups together: the variance of one small group is hardly known.
    """
    told = (count > 0) & (np.isfinite(draws).sum(axis=0) > 1)
    share, count = share[told], count[told]
    alone = count @ (share * (1 - share))
    if alone == 0:
        return 1.0
    return max(1.0, float(count**2 @ np.nanvar(draws[:, told], axis=0) / alone))


def shrunk(share: NDArray[np.float64], count: NDArray[np.float64], towards: float) -> NDArray[np.float64]:
    """The shares (k,) of groups with so many events (k,), drawn towards that of all. NaN for a group without events."""
    events = strength(share, count)
    known = count > 0
    kept = count[known] / (count[known] + events) if np.isfinite(events) else np.zeros(int(known.sum()))
    drawn = np.full(len(share), np.nan)
    drawn[known] = towards + kept * (share[known] - towards)
    return drawn
