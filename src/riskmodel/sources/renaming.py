"""A person gets an ID number: what was stored under the id made of name and birth month goes to the new id.

The rows under the old id are retracted and written again under the new one, known from the day the number arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.tables import TABLES, Batch
from riskmodel.tables.generation import decode

if TYPE_CHECKING:
    from riskmodel.sources.placing import Places
    from riskmodel.sources.source import Received
    from riskmodel.tables.writer import CountyWriter, LakeWriter


def rename_persons(writer: LakeWriter, received: Received, places: Places) -> None:
    """Bring rows under the new ids of `received.aliases`.

    Only persons who are known under the old id in one of the counties near at hand: those that the delivery names or
    that its households lie in.
    """
    aliases = received.aliases
    if aliases is None or aliases.is_empty():
        return
    counties = [*([places.hint] if places.hint else []), *places.seen]
    for county in dict.fromkeys(counties):
        _rename(writer.county(county), received, aliases)


def _rename(county: CountyWriter, received: Received, aliases: pl.DataFrame) -> None:
    codes = county.ids.find("P", aliases["noid_id"])
    known = aliases.with_columns(old=codes).drop_nulls("old").unique("old", keep="first", maintain_order=True)
    if known.is_empty():
        return
    holding = known.join(county.known("members").select(old="person_id").unique(), on="old", how="semi")
    if holding.is_empty():
        return
    new_ids = holding.select("old", "person_id")
    # members last: a person who is known under the old id there shows that a kill left something to do
    names = sorted((name for name, spec in TABLES.items() if "person_id" in spec.columns), key="members".__eq__)
    for name in names:
        spec = TABLES[name]
        rows = county.known(name).filter(pl.col("person_id").is_in(new_ids["old"].implode()))
        if rows.is_empty():
            continue
        again = decode(rows.drop("known_until"), spec, county.ids).with_columns(known_at=pl.lit(received.received_on))
        renamed = again.with_columns(person_id=rows.select(old="person_id").join(
            new_ids, on="old", how="left", maintain_order="left"
        )["person_id"])  # fmt: skip
        gone = again.with_columns(retracted=pl.lit(value=True)) if "person_id" in spec.key else again.clear()
        county.append(
            Batch(
                county=county.county,
                table=name,
                rows=pl.concat([gone, renamed]),
                received_on=received.received_on,
                sha256=f"{received.sha256}:renamed",
                source=received.source,
                rows_read=rows.height,
                file=received.file.rpartition("/")[2],
            )
        )
