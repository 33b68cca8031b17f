"""Mistakes of people who write files: rare, and never so many in a file that the whole file would be in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.tables import table
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.observation.forms import Form

FULL_WIDTH: Final = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


@dataclass(frozen=True)
class Rates:
    """Share of the rows of a file; `wrong` rows are at most that share of each file, so a small one has none."""

    wrong: float = 0.004
    repeated: float = 0.0008
    missing: float = 0.001
    full_width: float = 0.01
    """Cells of one amount column with full-width digits; they are readable."""
    sent_again: float = 0.0005
    """Rows of the last delivery that come once more."""
    list_sent_again: float = 0.12
    """Months in which a full list is sent a second time, with some rows dropped."""


NONE: Final = Rates(0, 0, 0, 0, 0, 0)
"""A clean copy."""


def slipped(text: pl.DataFrame, form: Form, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """The cells of a file with some mistakes; `text` has canonical names."""
    if text.is_empty():
        return text
    text = text.filter(pl.Series(rng.random(text.height) >= rates.missing))
    most = int(text.height * rates.wrong)
    rows = rng.permutation(text.height)[: rng.binomial(most, 0.75) if most else 0]
    kinds = [slip for slip in SLIPS if slip.columns(text, form)]
    which = rng.integers(0, max(len(kinds), 1), len(rows))
    for number, slip in enumerate(kinds):
        text = slip.made(text, form, np.sort(rows[which == number]), rng)
    text = _wide(text, form, rates, rng)
    again = np.flatnonzero(rng.random(text.height) < rates.repeated)
    return pl.concat([text, text[again]])


@dataclass(frozen=True)
class Slip:
    """One kind of mistake: in which columns it is made, and what the cell becomes."""

    name: str
    types: tuple[Type, ...]
    change: Callable[[str], str]
    only: tuple[str, ...] = ()

    def columns(self, text: pl.DataFrame, form: Form) -> list[str]:
        """Columns of a file in which it can be made."""
        facts = table(form.table).facts
        found = [name for name in text.columns if name in facts and facts[name].type in self.types]
        return [name for name in found if not self.only or name in self.only]

    def made(self, text: pl.DataFrame, form: Form, rows: np.ndarray[tuple[int], np.dtype[np.int64]],
             rng: np.random.Generator) -> pl.DataFrame:  # fmt: skip
        """The cells with the mistake in these rows, each in a column that is drawn."""
        columns = self.columns(text, form)
        drawn = rng.integers(0, len(columns), len(rows))
        for number, name in enumerate(columns):
            chosen = rows[drawn == number]
            if len(chosen):
                cells = text[name]
                wrong = [None if cell is None else self.change(cell) for cell in cells.gather(chosen).to_list()]
                text = text.with_columns(cells.scatter(chosen, pl.Series(wrong, dtype=pl.String)))
        return text


def _letters(cell: str) -> str:
    """O for 0, else a word behind the amount."""
    return cell.replace("0", "O") if "0" in cell else f"{cell}约"


def _ten_thousand(cell: str) -> str:
    """Yuan written as 万元."""
    return f"{float(cell.replace(',', '')) / 10_000:.4f}"


def _other_sum(cell: str) -> str:
    return str(float(cell) + 137)


def _exponent(cell: str) -> str:
    """What a spreadsheet makes of a long number."""
    return f"{float(int(cell[:17]) * 10):.5E}"


SLIPS: Final = (
    Slip("unknown code", (Type.CODE,), lambda _: "不详??"),
    Slip("letters in an amount", (Type.YUAN,), _letters),
    Slip("yuan for ten thousands", (Type.YUAN,), _ten_thousand, ("amount", "loss", "wage", "business", "self_pay")),
    Slip("a day that does not exist", (Type.DATE,), lambda _: "2023-02-30"),
    Slip("born in the future", (Type.MONTH,), lambda _: "203105", ("birth_month",)),
    Slip("parts that do not add up", (Type.YUAN,), _other_sum, ("basic_paid",)),
    Slip("digits lost in a number", (Type.ID,), _exponent, ("person_id",)),
)
"""All kinds of mistakes in the rows of a file."""


def _wide(text: pl.DataFrame, form: Form, rates: Rates, rng: np.random.Generator) -> pl.DataFrame:
    """Full-width digits in some cells of the first amount column."""
    facts = table(form.table).facts
    name = next((name for name in text.columns if name in facts and facts[name].type == Type.YUAN), None)
    chosen = np.flatnonzero(rng.random(text.height) < rates.full_width)
    if name is None or not len(chosen):
        return text
    cells = text[name]
    wide = [None if cell is None else cell.translate(FULL_WIDTH) for cell in cells.gather(chosen).to_list()]
    return text.with_columns(cells.scatter(chosen, pl.Series(wide, dtype=pl.String)))
