"""Why a household scored as it did: contributions summed to groups, and the leading reasons as codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.features.feature import declared
from riskmodel.policy import Cause
from riskmodel.scoring.evidence import protecting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

REASONS = 5
"""Most reasons told of a household; one per group, so that one cause is never told twice."""
PROTECTIONS = 3
"""Most groups told that lower the risk."""
LEAST = 0.01
"""A group that moves the log-odds by less than this is no reason."""
CLEAR = 0.2
"""A cause that raises the log-odds by this much is told before every background."""


@dataclass(frozen=True)
class Reason:
    """One reason as it is stored, without text."""

    group: str
    feature: str
    value: float
    contribution: float


def group_sums(contributions: NDArray[np.float64], groups: Mapping[str, str]) -> dict[str, NDArray[np.float64]]:
    """Contributions (n, F) summed by group: code -> (n,). `groups` maps the columns, in order, to their group."""
    codes = np.array(list(groups.values()))
    return {str(code): _one_by_one(contributions[:, codes == code]) for code in dict.fromkeys(codes.tolist())}


def _one_by_one(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sum of each row.

    Column by column: numpy adds the cells of a row in an order that depends on the number of rows, and a household
    asked for alone must get the same bits as in its county.
    """
    total = np.zeros(len(columns))
    for column in columns.T:
        total += column
    return total


def leading_reasons(
    contributions: NDArray[np.float64],
    facts: NDArray[np.bool_],
    groups: Mapping[str, str],
) -> dict[str, pl.Series]:
    """The groups that raise the risk most, each by its strongest feature, as columns for the result table.

    A reason needs facts: `facts` (n, F) says which cells are one, see `evidence.evidence`. A group weighs what it adds,
    and no more than its facts alone add; it is told by its strongest fact, where that alone adds 0.01. The strongest
    five are told; among them the causes of a weight of at least 0.2 come first: an office can act on a cause, a
    background only tells of it.

    contributions: (n, F); `groups` maps the columns, in order, to their group. For k = 1..5: `reason_k_group`,
    `reason_k_feature` (codes, null where there is no k-th reason). No text is made here.
    """
    sums, strongest, distinct = _raising(contributions, facts, groups)
    causes = np.isin(distinct, Cause.codes())
    order = np.argsort(-sums, axis=1, kind="stable")[:, :REASONS]
    later = ~(causes[order] & (np.take_along_axis(sums, order, axis=1) >= CLEAR))
    order = np.take_along_axis(order, np.argsort(later, axis=1, kind="stable"), axis=1)
    return _columns(order, sums, strongest, np.array(list(groups)), distinct)


def stored_reasons(row: Mapping[str, Any]) -> list[Reason]:
    """The reasons of one row of a result table."""
    found = []
    for k in range(1, REASONS + 1):
        feature, group = row.get(f"reason_{k}_feature"), row.get(f"reason_{k}_group")
        if feature is not None and group is not None:
            found.append(Reason(group, feature, row[f"value_{feature}"], row[f"contribution_{feature}"]))
    return found


def protections(row: Mapping[str, Any]) -> list[Reason]:
    """What lowers the risk in one row of a result table, strongest first: as reasons are chosen, with the signs turned.

    They are few and asked for one household at a time, so they are not stored, and no array is made for one row.
    """
    weights, strongest = dict[str, float](), dict[str, Reason]()
    for group, cells in _cells().items():
        told = [(by, each) for each in cells if (by := row.get(each.contribution)) is not None]
        if not any(by <= -LEAST for by, _ in told):
            continue
        facts = [(by, each) for by, each in told if row[each.value] is not None and each.protects(row[each.value])]
        by, best = min(facts, key=itemgetter(0), default=(0.0, None))
        if best is None or by > -LEAST:
            continue
        weights[group] = min(-sum(by for by, _ in told), -sum(by for by, _ in facts))
        strongest[group] = Reason(group, best.feature, row[best.value], by)
    told_of = [group for group in weights if weights[group] >= LEAST]
    return [strongest[group] for group in sorted(told_of, key=lambda group: -weights[group])[:PROTECTIONS]]


def group_parts(row: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """What raises and what lowers the margin in each group of one row of a result table; together they are its sum."""
    found = {}
    for group, cells in _cells().items():
        up = down = 0.0  # one after the other: a newer Python rounds a sum of many otherwise
        for cell in cells:
            by = row.get(cell.contribution, 0.0)
            if by > 0:
                up += by
            else:
                down += by
        found[group] = (up, down)
    return found


@dataclass(frozen=True)
class _Cells:
    """Where a row of a result table tells of a feature."""

    feature: str
    contribution: str
    value: str
    protects: Callable[[float], bool]
    """Whether a known value may be told as what lowers the risk."""


@cache
def _cells() -> dict[str, list[_Cells]]:
    """Those of all features by the code of their group."""
    found: dict[str, list[_Cells]] = {}
    for f in declared():
        cells = _Cells(f.name, f"contribution_{f.name}", f"value_{f.name}", protecting(f))
        found.setdefault(f.group.value, []).append(cells)
    return found


def _raising(
    contributions: NDArray[np.float64],
    facts: NDArray[np.bool_],
    groups: Mapping[str, str],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.str_]]:
    """What each group weighs (n, G), -inf without a fact to be told by; its strongest fact (n, G); its code (G,)."""
    codes = np.array(list(groups.values()))
    distinct = np.array(list(dict.fromkeys(codes.tolist())))
    weights, strongest = (
        np.empty((len(contributions), len(distinct))),
        np.empty((len(contributions), len(distinct)), int),
    )
    for place, code in enumerate(distinct):  # group by group: copies of the whole matrix would be the peak of a county
        own = np.flatnonzero(codes == code)
        added, known = contributions[:, own], facts[:, own]
        candidates = np.where(known, added, -np.inf)
        best = candidates.argmax(axis=1)
        told = np.take_along_axis(candidates, best[:, None], axis=1)[:, 0] >= LEAST
        weight = np.minimum(_one_by_one(added), _one_by_one(np.where(known, added, 0.0)))
        weights[:, place] = np.where(told, weight, -np.inf)
        strongest[:, place] = own[best]
    return weights, strongest, distinct


def _columns(
    order: NDArray[np.intp],
    sums: NDArray[np.float64],
    strongest: NDArray[np.intp],
    names: NDArray[np.str_],
    distinct: NDArray[np.str_],
) -> dict[str, pl.Series]:
    """Group and feature of each place, null where the group adds next to nothing."""
    height, places = order.shape
    shown = np.take_along_axis(sums, order, axis=1) >= LEAST
    features = np.take_along_axis(strongest, order, axis=1)
    codes = {"group": _codes(distinct, order, shown), "feature": _codes(names, features, shown)}
    return {
        f"reason_{k + 1}_{what}": column.slice(k * height, height).alias(f"reason_{k + 1}_{what}")
        for k in range(places)
        for what, column in codes.items()
    }


def _codes(values: NDArray[np.str_], index: NDArray[np.intp], shown: NDArray[np.bool_]) -> pl.Series:
    """Codes picked by position, place by place, null where nothing is to be shown; gathered from a small dictionary."""
    dictionary = _dictionary(tuple(values.tolist()))
    positions = np.where(shown, index, len(values)).ravel(order="F")
    return dictionary.gather(pl.Series(positions, dtype=pl.Int64))


@lru_cache(maxsize=8)
def _dictionary(codes: tuple[str, ...]) -> pl.Series:
    """The codes, and null behind them."""
    return pl.Series([*codes, None], dtype=pl.String)
