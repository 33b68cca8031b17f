"""Features of all households of a view, or of some: the same code for training, batch and a single household."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features.alone import only_household
from riskmodel.features.amounts import AMOUNTS
from riskmodel.features.asked import BASE, KEYS, Asked, active
from riskmodel.features.facts import Facts
from riskmodel.features.feature import Feature, declared
from riskmodel.features.line import with_line
from riskmodel.features.lists import Lists, lists_of
from riskmodel.features.neighbours import HOUSEHOLD, Neighbours
from riskmodel.features.origins import ORIGIN, STATE
from riskmodel.features.windows import Moment
from riskmodel.policy import Policy
from riskmodel.tables.homes import homes
from riskmodel.tables.memory import AS_WRITTEN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from riskmodel.tables.lake import Lake, View


@dataclass(frozen=True)
class FeatureTable:
    """One row per active household, sorted by household id: keys, then one Float64 column per feature, null = missing.

    `values` is the same as a matrix (n, F), NaN = missing, columns in the order of `features`.
    """

    as_of: date
    county: str
    """Code of the county; empty for a table of several."""
    rows: pl.DataFrame = field(repr=False)
    features: tuple[Feature, ...] = field(repr=False)
    neighbours: Neighbours | None = field(default=None, repr=False)
    """What each household adds to the sums of its village, to be published; only for all households of one view."""
    newest: pl.DataFrame | None = field(default=None, repr=False)
    """Household and, of each prepared table, its newest row (see `origins`), row by row as `rows`; of one view only."""
    amounts: pl.DataFrame | None = field(default=None, repr=False)
    """Amounts in fen (see `amounts`), row by row as `rows`; only for the households of one view."""

    @property
    def keys(self) -> pl.DataFrame:
        """Household, village (today's code) and category as text, size as a number."""
        return self.rows.select(KEYS)

    @property
    def values(self) -> NDArray[np.float64]:
        """Feature matrix, C order."""
        names = [f.name for f in self.features]
        return self.rows[:, names].to_numpy(order="c").astype("float64", order="C", copy=False)


def assemble(
    lake: Lake,
    as_of: date,
    households: Sequence[str] | None = None,
    *,
    county: str | None = None,
    policy: Policy | None = None,
) -> FeatureTable:
    """Features of active households as known at the end of the day `as_of`, of one county or of all in the lake.

    `households` restricts the result (not the neighbours that village figures are made of); an id that is not active
    raises UsageError. `policy`: by default the shipped values, completed by the folder `policy/` beside the lake.
    Raises NothingInForce where a policy value that a feature needs is missing, LakeError for an unknown county.
    """
    values = policy or _policy_beside(lake)
    views = [lake.view(code, as_of) for code in ([county] if county else lake.counties())]
    if households is not None and county is None:
        views = [view for view in views if _knows_any(view, households)] or views[:1]
    asked = [_of_this_county(view, households, alone=len(views) == 1) for view in views]
    tables = [assemble_view(view, values, ids) for view, ids in zip(views, asked, strict=True)]
    if len(tables) == 1:
        return tables[0]
    rows = pl.concat([pl.DataFrame(schema=_schema()), *(table.rows for table in tables)])
    return FeatureTable(as_of, county or "", rows.sort("household_id"), declared())


def assemble_view(
    view: View,
    policy: Policy,
    households: Sequence[str] | None = None,
    *,
    neighbours: Neighbours | None = None,
    apart: bool = False,
) -> FeatureTable:
    """Features from a view, which may be the lake's or facts in memory; see `assemble`.

    `neighbours`: what was published with a month; then the view needs no facts but those of the households asked for.
    `apart`: the households of the view are no neighbours of each other; without a publication each has none.
    Raises UsageError where it is of another county or was published after the as-of date.
    """
    lists = lists_of(view)
    asked = _asked(policy, view.county, view.as_of, frozenset(lists.months.items()), declared())
    if apart and neighbours is None:
        neighbours = _nobody(asked.facts, view)
    alone = only_household(view, households) if neighbours else None
    if neighbours and alone is not None:
        made = asked.alone.features(view, alone, policy, _fitting(neighbours, view), lists)
        if made is not None:
            return _told(view, made)
    base = _active(view)
    if households is not None:
        wanted = _wanted(base, view, households)
        near = pl.col("village_code").is_in(wanted["village_code"].unique().implode())
        base = wanted if neighbours else base.filter(near)
    table = with_line(_with_answers(_by_id(base, view, asked.facts, lists), asked, view), policy, view)
    if neighbours:
        return _told(view, asked.features(table.hstack(_fitting(neighbours, view).of_others(table))))
    table = view.collect(asked.facts.steps.added(table.lazy()))
    summed = _summed(table, asked.facts, view)
    plan = table.hstack(summed.of_others(table)).lazy()
    if households is not None:  # the others were there for the sums alone
        plan = plan.filter(pl.col("household_id").is_in(list(households)))
    whole = summed if households is None else None
    return _told(view, view.collect(asked.made_of(plan)), whole)


def not_active(missing: Sequence[str], view: View) -> UsageError:
    """What is said of households that a view does not know as active."""
    return UsageError(
        f"{len(missing)} household(s) not active in county {view.county} on {view.as_of}, first: {missing[0]}. "
        "Check the id, the county and the date."
    )


def _told(view: View, made: pl.DataFrame, summed: Neighbours | None = None) -> FeatureTable:
    """The result, from keys, features, origins and amounts of households."""
    rows = made[:, [*KEYS, *(feature.name for feature in declared())]]
    origins = made[:, ["household_id", *(name for name in made.columns if name.endswith(ORIGIN))]]
    amounts = made[:, [amount.column for amount in AMOUNTS]]
    return FeatureTable(view.as_of, view.county, rows, declared(), summed, origins, amounts)


@lru_cache(maxsize=32)
def _asked(
    policy: Policy,
    county: str,
    as_of: date,
    listed: frozenset[tuple[str, frozenset[date]]],
    features: tuple[Feature, ...],
) -> Asked:
    """What features and amounts ask and what they make of the answers; made once for a county and day."""

    def value(kind: str) -> float:
        return policy.value(kind, county, on=as_of, known=as_of)

    def optional(kind: str, on: date) -> float | None:
        found = policy.find(kind, county, on=on, known=as_of)
        return None if found is None else found.value

    facts = Facts(Moment(as_of), value, optional, dict(listed))
    made = [f.build(facts).cast(pl.Float64).alias(f.name) for f in features]
    return Asked(county, facts, [*made, *(a.build(facts).cast(pl.Int64).alias(a.column) for a in AMOUNTS)])


def _policy_beside(lake: Lake) -> Policy:
    own = lake.folder.parent / "policy"
    return Policy.load(own) if own.is_dir() else Policy.load()


def _schema() -> dict[str, pl.DataType]:
    keys = dict(zip(KEYS, (pl.String(), pl.String(), pl.String(), pl.Int32()), strict=True))
    return keys | {feature.name: pl.Float64() for feature in declared()}


def _knows_any(view: View, households: Sequence[str]) -> bool:
    return view.ids.find("H", pl.Series(list(households), dtype=pl.String)).null_count() < len(households)


def _of_this_county(view: View, households: Sequence[str] | None, *, alone: bool) -> Sequence[str] | None:
    """The ids to ask this county for; with only one county all of them, so that an unknown id is named."""
    if households is None or alone:
        return households
    known = view.ids.find("H", pl.Series(list(households), dtype=pl.String)).is_not_null()
    return [household for household, found in zip(households, known, strict=True) if found]


def _active(view: View) -> pl.DataFrame:
    """Active households with the columns of their state that features use, under the code their village has today."""
    return view.collect(active(homes(view)))


def _wanted(base: pl.DataFrame, view: View, households: Sequence[str]) -> pl.DataFrame:
    """The households asked for. Raises UsageError where one of them is not active."""
    codes = view.ids.find("H", pl.Series(list(households), dtype=pl.String))
    wanted = base.filter(pl.col("household_id").is_in(codes.drop_nulls().implode()))
    if wanted.height < len(set(households)):
        raise not_active(sorted(set(households) - set(view.ids.decode("H", wanted["household_id"]))), view)
    return wanted


def _by_id(base: pl.DataFrame, view: View, facts: Facts, lists: Lists) -> pl.DataFrame:
    """The households sorted by their ids as text, and which are in doubt; `code` stands for the id in the view."""
    ids, codes = view.ids.decode("H", base["household_id"]), base["household_id"].alias("code")
    in_doubt = [ids.is_in(sorted(lists.doubted(name))).alias(column) for name, column in facts.doubts.items()]
    named = pl.DataFrame([ids, codes, *base[:, [*BASE, f"{STATE}{ORIGIN}"]], *in_doubt])
    return named if named.height == 1 else named.sort("household_id")


def _with_answers(base: pl.DataFrame, asked: Asked, view: View) -> pl.DataFrame:
    """The households with all that was asked about them; one without rows has nulls."""
    answers, nothing = asked.answers(view), asked.facts.nothing
    if base.height == 1:
        code = base["code"].item()
        rows = (_about(code, answers.get(name), nothing(name)) for name in asked.facts.wanted)
        return base.hstack([column for row in rows for column in row])
    frame = base.lazy()
    for name in asked.facts.wanted:
        if name in answers:
            made = answers[name].lazy().rename({"household_id": "code"})
            frame = frame.join(made, on="code", how="left", maintain_order="left")
        else:
            kinds = nothing(name).schema.items()
            frame = frame.with_columns(pl.lit(None, kind).alias(column) for column, kind in kinds)
    return frame.collect(engine="in-memory", optimizations=AS_WRITTEN)


def _about(code: int, answers: pl.DataFrame | None, nothing: pl.DataFrame) -> list[pl.Series]:
    """The answers about one household, as a join would find them."""
    codes = [] if answers is None else answers.get_column("household_id").to_list()
    if answers is None or code not in codes:
        return nothing.get_columns()
    return answers.slice(codes.index(code), 1).get_columns()[1:]


def _summed(table: pl.DataFrame, facts: Facts, view: View) -> Neighbours:
    """What each household of the table adds to the sums of its village."""
    return Neighbours(view.as_of, view.county, table.select(*HOUSEHOLD, *facts.village_sums.values()))


def _nobody(facts: Facts, view: View) -> Neighbours:
    """A publication in which there is nobody."""
    kinds = {"household_id": pl.String(), "village_code": pl.Int64(), **dict.fromkeys(facts.village_sums, pl.Int64())}
    return Neighbours(view.as_of, view.county, pl.DataFrame(schema=kinds))


def _fitting(neighbours: Neighbours, view: View) -> Neighbours:
    """What was published, if it is of this county and no news of later days."""
    if neighbours.county != view.county or neighbours.as_of > view.as_of:
        raise UsageError(
            f"the neighbours' figures of county {neighbours.county} on {neighbours.as_of} are not for county "
            f"{view.county} on {view.as_of}. Give those of the same county, published on that day or before. / "
            f"县 {neighbours.county} {neighbours.as_of} 的同村数据不能用于县 {view.county} 的 {view.as_of}。"
            "请给同一个县当天或更早的数据。"
        )
    return neighbours.asked_with(view.called)
