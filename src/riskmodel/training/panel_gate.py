"""The gate on a panel without townships, trip wires or visits: lists are the tenth of highest risk of every period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from riskmodel.training.capacity import tie_order
from riskmodel.training.comparison import PAIRED, Trial, compare
from riskmodel.training.gate import Verdict, decide
from riskmodel.training.intervals import Interval, Resampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from riskmodel.training.fit import Rows
    from riskmodel.training.gate import Bounds

LISTED: Final = 10
"""One of so many is listed."""


@dataclass(frozen=True)
class PanelGate:
    """What the gate says of a panel's test, and the lead of LightGBM over logistic regression by subset and number."""

    verdict: Verdict
    lead: dict[str, dict[str, Interval]]

    def sentences(self) -> list[str]:
        """One per subset and number: is the lead more than chance?"""
        return [
            f"{subset}, {name}: lightgbm less logistic {found}, {_significance(found)}"
            for subset, numbers in self.lead.items()
            for name, found in numbers.items()
        ]


def panel_gate(
    rows: Rows,
    risks: Mapping[str, NDArray[np.float64]],
    subsets: Mapping[str, NDArray[np.bool_]],
    bounds: Bounds,
    seed: int,
) -> PanelGate:
    """The gate on the first subset (all test rows), and the lead on each.

    risks: by kind (n,). subsets: by name, masks (n,) of test rows. Households are drawn, not villages. There are no
    trip wires to beat and no groups to compare, so those demands are not asked.
    """
    found = {name: compare(_trial(rows, risks, mask, seed)) for name, mask in subsets.items()}
    first = next(iter(subsets))
    lead = {name: dict(told.differences["lightgbm", "logistic"]) for name, told in found.items()}
    return PanelGate(decide({first: found[first]}, {}, bounds), {s: {n: d[n] for n in PAIRED} for s, d in lead.items()})


def _trial(rows: Rows, risks: Mapping[str, NDArray[np.float64]], mask: NDArray[np.bool_], seed: int) -> Trial:
    _, place, size = np.unique(rows.time[mask], return_inverse=True, return_counts=True)
    group = rows.group[mask]
    return Trial(
        y=rows.y[mask].astype(np.float64),
        risks={kind: risk[mask] for kind, risk in risks.items()},
        place=place.astype(np.int64),
        capacity=np.ceil(size / LISTED).astype(np.int64)[place],
        order=tie_order(group, seed),
        fired=np.zeros(len(group), dtype=bool),
        sampling=Resampling.of(group, group, seed),
    )


def _significance(found: Interval) -> str:
    if found.low > 0:
        return "more than chance"
    return "less than nothing, and not by chance" if found.high < 0 else "NOT significant: it may be chance"
