"""The places that a work list is made for, townships or responsible persons, and how many visits each has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from riskmodel.scoring.quotas import dealt
from riskmodel.scoring.visit_questions import own_questions
from riskmodel.tables.homes import homes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.tables import View

By = Literal["township", "person"]


def with_places(scores: pl.DataFrame, views: Mapping[str, View], by: By) -> pl.DataFrame:
    """Scores with `place`: the township, or township/responsible person where a household has one.

    `responsible_id` (帮扶责任人编号) is added in either case, as known in the view of the county; null where nobody is
    named. Most ordinary households have nobody: they are the township's own.
    """
    parts = [pl.DataFrame(schema={"household_id": pl.String, "responsible_id": pl.String})]
    for view in views.values():
        told = view.collect(homes(view).select("household_id", "responsible_id").drop_nulls())
        parts.append(told.with_columns(household_id=view.ids.decode("H", told["household_id"])))
    joined = scores.join(pl.concat(parts), on="household_id", how="left", maintain_order="left")
    person = pl.format("{}/{}", "township", "responsible_id")
    place = pl.coalesce(person, "township") if by == "person" else pl.col("township")
    return joined.with_columns(place=place)


def quotas(rows: pl.DataFrame, policy: Policy, as_of: date, capacity: int | None) -> pl.DataFrame:
    """Visits of each place: `place`, `township`, `households` (that may be listed), `visits`, `audit_share`.

    `capacity` visits in all are dealt to the places in proportion to their households; without it, each township deals
    the policy's `visits.per_township_month` to its places. Raises NothingInForce where the policy says nothing.
    """
    may = rows.filter(~pl.col("monitored") & ~pl.col("too_new"))
    places = may.group_by("township", "place").agg(households=pl.len()).sort("township", "place")
    visits = [pl.Series("visits", [], dtype=pl.Int64)]
    if capacity is None:
        for (township,), own in places.group_by("township", maintain_order=True):
            most = int(policy.value("visits.per_township_month", str(township), on=as_of, known=as_of))
            visits.append(pl.Series(dealt(most, own["households"].to_numpy())))
    else:
        visits.append(pl.Series(dealt(capacity, places["households"].to_numpy())))
    shares = _shares(policy, places["township"].to_list(), as_of)
    return places.with_columns(visits=pl.concat(visits), audit_share=pl.Series(shares, dtype=pl.Float64))


def with_visit_facts(rows: pl.DataFrame, views: Mapping[str, View], policy: Policy) -> pl.DataFrame:
    """A list with `village_name`, `township_name` and, of the households to be visited, what to check (`own`).

    `own` is told from the id of the household alone: the same for the listed and for those drawn by lot.
    """
    chosen = rows.filter(pl.col("visit_order").is_not_null())
    villages, checks = [], []
    for county, view in views.items():
        names = view.states("villages").select("village_code", "village_name", "township_name")
        villages.append(view.collect(names).with_columns(pl.col("village_code").cast(pl.String).str.zfill(12)))
        ids = chosen.filter(pl.col("county") == county)["household_id"].sort()
        checks.append(own_questions(view, policy, ids))
    named = rows.join(pl.concat(villages), on="village_code", how="left", maintain_order="left")
    return named.join(pl.concat(checks), on="household_id", how="left", maintain_order="left")


def _shares(policy: Policy, townships: Sequence[str], as_of: date) -> list[float]:
    return policy.values("visits.audit_share", townships, on=as_of, known=as_of)
