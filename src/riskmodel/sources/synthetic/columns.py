"""Arrays of equal length, one row per subject: what all parts of the simulation are made of."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Numbers = NDArray[Any]

NOBODY: Final = -1
"""Position of nobody, month that never was, code that is missing."""


@dataclass(frozen=True)
class Columns:
    """Arrays of equal length, one row per subject."""

    def __len__(self) -> int:
        """Number of rows."""
        return len(getattr(self, fields(self)[0].name))

    def values(self) -> dict[str, Numbers]:
        """The arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def take(self, rows: Numbers) -> Self:
        """The rows at these positions, or where a flag is set."""
        return type(self)(**{name: value[rows] for name, value in self.values().items()})

    def join(self, other: Self) -> Self:
        """These rows, then the other ones, in the types of these."""
        more = other.values()
        return type(self)(
            **{n: np.concatenate([v, more[n].astype(v.dtype, copy=False)]) for n, v in self.values().items()}
        )

    def tile(self, copies: int) -> Self:
        """All rows, `copies` times one after the other."""
        return type(self)(**{n: np.concatenate([v] * copies) for n, v in self.values().items()})

    def but(self, **columns: Numbers) -> Self:
        """The same with other columns; the types stay."""
        kept = {name: value.astype(getattr(self, name).dtype, copy=False) for name, value in columns.items()}
        return replace(self, **kept)


def at(length: int, rows: Numbers, amounts: Numbers) -> Floats:
    """Amounts at their rows, zero elsewhere; those of one row are added."""
    sums = np.bincount(rows.astype(np.int64), weights=amounts.astype(np.float64, copy=False), minlength=length)
    return sums.astype(np.float64, copy=False)
