"""Why a household scored as it did: contributions summed to groups, and the leading reasons as codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

REASONS = 5
"""Most reasons told of a household; one per group, so that one cause is never told twice."""
PROTECTIONS = 3
"""Most groups told that lower the risk."""
LEAST = 0.01
"""A group that moves the log-odds by less than this is no reason."""


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
    x: NDArray[np.float64],
    groups: Mapping[str, str],
    zero_tells: NDArray[np.bool_] | None = None,
    *,
    prefix: str = "reason",
    most: int = REASONS,
) -> dict[str, pl.Series]:
    """The groups that raise the risk most, each by its strongest feature, as columns for the result table.

    A reason needs a fact: a missing value is none, and 0 only where `zero_tells` (F,) says so (everywhere without it).
    A group without such a feature is not told, whatever it adds. Contributions with their signs turned give what lowers
    the risk by the same rule.

    contributions, x: (n, F). For k = 1..`most`: `reason_k_group`, `reason_k_feature` (codes, null where there is no
    k-th reason); `prefix` stands in place of `reason`. No text is made here.
    """
    names, codes = np.array(list(groups)), np.array(list(groups.values()))
    distinct = np.array(list(dict.fromkeys(codes.tolist())))
    rows = np.arange(len(x))
    fact = ~np.isnan(x) & ((x != 0) | (True if zero_tells is None else zero_tells))
    candidates = np.where(fact, contributions, -np.inf)
    sums = np.column_stack(list(group_sums(contributions, groups).values()))
    strongest = np.column_stack(
        [np.flatnonzero(codes == code)[candidates[:, codes == code].argmax(axis=1)] for code in distinct]
    )
    sums = np.where(np.take_along_axis(candidates, strongest, axis=1) > 0, sums, -np.inf)
    order = np.argsort(-sums, axis=1, kind="stable")[:, :most]
    columns: dict[str, pl.Series] = {}
    for k in range(order.shape[1]):
        group = order[:, k]
        feature = strongest[rows, group]
        shown = sums[rows, group] >= LEAST
        columns[f"{prefix}_{k + 1}_group"] = _codes(distinct, group, shown)
        columns[f"{prefix}_{k + 1}_feature"] = _codes(names, feature, shown)
    return columns


def stored_reasons(row: Mapping[str, Any], prefix: str = "reason") -> list[Reason]:
    """The reasons of one row of a result table, or what protects with the prefix `protection`."""
    found = []
    for k in range(1, REASONS + 1):
        feature, group = row.get(f"{prefix}_{k}_feature"), row.get(f"{prefix}_{k}_group")
        if feature is not None and group is not None:
            found.append(Reason(group, feature, row[f"value_{feature}"], row[f"contribution_{feature}"]))
    return found


def _codes(values: NDArray[np.str_], index: NDArray[np.intp], shown: NDArray[np.bool_]) -> pl.Series:
    """Codes picked by position, null where nothing is to be shown; gathered from a small dictionary."""
    dictionary = pl.Series(values.tolist(), dtype=pl.String)
    positions = pl.Series(np.where(shown, index, -1), dtype=pl.Int64)
    return dictionary.gather(positions.replace(-1, None))
