"""Rules between tables of severity E: K03, K04, and that a bill that is taken back was there. A breach refuses the row.

They look at the newest known rows of the county and at the batch. That a household or person is not known yet makes a
row wait: that is decided where rows are placed, not here. Rules of severity W are in `hints.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.checks import FAILURE_SCHEMA, ROW
from riskmodel.tables.crosswalk import Crosswalk

if TYPE_CHECKING:
    from riskmodel.tables.writer import CountyWriter

STEPS: Final = 64
"""Longest chain of predecessors that is followed."""


def refused(name: str, rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """Breaches of E rules among checked canonical rows (with `row`) of one county, in the form of `FAILURE_SCHEMA`."""
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    if name == "households":
        found += [_villages_that_hold(rows, writer), _no_cycle(rows, writer)]
    if name == "medical_settlements":
        found.append(_reversal_of_a_bill(rows, writer))
    return pl.concat(found).sort(ROW, maintain_order=True)


def breaches(rows: pl.DataFrame, column: str, rule: str, reason: str) -> pl.DataFrame:
    """One line per row; ids are not shown, the row number finds them."""
    shown = pl.col(column).cast(pl.String)
    if column.endswith("_id"):
        shown = pl.lit("")
    elif rows.schema[column] == pl.Int64 and column != "village_code":  # fen
        shown = pl.concat_str(pl.col(column) // 100, pl.lit("."), (pl.col(column) % 100).cast(pl.String).str.zfill(2))
    return rows.select(
        pl.col(ROW).cast(pl.Int64), column=pl.lit(column), value=shown, rule=pl.lit(rule), reason=pl.lit(reason)
    )


def _villages_that_hold(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K03; a replaced code is right as long as it names its successor: whoever asks for the village follows that."""
    states = writer.known("villages").select("village_code", "valid_from", "valid_to", "successor_code")
    states = states.sort("village_code", "valid_from")
    holds = Crosswalk(states).valid(rows["village_code"], rows["valid_from"])
    replaced = states.filter(pl.col("successor_code").is_not_null()).group_by("village_code").agg(
        gone=pl.col("valid_to").min()
    )  # fmt: skip
    codes = rows.select(ROW, pl.col("village_code").cast(pl.Int64), "valid_from")
    followed = codes.join(replaced, on="village_code").filter(pl.col("gone") <= pl.col("valid_from"))[ROW]
    reason = (
        "village_code is no village that was valid on valid_from; deliver the village table first / "
        "村代码不在行政村表中或当日未启用"
    )
    breach = rows.filter(~holds & ~pl.col(ROW).is_in(followed.implode()))
    return breaches(breach, "village_code", "K03", reason)


def _no_cycle(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K04: following predecessors from a household never leads back to it. Only rows that name one are followed."""
    asked = rows.filter(pl.col("predecessor_id").is_not_null()).select(ROW, "household_id", "predecessor_id")
    if asked.is_empty():
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    known = writer.known("households").filter(pl.col("predecessor_id").is_not_null())
    links = pl.concat([
        pl.DataFrame({
            "of": writer.ids.decode("H", known["household_id"]),
            "before": writer.ids.decode("H", known["predecessor_id"]),
        }),
        asked.select(of="household_id", before="predecessor_id"),
    ]).unique("of", keep="last", maintain_order=True)  # fmt: skip
    walk = asked.with_columns(at="predecessor_id")
    cycles = []
    for _ in range(STEPS):
        cycles.append(walk.filter(pl.col("at") == pl.col("household_id")))
        walk = (
            walk.filter(pl.col("at") != pl.col("household_id"))
            .drop("at").join(links, left_on="predecessor_id", right_on="of", how="inner")
            .with_columns(at="before", predecessor_id="before").drop("before")
        )  # fmt: skip
        if walk.is_empty():
            break
    rounds = pl.concat([*cycles, walk])
    breach = rows.filter(pl.col(ROW).is_in(rounds[ROW].implode()))
    reason = "following the predecessors leads back to the household / 原户编号形成循环"
    return breaches(breach, "predecessor_id", "K04", reason)


def _reversal_of_a_bill(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """A bill that is taken back must have been there; one that was taken back before says nothing new."""
    back = rows.filter("retracted")
    if back.is_empty():
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    bills = writer.ids.decode("S", writer.stored("medical_settlements")["settlement_id"].unique())
    here = rows.filter(~pl.col("retracted"))["settlement_id"]
    lost = back.filter(~pl.col("settlement_id").is_in(pl.concat([bills, here]).implode()))
    return breaches(lost, "settlement_id", "reversal", "a reversal without its bill / 冲销记录找不到原结算单")
