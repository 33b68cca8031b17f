"""Why a score changed between two dates: what new facts did, and what a new model did, without a rest.

The margin of a date is `base` plus contributions. Between two dates, feature by feature:

    data    the old model on the new values, less the old model on the old ones
    model   the new model on the new values, less the old model on the new ones

With the difference of the bases they sum to the change of the margin. Where the model is the same, what it made of the
new values is stored; where it changed, the old one is asked again, with the stored values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from riskmodel.errors import UsageError
from riskmodel.scoring.score import CONTRIBUTION, VALUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from riskmodel.models import Bundle


@dataclass(frozen=True, eq=False)
class Changes:
    """The change of the margin of n households, in log-odds: `data` + `model` by row, + `base`, is `margin`."""

    households: pl.Series
    """Ids of the households that were scored on both dates, in order of id."""
    features: tuple[str, ...]
    margin: NDArray[np.float64]
    """(n,): new less old."""
    data: NDArray[np.float64]
    """(n, F)."""
    model: NDArray[np.float64]
    """(n, F); 0 where the model is the same."""
    base: NDArray[np.float64]
    """(n,): new base less old; a part of what the model did."""
    before: NDArray[np.float64]
    """(n, F): the old values, NaN = missing."""
    now: NDArray[np.float64]
    """(n, F): the new values."""


def changes(before: pl.DataFrame, now: pl.DataFrame, old: Bundle | None = None) -> Changes:
    """The change of every household that is in both result tables, which are of one label.

    `old`: the model of `before`, needed where `now` is of another one. Raises UsageError where it is needed and not
    given, is not that of `before`, or where the features of the two tables are not the same.
    """
    names = _features(before, now)
    both = before.select("household_id").join(now.select("household_id"), on="household_id").sort("household_id")
    was, is_now = (both.join(table, on="household_id", how="left", maintain_order="left") for table in (before, now))
    told_before, told_now = _matrix(was, CONTRIBUTION, names), _matrix(is_now, CONTRIBUTION, names)
    values = _matrix(is_now, VALUE, names)
    between, base = _of_old_model(was, is_now, old, names, values)
    return Changes(
        households=both["household_id"],
        features=names,
        margin=is_now["margin"].to_numpy() - was["margin"].to_numpy(),
        data=between - told_before,
        model=told_now - between,
        base=is_now["base"].to_numpy() - base,
        before=_matrix(was, VALUE, names),
        now=values,
    )


def _of_old_model(
    was: pl.DataFrame, is_now: pl.DataFrame, old: Bundle | None, names: Sequence[str], values: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the old model makes of the new values (n, F), and its base (n,)."""
    base: NDArray[np.float64] = was["base"].to_numpy()
    models = {*was["model"].unique(), *is_now["model"].unique()}
    if len(models) <= 1:
        return _matrix(is_now, CONTRIBUTION, names), base
    if old is None or {old.hash[:16]} != {*was["model"].unique()}:
        raise UsageError(
            f"the two dates were scored by different models ({', '.join(sorted(models))}): the split needs the model "
            "of the earlier one. Keep its bundle in the registry."
        )
    columns = [column.name for column in old.model.columns]
    if sorted(columns) != sorted(names):
        raise UsageError("the model of the earlier date knows other features than the scores hold. Score both again.")
    places = [names.index(name) for name in columns]
    explained = np.empty_like(values)
    explained[:, places] = old.model.contributions(values[:, places])
    return explained, base


def _features(before: pl.DataFrame, now: pl.DataFrame) -> tuple[str, ...]:
    """The features of both tables, in the order of the newer one."""
    for table in (before, now):
        if not any(name.startswith(VALUE) for name in table.columns):
            raise UsageError("scores of an older version hold no values, so that their change cannot be split.")
    told, values = ([c.removeprefix(p) for c in now.columns if c.startswith(p)] for p in (CONTRIBUTION, VALUE))
    known = [c.removeprefix(CONTRIBUTION) for c in before.columns if c.startswith(CONTRIBUTION)]
    if not sorted(told) == sorted(values) == sorted(known):
        raise UsageError("the two dates were scored on different features, so that their change cannot be split.")
    return tuple(told)


def _matrix(table: pl.DataFrame, prefix: str, names: Sequence[str]) -> NDArray[np.float64]:
    """Columns of the features as (n, F), C order, NaN = missing."""
    chosen = table.select(pl.col(f"{prefix}{name}").fill_null(float("nan")) for name in names)
    return np.ascontiguousarray(chosen.to_numpy(), dtype=np.float64)
