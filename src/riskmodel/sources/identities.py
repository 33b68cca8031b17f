"""Who is behind the ids of a file: what goes to the office's identity store, and never into a table of the lake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.policy import Relation

if TYPE_CHECKING:
    from riskmodel.tables import Table

IDENTITY_SCHEMA: Final = {
    "id": pl.String,
    "kind": pl.String,
    "number": pl.String,
    "name": pl.String,
    "head_name": pl.String,
    "address": pl.String,
    "phone": pl.String,
}
"""One identity per line. `kind` is household or person, `number` the 户编号; ID numbers of persons are not stored."""


def identities(spec: Table, told: pl.DataFrame, numbers: pl.Series | None) -> pl.DataFrame:
    """One line per household and person of whom the rows say something (`IDENTITY_SCHEMA`), in any order.

    `told` has the hashed ids and the personal columns, `numbers` the household numbers. A telephone belongs to the
    person of the row, in a table without persons to the household. Of several texts on one id the last one counts.
    """
    of_person = "person_id" in spec.facts
    households = {"number": numbers, "head_name": _head_names(spec, told), "address": _given(told, "address")}
    persons = {"name": _given(told, "person_name"), "phone": _given(told, "phone")}
    if not of_person:
        households["phone"] = persons["phone"]
    found = [_of_kind(told, "household", households)]
    if of_person:
        found.append(_of_kind(told, "person", persons))
    return pl.concat(found)


def _head_names(spec: Table, told: pl.DataFrame) -> pl.Series | None:
    """Names of heads: as given, else the name of a member who is the head, or the one that a household goes by."""
    given, own = _given(told, "head_name"), _given(told, "person_name")
    if own is None or not ("relation" in told.columns or spec.name == "households"):
        return given
    if "relation" in told.columns:
        is_head = told["relation"].eq_missing(Relation.HEAD.value)
        own = own.set(~is_head, None)
    return own if given is None else given.zip_with(given.is_not_null(), own)


def _given(told: pl.DataFrame, name: str) -> pl.Series | None:
    return told[name] if name in told.columns else None


def _of_kind(told: pl.DataFrame, kind: str, fields: dict[str, pl.Series | None]) -> pl.DataFrame:
    name = f"{kind}_id"
    known = {field: text for field, text in fields.items() if text is not None}
    if name not in told.columns or not known:
        return pl.DataFrame(schema=IDENTITY_SCHEMA)
    frame = pl.DataFrame([told[name].alias("id"), *(text.alias(field) for field, text in known.items())])
    something = frame.filter(pl.col("id").is_not_null() & pl.any_horizontal(pl.col(list(known)).is_not_null()))
    last = something
    if something["id"].n_unique() < something.height:
        last = something.select("id").unique()
        for field in known:
            texts = something.select("id", field).drop_nulls().unique("id", keep="last")
            last = last.join(texts, on="id", how="left")
    missing = {field: pl.lit(None, dtype=pl.String) for field in IDENTITY_SCHEMA if field not in {"id", *known}}
    return last.with_columns(**missing | {"kind": pl.lit(kind)}).select(list(IDENTITY_SCHEMA))
