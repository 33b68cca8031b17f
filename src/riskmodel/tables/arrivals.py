"""What an arriving batch means for rows that are there already: the contract's rules on late news and on absence.

- A state that arrives late changes the later states of its subject too, where they only repeated what it corrects.
- An episode identified at most two months from an open one corrects that one: the old key is retracted.
- A full list that is sent again retracts the keys it no longer has.

All frames here are in the stored form of `generation.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.bitemporal import STILL_KNOWN
from riskmodel.tables.table import Kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from riskmodel.tables.batches import Batch
    from riskmodel.tables.table import Table

LATE_STATE: Final = "late_state"
CORRECTED_EPISODE: Final = "2.16"
OFF_THE_LIST: Final = "full_list"
MEANINGS: Final = {
    LATE_STATE: "later states of the same subject were brought up to date with a change that arrived late / "
    "迟到变更已同步到其后状态",
    CORRECTED_EPISODE: "an episode identified at most 2 months away was open: it is corrected, the old month is "
    "retracted / 与未消除记录相隔不超过2个月,视为更正原记录",
    OFF_THE_LIST: "the full list was sent again without these keys: they are retracted / "
    "重报全量名单中已无此记录,予以撤销",
}
"""What the consequences mean, for the report."""
CORRECTION_MONTHS: Final = 2


@dataclass(frozen=True)
class Editions:
    """Earlier editions of a full list."""

    batches: Collection[str] = ()
    """Ids of the batches that carried them."""
    spared: pl.Series = field(default_factory=lambda: pl.Series("household_id", [], dtype=pl.Int32))
    """Households of rows that the new edition has and that could not be used; nothing of them is taken off."""


@dataclass(frozen=True)
class Consequence:
    """Rows that have to be written because of a batch, and by which rule."""

    rule: str
    rows: pl.DataFrame = field(repr=False)


def consequences(
    spec: Table, stored: pl.DataFrame, given: pl.DataFrame, written: pl.DataFrame, batch: Batch, earlier: Editions
) -> list[Consequence]:
    """Rows to write beside a batch.

    `stored` is the table before the batch, `given` all its rows, `written` those of them that said something new.
    """
    found = []
    if spec.kind == Kind.STATE and written.height and stored.height:
        found.append(Consequence(LATE_STATE, later_states(spec, stored, written)))
    if spec.name == "monitoring_episodes" and written.height and stored.height:
        found.append(Consequence(CORRECTED_EPISODE, corrected_episodes(stored, given, written)))
    if earlier.batches:
        found.append(Consequence(OFF_THE_LIST, off_the_list(spec, stored, given, batch, earlier)))
    return [consequence for consequence in found if consequence.rows.height]


def later_states(spec: Table, stored: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    """New versions of the later states of subjects for whom an earlier state has just arrived.

    A column that the late state changed is carried into the following states as long as they repeat the value that it
    changed; the first state that says something else ends that, and so does one that a later delivery told on the same
    day. Several late states of one subject work one after the other, in order of `valid_from`.
    """
    subject = spec.key[0]
    content = [name for name in spec.payload if name not in (subject, "valid_from")]
    news = written.filter(~pl.col("retracted"))
    stored = stored.join(news.select(subject).unique(), on=subject, how="semi").filter(~pl.col("retracted"))
    newest = stored.group_by(subject).agg(newest=pl.col("valid_from").max())
    late = news.join(newest, on=subject).filter(pl.col("valid_from") < pl.col("newest")).drop("newest")
    late = late.sort(subject, "valid_from").with_columns(round=pl.int_range(pl.len()).over(subject))
    states = pl.concat([stored.drop("known_until"), news]).with_columns(carried=pl.lit(value=False))
    changed = states.clear()
    for turn in range(late["round"].n_unique()):
        one = late.filter(pl.col("round") == turn).drop("round")
        changed = _carried(subject, content, states, changed, one)
    return changed.drop("carried")


def _carried(
    subject: str, content: list[str], states: pl.DataFrame, changed: pl.DataFrame, late: pl.DataFrame
) -> pl.DataFrame:
    """`changed` plus what one late state per subject (`late`) carries into the later ones that were there before."""
    seen = late.select(subject, late_from="valid_from", day="known_at", late_batch="batch_id")
    versions = pl.concat([states, changed]).join(seen, on=subject)
    is_news = (pl.col("batch_id") == pl.col("late_batch")) & (pl.col("known_at") == pl.col("day"))
    versions = versions.filter(~is_news | (pl.col("valid_from") < pl.col("late_from")) | pl.col("carried"))
    as_known = (
        versions.filter(pl.col("known_at") <= pl.col("day"), pl.col("valid_from") != pl.col("late_from"))
        .sort("known_at", "batch_id", maintain_order=True)
        .unique([subject, "valid_from"], keep="last")
    )
    before = (
        as_known.filter(pl.col("valid_from") < pl.col("late_from"))
        .sort("valid_from").unique(subject, keep="last").select(subject, pl.col(content).name.prefix("before_"))
    )  # fmt: skip
    after = as_known.filter(pl.col("valid_from") > pl.col("late_from")).sort(subject, "valid_from")
    told = late.select(subject, pl.col(content).name.prefix("late_"))
    joined = after.join(before, on=subject).join(told, on=subject).sort(subject, "valid_from")
    open_to_it = pl.col("carried") | _precedes(("known_at", "batch_id"), ("day", "late_batch"))
    repeats = [(pl.col(c).eq_missing(pl.col(f"before_{c}")) & open_to_it).cum_min().over(subject) for c in content]
    carried_values = [
        pl.when(keeps).then(pl.col(f"late_{c}")).otherwise(pl.col(c)).alias(c)
        for c, keeps in zip(content, repeats, strict=True)
    ]
    differs = pl.any_horizontal(
        [keeps & pl.col(c).ne_missing(pl.col(f"late_{c}")) for c, keeps in zip(content, repeats, strict=True)]
    )
    rows = joined.with_columns(differs=differs, known_at="day", batch_id="late_batch", carried=pl.lit(value=True))
    rows = rows.with_columns(carried_values)
    fresh = rows.filter("differs").select(changed.columns)
    again = changed.join(fresh.select(subject, "valid_from"), on=[subject, "valid_from"], how="anti")
    return pl.concat([again, fresh])


def corrected_episodes(stored: pl.DataFrame, given: pl.DataFrame, written: pl.DataFrame) -> pl.DataFrame:
    """Retractions of open episodes that a new row of the same household, at most two months away, corrects.

    An old key that stands in the batch itself is no mistake, nor one that a later delivery told on the same day, and no
    key is retracted for a new version of itself.
    """
    key = ["household_id", "identified_month"]
    newest = stored.filter((pl.col("known_until") == pl.lit(STILL_KNOWN)) & ~pl.col("retracted")).drop("known_until")
    new_keys = written.filter(~pl.col("retracted")).join(stored.select(key).unique(), on=key, how="anti")
    mistaken = (
        newest.filter(pl.col("eliminated_month").is_null())
        .join(given.select(key).unique(), on=key, how="anti")
        .join(
            new_keys.select("household_id", other="identified_month", day="known_at", arrived="batch_id"),
            on="household_id",
        )
        .filter((_months(pl.col("other")) - _months(pl.col("identified_month"))).abs() <= CORRECTION_MONTHS)
        .filter(_precedes(("known_at", "batch_id"), ("day", "arrived")))
    )
    retracted = mistaken.with_columns(known_at="day", batch_id="arrived", retracted=pl.lit(value=True))
    return retracted.unique(key, keep="first", maintain_order=True).select(written.columns)


def off_the_list(
    spec: Table, stored: pl.DataFrame, given: pl.DataFrame, batch: Batch, earlier: Editions
) -> pl.DataFrame:
    """Retractions of the keys that earlier editions of a full list had and this one has not."""
    listed = stored.filter(
        pl.col("known_until") == pl.lit(STILL_KNOWN),
        ~pl.col("retracted"),
        pl.col("batch_id").is_in(list(earlier.batches)),
        pl.col("known_at") <= pl.lit(batch.received_on),
        ~pl.col("household_id").is_in(earlier.spared.implode()),
    )
    gone = listed.join(given.select(spec.key), on=list(spec.key), how="anti", nulls_equal=True)
    if given.height:
        batch_id = given["batch_id"][0]
        return gone.with_columns(
            known_at=pl.lit(batch.received_on), batch_id=pl.lit(batch_id), retracted=pl.lit(value=True)
        ).select(given.columns)
    return gone.clear().select(given.columns)


def _precedes(one: tuple[str, str], other: tuple[str, str]) -> pl.Expr:
    """Whether a version comes before another; each as the names of its columns of `known_at` and `batch_id`."""
    (day, batch), (other_day, other_batch) = one, other
    same_day = pl.col(day) == pl.col(other_day)
    return (pl.col(day) < pl.col(other_day)) | (same_day & (pl.col(batch) < pl.col(other_batch)))


def _months(month: pl.Expr) -> pl.Expr:
    return month.dt.year().cast(pl.Int32) * 12 + month.dt.month().cast(pl.Int32)
