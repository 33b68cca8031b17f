"""Exact SHAP values for all rows, at the price of a prediction.

What a leaf adds to a column's SHAP value depends on a row only through which decisions on the leaf's path hold. So the
leaves of a tree, depth first, are put into groups with at most 10 decisions together (`shapley_groups.py`), and the
SHAP values of every pattern of those decisions are tabulated once (`shapley_tables.py`). A row then costs a few
comparisons and one look-up per column and group (`shapley_kernel.py`). The values are the path-dependent ones of
Lundberg et al. 2020 (doi:10.1038/s42256-019-0138-9), as LightGBM's `pred_contrib` and shap's TreeExplainer give them.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from riskmodel.errors import UsageError
from riskmodel.models.columns import matrix
from riskmodel.models.lightgbm_splits import Splits
from riskmodel.models.shapley_compiled import compiled
from riskmodel.models.shapley_kernel import BLOCK, Tables
from riskmodel.models.shapley_tables import tabulated

if TYPE_CHECKING:
    import shap

    from riskmodel.models.risk_model import RiskModel


@dataclass(frozen=True, eq=False)
class TreeTables:
    """The tables of some trees, ready to explain rows."""

    tables: Tables
    deep: tuple[int, ...]
    """Positions of the trees that could not be tabulated; they are not part of any result here."""

    @classmethod
    def of(cls, trees: Iterable[Splits]) -> TreeTables:
        """The tables of these trees, whose columns and children must be in range, as the validator sees to."""
        tables, deep = tabulated(trees)
        return cls(tables, tuple(deep))

    @property
    def nbytes(self) -> int:
        """Bytes of memory that the tables take."""
        return sum(array.nbytes for array in self.tables)

    def explained(self, rows: NDArray[np.float64], threads: int = 1) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Margin (n,) and contributions (n, F) of rows (n, F), C-ordered float64, NaN = missing, from one pass.

        The bits of a row depend neither on the other rows nor on `threads` (at least 1, else UsageError), which share
        the rows. Memory: the result, and two blocks of 1,024 rows per thread. F must be that of the model.
        """
        if threads < 1:
            raise UsageError(f"threads={threads}: explaining takes at least one thread")
        margin, contributions = np.empty(len(rows)), np.zeros(rows.shape)
        explain = compiled().explain
        share = max(1, -(-len(rows) // (threads * BLOCK))) * BLOCK
        spans = [slice(start, start + share) for start in range(0, len(rows), share)]
        if len(spans) == 1:
            explain(rows, self.tables, margin, contributions)
        elif spans:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(lambda own: explain(rows[own], self.tables, margin[own], contributions[own]), spans))
        return margin, contributions


def explanation(model: RiskModel, x: ArrayLike) -> shap.Explanation:
    """What shap's plots take, of any kind of model: contributions, base, values and names of rows x (n, F)."""
    import shap

    rows = matrix(x, model.columns)
    return shap.Explanation(
        values=model.contributions(rows),
        base_values=np.full(len(rows), model.base),
        data=rows,
        feature_names=[column.name for column in model.columns],
    )
