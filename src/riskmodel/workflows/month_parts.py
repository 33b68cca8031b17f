"""What lists and counts of a month are made of, prepared when it is published: a column for each thing that is asked.

Households stand in order of risk, ties as on the work list. Columns are bytes of fixed numbers, so that a page reads
them as they lie, and filters and counts 300,000 households in a few milliseconds; see `month_sheet` for the reading.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.policy import Background, Category, Cause, Listing, Tier
from riskmodel.scoring.score import VALUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from riskmodel.workflows.delivery_ages import DeliveryAge
    from riskmodel.workflows.month_list import MonthList

FACTS: Final = "facts"
VILLAGES: Final = "villages"
"""Counts of each village: rows as the villages of the facts, columns as `COUNTED[VILLAGES]`."""
CAUSES: Final = "causes"
"""Counts of first causes, of those that may be listed and are not of low risk; columns as `COUNTED[CAUSES]`."""
COLUMNS: Final[Mapping[str, str]] = {
    "id": "S12",
    "by_id": "<i4",
    "village": "<u4",
    "tier": "<u1",
    "cause": "<u1",
    "category": "<u1",
    "status": "<u1",
    "probability": "<f4",
    "rank": "<i4",
    "visited": "<i4",
}
"""Column -> type. `id`: the 12 bytes of an id; `by_id`: order of the ids; `rank`: place on the list of its place, 0 =
none; `visited`: days since the newest visit that the lake knew, -1 = none; the others: number of the word below, or of
the village in the facts."""
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "tier": Tier.codes(),
    "cause": ("", *Cause.codes(), *Background.codes()),
    "category": ("", *Category.codes()),
    "status": Listing.codes(),
}
HALF_YEAR_DAYS: Final = 183
"""Villages are looked back at every half-year (docs/domain.md, 9)."""
PROBLEMS: Final[Mapping[str, tuple[str, ...]]] = {
    "housing": ("house_problem", "lives_in_unsafe_house"),
    "water": ("water_problem", "water_unsafe"),
    "school": ("school_problem", "out_of_school"),
}
"""Failure -> the features that tell of it; above 0 is one. Known is what one of them tells."""
PLANNED: Final = (Listing.LISTED, Listing.AUDIT)
"""Above the capacity line: visited this month."""
URGENT: Final = (Tier.VERY_HIGH, Tier.HIGH, Tier.MEDIUM)
COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    VILLAGES: (
        *("households", "may", "risk", "planned", "visited", *Listing.codes(), *Tier.codes()),
        *(f"{name}{kind}" for name in PROBLEMS for kind in ("", "_known")),
    ),
    CAUSES: tuple(f"{cause}.{tier.value}" for cause in WORDS["cause"] for tier in URGENT),
}
"""What is counted of a village: all households, those that may be listed, the sum of the probabilities of these, the
visits planned, households visited within half a year; by status; by tier of those that may be listed; failures, and
of how many households it is known. Apart from them causes by tier."""
READ: Final = (
    *("household_id", "township", "village_code", "category", "probability", "tier", "reason_1_group"),
    *("monitored", "too_new", f"{VALUE}days_since_visit"),
    *(f"{VALUE}{name}" for names in PROBLEMS.values() for name in names),
)
"""Columns of the scores that this is made of."""
_MAY: Final = ~pl.col("monitored") & ~pl.col("too_new")


def month_parts(scores: pl.DataFrame, drawn: MonthList, ages: Sequence[DeliveryAge]) -> Iterable[tuple[str, bytes]]:
    """Name and content of each part of a month. `scores`: columns `READ`, of all counties."""
    rows = scores.join(drawn.rows, on="household_id", how="left", maintain_order="left")
    rows = rows.sort("probability", "rank_place", "household_id", descending=[True, False, False], nulls_last=True)
    villages = rows["village_code"].unique().sort()
    facts = {
        "villages": villages.to_list(),
        "visits": drawn.visits,
        "issued": drawn.issued,
        "ages": [asdict(age) for age in ages],
    }
    yield FACTS, json.dumps(facts, ensure_ascii=False).encode()
    columns = _columns(rows, villages)
    for name, kind in COLUMNS.items():
        yield name, columns[name].astype(kind).tobytes()
    for part, counted in ((VILLAGES, _counted()), (CAUSES, _counted_causes())):
        yield part, _by_village(rows, villages, {name: counted[name] for name in COUNTED[part]})


def _columns(rows: pl.DataFrame, villages: pl.Series) -> dict[str, NDArray[Any]]:
    ids = np.frombuffer(bytes.fromhex("".join(rows["household_id"].str.slice(1))), dtype="S12")
    return {
        "id": ids,
        "by_id": np.argsort(ids, kind="stable"),
        "village": _numbers(rows["village_code"], villages.to_list()),
        "tier": _numbers(rows["tier"], WORDS["tier"]),
        "cause": _numbers(rows["reason_1_group"].fill_null(""), WORDS["cause"]),
        "category": _numbers(rows["category"].fill_null(""), WORDS["category"]),
        "status": _numbers(rows["status"], WORDS["status"]),
        "probability": rows["probability"].to_numpy(),
        "rank": rows["rank_place"].fill_null(0).to_numpy(),
        "visited": rows[f"{VALUE}days_since_visit"].fill_null(-1).to_numpy(),
    }


def _numbers(column: pl.Series, words: Sequence[str]) -> NDArray[Any]:
    """The number of each word. Raises for a word that is not among them."""
    numbers = pl.Series(range(len(words)), dtype=pl.UInt32)
    return column.cast(pl.String).replace_strict(pl.Series(words), numbers).to_numpy()


def _counted() -> dict[str, pl.Expr]:
    """What is counted of a village."""
    tier, status, since = pl.col("tier"), pl.col("status"), pl.col(f"{VALUE}days_since_visit")
    counted = {
        "households": pl.len(),
        "may": _MAY.sum(),
        "risk": pl.col("probability").filter(_MAY).sum(),
        "planned": status.is_in([word.value for word in PLANNED]).sum(),
        "visited": (since <= HALF_YEAR_DAYS).sum(),
        **{code: (status == code).sum() for code in Listing.codes()},
        **{code: (_MAY & (tier == code)).sum() for code in Tier.codes()},
    }
    for name, features in PROBLEMS.items():
        worst = pl.max_horizontal(pl.col(f"{VALUE}{feature}") for feature in features)
        counted |= {name: (worst > 0).sum(), f"{name}_known": worst.is_not_null().sum()}
    return counted


def _counted_causes() -> dict[str, pl.Expr]:
    cause = pl.col("reason_1_group").fill_null("")
    pairs = {name: name.split(".") for name in COUNTED[CAUSES]}
    return {name: (_MAY & (cause == code) & (pl.col("tier") == tier)).sum() for name, (code, tier) in pairs.items()}


def _by_village(rows: pl.DataFrame, villages: pl.Series, counted: Mapping[str, pl.Expr]) -> bytes:
    found = rows.group_by("village_code").agg(what.cast(pl.Float64).alias(name) for name, what in counted.items())
    placed = villages.to_frame().join(found, on="village_code", how="left", maintain_order="left")
    return placed.select(*counted).to_numpy().astype("<f8").tobytes()
