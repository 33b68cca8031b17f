"""Groups of rows, and sums over them: as the rows are, and as they are drawn again.

A row lies in one cell of every grouping. Sums of a cell are made once per village (or whatever is drawn); a draw then
weighs villages, and no number is made from single rows again. So whole tables have intervals at the price of a few
products of matrices, and every group is judged on the same draws as all rows together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.errors import DataError
from riskmodel.training.intervals import interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from riskmodel.training.intervals import Resampling

ALL: Final = "all"
"""The grouping, and the group, of all rows together."""


@dataclass(frozen=True)
class Cells:
    """The groups of some groupings, each perhaps date by date, and the rows in them."""

    names: pl.DataFrame = field(repr=False)
    """`grouping`, `group` and what else tells cells apart; one row per cell, sorted by them."""
    code: NDArray[np.intp] = field(repr=False)
    """(K, n): the cell of each row in each of the K groupings; first of all that of all rows."""

    @classmethod
    def of(cls, groups: pl.DataFrame, groupings: Sequence[str], month: pl.Series | None = None) -> Cells:
        """Cells of rows with a column of text per grouping, and of all rows together.

        month: (n,) to be told apart further. Raises DataError where there are no rows or a group is null.
        """
        frame = groups.select(groupings)
        if frame.is_empty() or sum(frame.null_count().row(0)):
            raise DataError(
                f"the groups of {frame.height} rows have nulls or there are no rows: what is not known is a group of "
                "its own (groups.UNKNOWN). Fill it before the audit."
            )
        apart = {} if month is None else {"month": month}
        rows = frame.with_columns(pl.lit(ALL).alias(ALL)).with_columns(**apart)
        keys = ["grouping", "group", *apart]
        order = {name: place for place, name in enumerate((ALL, *groupings))}
        long = rows.unpivot(on=list(order), index=list(apart), variable_name="grouping", value_name="group")
        place = pl.col("grouping").replace_strict(order, return_dtype=pl.Int64)
        names = long.select(keys).unique().sort(place, "group", *apart)
        coded = long.join(names.with_row_index("cell"), on=keys, how="left", maintain_order="left")
        return cls(names, coded["cell"].to_numpy().astype(np.intp).reshape(len(order), frame.height))

    @property
    def whole(self) -> NDArray[np.intp]:
        """(G,): for each cell, the cell of all rows (of its month)."""
        keys = [name for name in self.names.columns if name not in ("grouping", "group")]
        every = self.names.with_row_index("whole").filter(pl.col("grouping") == ALL)
        if not keys:
            return np.full(self.names.height, every["whole"].item(), dtype=np.intp)
        found = self.names.join(every.select(*keys, "whole"), on=keys, how="left", maintain_order="left")
        return found["whole"].to_numpy().astype(np.intp)

    def sums(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """(G,): sum of an amount (n,) over the rows of each cell."""
        amounts = np.tile(amount, len(self.code))
        return np.bincount(self.code.ravel(), weights=amounts, minlength=self.names.height).astype(np.float64)

    def distinct(self, of: pl.Series, among: NDArray[np.bool_] | None = None) -> NDArray[np.float64]:
        """(G,): how many different values (n,) the rows of each cell have; `among` (n,): only these rows."""
        kept = np.ones(len(of), dtype=np.bool_) if among is None else among
        value = of.rank("dense").cast(pl.Int64).to_numpy()  # from 1 to at most n
        pairs = np.unique(self.code[:, kept] * (len(of) + 1) + value[kept])
        return np.bincount(pairs // (len(of) + 1), minlength=self.names.height).astype(np.float64)

    def draws(
        self, amounts: Mapping[str, NDArray[np.float64]], resampling: Resampling
    ) -> dict[str, NDArray[np.float64]]:
        """By name (replicates, G): the sums of each amount (n,), weights and all, in every draw.

        Raises DataError where the draws were made for another number of rows.
        """
        from scipy.sparse import csr_array

        rows = self.code.shape[1]
        if len(resampling.cluster) != rows:
            raise DataError(f"draws of {len(resampling.cluster)} rows do not fit {rows}: make them for the same rows")
        _, first, cluster = np.unique(resampling.cluster, return_index=True, return_inverse=True)
        times = np.array([drawn[first] for drawn in resampling.drawn()]).reshape(-1, len(first))
        where = (self.code.ravel(), np.tile(cluster, len(self.code)))
        shape = (self.names.height, len(first))
        tiled = {name: np.tile(amount, len(self.code)) for name, amount in amounts.items()}
        return {name: (csr_array((amount, where), shape=shape) @ times.T).T for name, amount in tiled.items()}


def over(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    """part / whole, NaN where the whole is 0: a share of nothing is not known."""
    share: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole != 0)
    return share


def limits(value: NDArray[np.float64], draws: NDArray[np.float64], name: str) -> dict[str, NDArray[np.float64]]:
    """Columns `<name>_low` and `<name>_high` (G,) of values (G,) and their draws (replicates, G); NaN: not known."""
    found = [interval(float(v), column) for v, column in zip(value, draws.T, strict=True)]
    return {f"{name}_low": np.array([i.low for i in found]), f"{name}_high": np.array([i.high for i in found])}


def checked(y: ArrayLike, risk: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outcomes and risks (n,) as numbers. Raises DataError unless they are 0 or 1, and probabilities."""
    outcome, p = np.asarray(y, dtype=np.float64), np.asarray(risk, dtype=np.float64)
    if outcome.shape != p.shape or not np.isin(outcome, (0, 1)).all() or not ((p >= 0) & (p <= 1)).all():
        raise DataError(
            f"{outcome.shape} outcomes and {p.shape} risks: an audit needs an outcome of 0 or 1 and a probability for "
            "every row. Leave out the rows that are in no test."
        )
    return outcome, p
