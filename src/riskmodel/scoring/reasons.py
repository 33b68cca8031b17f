"""Why a household scored as it did: contributions summed to groups, and the leading reasons as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from riskmodel.policy import Background, Cause
from riskmodel.scoring.evidence import protects

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from riskmodel.features import Feature

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
    """Contributions (n, F) summed by group: code -> (n,). `groups` maps the columns, in order, to their group.

    Column by column: numpy adds the cells of a row in an order that depends on the number of rows, and a household
    asked for alone must get the same bits as in its county.
    """
    sums = {code: np.zeros(len(contributions)) for code in groups.values()}
    for column, code in enumerate(groups.values()):
        sums[code] += contributions[:, column]
    return sums


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


def protections(row: Mapping[str, Any], features: Sequence[Feature]) -> list[Reason]:
    """What lowers the risk in one row of a result table, strongest first: as reasons are chosen, with the signs turned.

    They are few and asked for one household at a time, so they are not stored, and no array is made for one row.
    """
    sums: dict[Cause | Background, float] = {}
    of_facts: dict[Cause | Background, float] = {}
    strongest: dict[Cause | Background, Reason] = {}
    for f in features:
        by = row.get(f"contribution_{f.name}")
        if by is None:
            continue
        sums[f.group] = sums.get(f.group, 0.0) - by
        value, before = row[f"value_{f.name}"], strongest.get(f.group)
        if not protects(value, f):
            continue
        of_facts[f.group] = of_facts.get(f.group, 0.0) - by
        if by <= -LEAST and by < (before.contribution if before else 0.0):
            strongest[f.group] = Reason(f.group.value, f.name, value, by)
    weights = {group: min(sums[group], of_facts[group]) for group in strongest}
    told = [group for group in weights if weights[group] >= LEAST]
    return [strongest[group] for group in sorted(told, key=lambda group: -weights[group])[:PROTECTIONS]]


def group_parts(row: Mapping[str, Any], features: Sequence[Feature]) -> dict[str, tuple[float, float]]:
    """What raises and what lowers the margin in each group of one row of a result table; together they are its sum."""
    up = dict.fromkeys((f.group for f in features), 0.0)
    down = dict(up)
    for f in features:
        by = row.get(f"contribution_{f.name}", 0.0)
        (up if by > 0 else down)[f.group] += by
    return {group.value: (up[group], down[group]) for group in up}


def _raising(
    contributions: NDArray[np.float64],
    facts: NDArray[np.bool_],
    groups: Mapping[str, str],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.str_]]:
    """What each group weighs (n, G), -inf without a fact to be told by; its strongest fact (n, G); its code (G,)."""
    codes = np.array(list(groups.values()))
    distinct = np.array(list(dict.fromkeys(codes.tolist())))
    added = group_sums(contributions, groups), group_sums(np.where(facts, contributions, 0.0), groups)
    weights = np.column_stack([np.minimum(added[0][code], added[1][code]) for code in distinct.tolist()])
    candidates = np.where(facts, contributions, -np.inf)
    strongest = np.column_stack(
        [np.flatnonzero(codes == code)[candidates[:, codes == code].argmax(axis=1)] for code in distinct]
    )
    told = np.take_along_axis(candidates, strongest, axis=1) >= LEAST
    return np.where(told, weights, -np.inf), strongest, distinct


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
    dictionary = pl.Series([*values.tolist(), None], dtype=pl.String)
    positions = np.where(shown, index, len(values)).ravel(order="F")
    return dictionary.gather(pl.Series(positions, dtype=pl.Int64))
