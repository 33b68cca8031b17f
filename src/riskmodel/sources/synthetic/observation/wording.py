"""Facts -> the words of a file: numbers, Chinese labels, days and amounts as a department writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from riskmodel.sources.synthetic.months import days
from riskmodel.sources.synthetic.observation.identities import Identities
from riskmodel.tables import table
from riskmodel.tables.column import Type

if TYPE_CHECKING:
    from riskmodel.sources.synthetic.observation.forms import Form
    from riskmodel.tables.column import Column

HEALTH: Final = "health"
"""The one cell in which the states of health stand together."""
_SERIAL: Final = {"settlement_id": "JS", "loan_id": "DK99", "measure_id": "CS"}
_ETHNIC: Final = ("汉族", *("其他",) * 13, "土家族")
_TERMS: Final = {3: "年春季学期", 9: "年秋季学期"}
_MONTHS: Final = 12 * 2100


def worded(rows: pl.DataFrame, form: Form, identities: Identities) -> pl.DataFrame:
    """The cells of a file as text under canonical names, in the order of the table; null = empty."""
    spec = table(form.table)
    named = {name: fact for name, fact in spec.facts.items() if name in rows.columns and name not in form.without}
    cells = [_cell(rows[name], fact, form, identities).alias(name) for name, fact in named.items()]
    text = pl.DataFrame(_with_health(rows, cells) if form.table == "members" else cells)
    if "numbered" in rows.columns:
        text = text.with_columns(person_id=pl.when(rows["numbered"]).then(pl.col("person_id")))
    return _personal(text, rows, form, identities)


def _cell(values: pl.Series, fact: Column, form: Form, identities: Identities) -> pl.Series:
    match fact.type:
        case Type.ID:
            return _identifier(values, fact, identities)
        case Type.CODE if fact.vocabulary is not None:
            return _looked_up([term.zh for term in fact.vocabulary], values)
        case Type.AREA12:
            return identities.codes.gather(values.fill_null(0)).set(values.is_null(), None)
        case Type.MONTH:
            return _month(values, "" if fact.name == "term" else form.month)
        case Type.DATE:
            return values.dt.strftime(form.day)
        case Type.YUAN:
            return amounts(values, ten_thousands=fact.name in form.ten_thousands, thousands=form.thousands)
        case Type.BOOL:
            yes, no = form.yes_no
            says = values if not fact.inverted else ~values
            return _looked_up((no, yes), says.cast(pl.Int32))
        case Type.NUM:
            return values.cast(pl.Int64).cast(pl.String)
        case _:
            return _text(values, fact)


def amounts(fen: pl.Series, *, ten_thousands: bool = False, thousands: bool = False) -> pl.Series:
    """Amounts in yuan with two decimals, where they have any; in 万元 with six, or with separators."""
    if ten_thousands:
        return (fen / 1_000_000).round(6).cast(pl.String)
    amount = pl.col("fen").abs()
    texts = pl.DataFrame({"fen": fen}).select(
        sign=pl.when(pl.col("fen") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        whole=(amount // 100).cast(pl.String),
        rest=(amount % 100).cast(pl.String).str.zfill(2),
    )
    if thousands:
        groups = [None if digits is None else f"{int(digits):,}" for digits in texts["whole"].to_list()]
        texts = texts.with_columns(whole=pl.Series(groups, dtype=pl.String))
    decimals = pl.when(pl.col("rest") == "00").then(pl.lit("")).otherwise("." + pl.col("rest"))
    return texts.select(pl.concat_str("sign", "whole", decimals)).to_series()


def _identifier(values: pl.Series, fact: Column, identities: Identities) -> pl.Series:
    if fact.name in _SERIAL:
        return _SERIAL[fact.name] + values.cast(pl.String).str.zfill(8)
    listed = identities.numbers if fact.letter == "P" else identities.households
    return listed.gather(values.fill_null(0)).set(values.is_null(), None)


def _text(values: pl.Series, fact: Column) -> pl.Series:
    if fact.name == "ethnicity":
        return _looked_up(_ETHNIC, values)
    if values.dtype == pl.String:
        return values
    if fact.type == Type.TEXT:
        return "K" + values.cast(pl.String).str.zfill(5)
    return values.cast(pl.String)


def _looked_up(labels: list[str] | tuple[str, ...], positions: pl.Series) -> pl.Series:
    listed = pl.Series([*labels, None], dtype=pl.String)
    return listed.gather(positions.fill_null(len(labels)))


def _month(values: pl.Series, pattern: str) -> pl.Series:
    """Months by a look-up over those that occur; without a pattern as school terms."""
    known = values.drop_nulls().unique().sort()
    first = pl.Series(days(known.to_numpy()))
    if pattern:
        texts = first.dt.strftime(pattern)
    else:
        texts = pl.Series([f"{day.year}{_TERMS[day.month]}" for day in first.to_list()], dtype=pl.String)
    place = np.full(_MONTHS, len(known))
    place[known.to_numpy()] = np.arange(len(known))
    listed = texts.append(pl.Series([None], dtype=pl.String))
    return listed.gather(place[values.fill_null(_MONTHS - 1).to_numpy()])


def _with_health(rows: pl.DataFrame, cells: list[pl.Series]) -> list[pl.Series]:
    """健康状况 in place of the two columns that it feeds."""
    named = rows.select(
        pl.when("chronic_illness").then(pl.lit("长期慢性病")),
        pl.when("major_illness").then(pl.lit("患有大病")).alias("major"),
        pl.when(pl.col("disability_type").is_not_null()).then(pl.lit("残疾")).alias("disabled"),
    )
    joined = pl.concat_str(named.columns, separator=",", ignore_nulls=True)
    health = named.select(pl.when(joined == "").then(pl.lit("健康")).otherwise(joined).alias(HEALTH)).to_series()
    kept = [cell for cell in cells if cell.name not in ("chronic_illness", "major_illness")]
    return [*kept, health]


def _personal(text: pl.DataFrame, rows: pl.DataFrame, form: Form, identities: Identities) -> pl.DataFrame:
    """Names, addresses and phones, behind the id they belong to."""
    if "person_name" in form.personal:
        text = text.insert_column(1, identities.names.gather(rows["person_id"]).alias("person_name"))
    if "head_name" in form.personal:
        heads = identities.heads.gather(rows["household_id"])
        text = text.insert_column(1, heads.alias("head_name"))
    if "address" in form.personal:
        village = rows["village_code"].clip(0, len(identities.village_names) - 1)
        where = identities.village_names.gather(village) + identities.doors.gather(rows["household_id"])
        phones = identities.phones.gather(rows["household_id"])
        text = text.with_columns(where.alias("address"), phones.alias("phone"))
    return text
