"""Cells put right in thought: read like a file of a department, applied together, checked like an import."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.scoring.household_rows import change_of
from riskmodel.scoring.placed_correction import Placed, placed_in, refusal
from riskmodel.scoring.reported_totals import totals_moved
from riskmodel.tables.checks import check_rows, warn_rows
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.scoring.household_rows import Change, HouseholdRows
    from riskmodel.scoring.placed_correction import Correction


@dataclass(frozen=True)
class Put:
    """A correction as it was applied."""

    change: Change
    """Before and after; the same where the value stood already."""
    follows: list[Change] = field(default_factory=list)
    """Columns of the row that were moved along, with the last correction of the row."""
    odd: list[str] = field(default_factory=list)
    """What the row contradicts itself in now and did not before: warnings of its table."""


def corrected(rows: HouseholdRows, corrections: Sequence[Correction]) -> tuple[HouseholdRows, list[Put]]:
    """The rows with all corrections, then with what follows from them in their rows, then checked; in the order given.

    Raises UsageError as `placed_in`, for a cell that is given twice, and for a value that the table does not allow
    beside the others.
    """
    placed = [placed_in(rows, correction) for correction in corrections]
    _each_once(placed)
    made = rows
    for put in placed:
        made = made.changed(put.table.name, put.which, **{put.column: pl.lit(put.value, put.dtype)})
    for name in dict.fromkeys(put.table.name for put in placed):
        made = totals_moved(made, rows, name, _given(placed, name))
    of_row = {put.of: [other for other in placed if other.of == put.of] for put in placed}
    for mine in of_row.values():
        _allowed(made, mine)
    # what follows and what is odd is told once of a row, with the last of its corrections
    return made, [_told(made, put, of_row[put.of] if put is of_row[put.of][-1] else []) for put in placed]


def _each_once(placed: Sequence[Placed]) -> None:
    seen: set[tuple[Any, ...]] = set()
    for put in placed:
        if (cell := (*put.of, put.column)) in seen:
            name = f"{put.table.name}.{put.column}"
            raise UsageError(
                f"{name} of one row is given twice. Give it once. / 同一行的 {name} 给了两次，请只给一次。"
            )
        seen.add(cell)


def _given(placed: Sequence[Placed], table: str) -> dict[str, pl.Expr]:
    """Of each column that was given a value: in which rows of the table."""
    columns: dict[str, list[pl.Expr]] = {}
    for put in placed:
        if put.table.name == table:
            columns.setdefault(put.column, []).append(put.which)
    return {name: pl.any_horizontal(*which) for name, which in columns.items()}


def _told(made: HouseholdRows, put: Placed, mine: Sequence[Placed]) -> Put:
    table, key = put.table, put.key
    change = change_of(table.name, key, put.column, put.row[put.column][0], put.value)
    if not mine:
        return Put(change)
    after = made.tables[table.name].filter(put.which)
    free = [name for name in table.follows if name not in [other.column for other in mine]]
    moved = [(name, put.row[name][0], after[name][0]) for name in free if put.row[name][0] != after[name][0]]
    before = warn_rows(table, put.row)["reason"].to_list()
    odd = [reason for reason in warn_rows(table, after)["reason"] if reason not in before]
    return Put(change, [change_of(table.name, key, *cells) for cells in moved], odd)


def _allowed(rows: HouseholdRows, mine: Sequence[Placed]) -> None:
    """Refuse a row that an import would put into quarantine, naming the correction that it is about."""
    table, after = mine[0].table, rows.tables[mine[0].table.name].filter(mine[0].which)
    _, failures = check_rows(table, after)
    if failures.height:  # what is wrong with the value alone says more than what it does to the row
        first = failures.sort(pl.col("rule").is_in(list(table.rules)), maintain_order=True).row(0, named=True)
        about = [put for put in mine if put.column == first["column"]] or mine
        raise UsageError(refusal(table, about[-1].column, about[-1].text, first["reason"]))
    places = rows.tables["villages"]["village_code"].to_list() if "villages" in rows.tables else []
    for put in mine:
        if table.facts[put.column].type is Type.AREA12 and put.value not in places:
            raise UsageError(refusal(table, put.column, put.text, "not a village of this county / 不是本县的村"))
