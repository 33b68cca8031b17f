"""Facts of one household that a case system sends: rows in the shape of the canonical tables, as frames.

What is left out has the value it has where a department leaves it out; `household_id` may be left out everywhere. A row
without `known_at` became known on the as-of date. Ids may be ids of this installation, or any text that is the same
wherever the same thing is meant; those are replaced by ids of the right form, which are no pseudonyms of anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.tables.catalogue import TABLES
from riskmodel.tables.checks import ROW, all_good, check_rows
from riskmodel.workflows import sent_frames
from riskmodel.workflows.sent_case import Case, Wrong, WrongFacts, asked_about
from riskmodel.workflows.sent_frames import ITEM

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from riskmodel.tables.table import Table
    from riskmodel.workflows.sent_case import Sent
    from riskmodel.workflows.sent_frames import SentRow


@dataclass(frozen=True)
class Household:
    """The facts of a household, ready for a view."""

    household_id: str
    village_code: str
    tables: dict[str, pl.DataFrame]


@dataclass(frozen=True)
class Together:
    """Facts of several households that were checked together, each by itself: what is wrong with one harms no other."""

    tables: dict[str, pl.DataFrame]
    """Canonical rows of the sound households, and `item`."""
    homes: dict[int, tuple[str, str]]
    """Id and village of the sound households, by item."""
    wrong: dict[int, list[Wrong]]
    """Everything that is wrong with the others, by item."""

    def of(self, items: Collection[int]) -> dict[str, pl.DataFrame]:
        """The rows of some of the sound households, by table; tables without any are left out."""
        if len(items) == len(self.homes):
            return {name: rows for name, rows in self.tables.items() if not rows.is_empty()}
        wanted = pl.col(ITEM).is_in(list(items))
        found = {name: rows.filter(wanted) for name, rows in self.tables.items()}
        return {name: rows for name, rows in found.items() if not rows.is_empty()}


def household(sent: Sent, as_of: date) -> Household:
    """The rows that were sent as canonical frames. Raises WrongFacts with everything that is wrong about them."""
    found = together([Case(sent, as_of)])
    if found.wrong:
        raise WrongFacts(found.wrong[0])
    return Household(*found.homes[0], {name: rows.drop(ITEM) for name, rows in found.tables.items()})


def together(asked: Sequence[Case]) -> Together:
    """The rows of several cases as canonical frames; an item is a place among them.

    A case is about one household. Where it says about which, rows of others may stand beside it: of those it came from,
    and what was written of its people and loans under other households. They have to be of the same county, for in the
    batch nothing is taken over from another one.
    """
    wrong: dict[int, list[Wrong]] = {}
    owns = {}
    for item, case in enumerate(asked):
        try:
            owns[item] = asked_about(case)
        except WrongFacts as error:
            wrong[item] = error.found
    cells = {
        name: [
            (item, place, row, left_out)
            for item, own in owns.items()
            for left_out in [_left_out(table, own, asked[item].as_of)]
            for place, row in enumerate(asked[item].sent.get(name, ()))
        ]
        for name, table in TABLES.items()
    }
    frames, faults = _checked({name: rows for name, rows in cells.items() if rows})
    for item, fault in faults:
        wrong.setdefault(item, []).append(fault)
    if wrong:
        sound = ~pl.col(ITEM).is_in(list(wrong))
        frames = {name: rows.filter(sound) for name, rows in frames.items()}
    return Together(frames, _homes(frames, owns), wrong)


def checked_rows(table: Table, rows: Sequence[Mapping[str, Any]], known_at: date) -> pl.DataFrame:
    """Rows of one table, of any households, as canonical rows. Raises WrongFacts with everything that is wrong."""
    left_out = _left_out(table, "", known_at)
    cells = [(0, place, row, left_out) for place, row in enumerate(rows)]
    found, faults = _checked({table.name: cells})
    if faults:
        raise WrongFacts([fault for _, fault in faults])
    return found[table.name].drop(ITEM)


def _left_out(table: Table, own: str, as_of: date) -> dict[str, Any]:
    """What stands for the columns that may be left out."""
    always: dict[str, Any] = {"source": table.sources[0].value, "retracted": False, "known_at": as_of}
    always["batch_id"] = f"r{as_of:%Y%m%d}-0000"
    defaults = {name: fact.default for name, fact in table.facts.items() if fact.default is not None}
    return always | defaults | ({"household_id": own} if table.has_household else {})


def _checked(sent: Mapping[str, Sequence[SentRow]]) -> tuple[dict[str, pl.DataFrame], list[tuple[int, Wrong]]]:
    """Rows by table that are good, with their item, and what is wrong with the others."""
    stored = sent_frames.frames(sent)
    good = all_good([(TABLES[name], rows) for name, rows in stored.items()])
    frames, faults = {}, list[tuple[int, Wrong]]()
    for (name, rows), fine in zip(stored.items(), good, strict=True):
        if fine and not _twins(TABLES[name], rows):
            rows.drop_in_place(ROW)
            frames[name] = rows
        else:
            frames[name], found = _set_apart(TABLES[name], rows, sent[name])
            faults += found
    return frames, faults


def _set_apart(
    table: Table, rows: pl.DataFrame, cells: Sequence[SentRow]
) -> tuple[pl.DataFrame, list[tuple[int, Wrong]]]:
    """The good ones of the rows, and what is wrong with the others."""
    good, failures = check_rows(table, rows)
    kept = good.with_columns(rows[ITEM].gather(good[ROW]))
    found = [
        (cells[row][0], Wrong(table.name, cells[row][1], column, value or "", reason))
        for row, column, value, _, reason in pl.concat([failures, _clashing(table, kept)]).iter_rows()
    ]
    return kept.drop(ROW), found


def _twins(table: Table, rows: pl.DataFrame) -> bool:
    """Whether two rows of one household tell of one key on one day."""
    return len(set(rows[:, [ITEM, *table.key, "known_at"]].iter_rows())) < rows.height


def _clashing(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of one household that say different things of one key on one day, in the form of failures."""
    key = [ITEM, *table.key, "known_at"]
    several = rows.filter(rows.select(key).is_duplicated())
    distinct = several.unique([*key, *table.payload, "retracted"])
    disputed = distinct.filter(distinct.select(key).is_duplicated()).select(key).unique()
    clashing = several.join(disputed, on=key, how="semi", nulls_equal=True, maintain_order="left")
    named = f"rows disagree on the same {', '.join(table.key)} / 同一主键内容不一致"
    return clashing.select(
        pl.col(ROW).cast(pl.Int64),
        column=pl.lit(table.key[-1]),
        value=pl.col(table.key[-1]).cast(pl.String),
        rule=pl.lit("conflict"),
        reason=pl.lit(named),
    )


def _homes(frames: Mapping[str, pl.DataFrame], owns: Mapping[int, str]) -> dict[int, tuple[str, str]]:
    """Id and village, by the newest state, of every household that has one."""
    if "households" not in frames:
        return {}
    states = frames["households"]
    newest: dict[int, tuple[date, str]] = {}
    for item, who, since, village in states[:, [ITEM, "household_id", "valid_from", "village_code"]].iter_rows():
        if who == owns[item] and (item not in newest or newest[item][0] <= since):
            newest[item] = since, village
    return {item: (owns[item], village) for item, (_, village) in newest.items()}
