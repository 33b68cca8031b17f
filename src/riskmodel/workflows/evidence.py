"""The rows behind the features of one household: what was known of it by the as-of date, from whom, and since when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features import Feature, assemble_view, declared
from riskmodel.features.facts import rows_seen
from riskmodel.features.lists import lists_of
from riskmodel.features.reading import LINE_KIND, Asked, Reading, reading
from riskmodel.features.windows import Moment, Seen
from riskmodel.policy import HouseholdStatus
from riskmodel.tables.catalogue import TABLES, table
from riskmodel.tables.column import Type
from riskmodel.tables.generation import decode
from riskmodel.tables.open_county import open_county
from riskmodel.tables.own_facts import own_facts
from riskmodel.workflows.about import label_of
from riskmodel.workflows.features import feature_named
from riskmodel.workflows.value_reasons import FullList, absences, lists_behind

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.rendering.values import Absent
    from riskmodel.tables import View
    from riskmodel.tables.table import Table
    from riskmodel.workflows.workspace import Workspace

FROM = ("known_at", "source", "batch_id")
"""When, from whom and in which batch a row became known."""
FEN = 100


@dataclass(frozen=True)
class Value:
    """One feature of the household; null = missing."""

    name: str
    label: str
    english: str
    unit: str
    group: str
    risk: str
    value: float | None
    of_other_households: bool
    """It tells of the neighbours, whose rows are not shown."""
    absent: Absent | None = None
    """Why the value is missing (see `features/absence.py`); null where there is one."""
    lists: list[FullList] = field(default_factory=list)
    """Full lists without which the value would be missing: 0 because the household is not on them."""


@dataclass(frozen=True)
class Evidence:
    """The rows of one table that the features look at. Amounts are in yuan."""

    table: str
    title: str
    window: str
    headers: dict[str, str]
    """Chinese title of each column that a file carries."""
    words: dict[str, dict[str, str]]
    """Chinese words of the codes that occur, by column."""
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Behind:
    """The features of a household and what stands behind them."""

    household_id: str
    county: str
    village_code: str
    as_of: str
    features: list[Value]
    evidence: list[Evidence] = field(repr=False)
    policy: list[dict[str, Any]] = field(repr=False)
    """Policy values used: kind, day on which it is in force, value (null: not set), unit, area, source, confirmed."""


def behind(
    workspace: Workspace,
    household_id: str,
    as_of: date,
    names: Sequence[str] = (),
    county: str | None = None,
) -> Behind:
    """Features of an active household at a date (default: all) and the rows that they look at.

    Only the columns that these features read are given. Raises UsageError for an unknown feature and for a household
    that is not active on that day in the county (default: in any).
    """
    features = [feature_named(name) for name in dict.fromkeys(names)] or list(declared())
    workspace.require_known(as_of)
    view = home_view(workspace, household_id, as_of, county)
    assembled = assemble_view(view, workspace.policy, [household_id])
    made, absent = assembled.rows.row(0, named=True), absences(assembled)
    listed = lists_of(view).of(household_id)
    read = {f.name: reading(f, as_of, listed) for f in features}
    lists = lists_behind(view, workspace.policy, household_id, made, read)
    own = [found for found in read.values() if not found.of_others]
    household, seen = view.ids.find("H", pl.Series([household_id])).item(), Seen(view, Moment(as_of))
    return Behind(
        household_id=household_id,
        county=view.county,
        village_code=made["village_code"],
        as_of=as_of.isoformat(),
        features=[_value(f, as_of, made[f.name], read[f.name], absent, lists) for f in features],
        evidence=[*_state(seen, household, own), *(_evidence(seen, household, asked) for asked in _merged(own))],
        policy=_policy(workspace.policy, seen, household, made["village_code"], own),
    )


def home_view(workspace: Workspace, household_id: str, day: date, county: str | None = None) -> View:
    """View of the county (default: any) in which the household is active. UsageError where it is in none."""
    places = [county] if county else workspace.counties()
    for place in places:
        view = workspace.lake.view(place, day)
        if _active(view, household_id):
            return view
    raise UsageError(
        f"household {household_id} is not active in {', '.join(places)} on {day}. Check the id, the county and the "
        f"date; ids come from `riskmodel find`. / 截至{day}，{'、'.join(places)} 没有在册的户 {household_id}。"
        "请核对户编号、县和日期；户编号可用 riskmodel find 查找。"
    )


def own_home(workspace: Workspace, household_id: str, day: date, county: str | None = None) -> View:
    """What the county in which a household is active knew of it alone, see `own_facts`. UsageError as `home_view`."""
    for place in [county] if county else workspace.counties():
        opened = open_county(workspace.lake, place)
        if opened is None:
            continue
        own = opened.own(household_id, day)
        if _active(own, household_id):
            return own
    return own_facts(home_view(workspace, household_id, day, county), [household_id])


def _active(view: View, household_id: str) -> bool:
    codes = view.ids.find("H", pl.Series([household_id])).drop_nulls()
    states = view.states("households").filter(pl.col("household_id").is_in(codes.implode()))
    return bool(view.collect(states.filter(pl.col("status") == HouseholdStatus.ACTIVE.value)).height)


def _value(
    f: Feature,
    as_of: date,
    value: float | None,
    read: Reading,
    absent: Mapping[str, Absent],
    lists: Mapping[str, list[FullList]],
) -> Value:
    return Value(
        name=f.name,
        label=label_of(f.name, as_of).zh,
        english=label_of(f.name, as_of).en,
        unit=f.unit,
        group=f.group.value,
        risk=f.direction.name.lower(),
        value=value,
        of_other_households=read.of_others,
        absent=absent.get(f.name),
        lists=lists.get(f.name, []),
    )


def _merged(read: Iterable[Reading]) -> list[Asked]:
    """What several features ask, each prepared table once; what workers and pupils tell of a member is asked of it."""
    found: dict[str, Asked] = {}
    for asked in (asked for one in read for asked in (*one.asked, *map(_of_members, one.asked)) if asked is not None):
        other = found.get(asked.prepared, asked)
        months = tuple(sorted({*asked.months, *other.months})) if asked.months and other.months else ()
        found[asked.prepared] = Asked(asked.prepared, months, asked.columns | other.columns)
    return list(found.values())


def _of_members(asked: Asked) -> Asked | None:
    """Columns of the table `members` that rows of another table bring along."""
    if asked.tables[1:] != ("members",):
        return None
    main, members = TABLES[asked.tables[0]].facts, TABLES["members"].facts
    brought = frozenset(name for name in members if name not in main and asked.reads(name))
    return Asked("members", (), brought) if brought else None


def _evidence(seen: Seen, household: int, asked: Asked) -> Evidence:
    rows = rows_seen(asked.prepared, seen).filter(pl.col("household_id") == household)
    if asked.months:
        rows = rows.filter(pl.any_horizontal(*(pl.col("months_ago").is_between(*months) for months in asked.months)))
    spec = TABLES[asked.tables[0]]
    return _shown(spec, asked.window, rows.collect(), [name for name in spec.facts if asked.reads(name)], seen.view)


def _state(seen: Seen, household: int, read: Iterable[Reading]) -> list[Evidence]:
    """The household's own row, where its columns are features or part of one."""
    columns = list(dict.fromkeys(name for one in read for name in one.state))
    rows = seen.view.states("households").filter(pl.col("household_id") == household)
    spec = table("households")
    return [_shown(spec, "state at the as-of date", rows.collect(), columns, seen.view)] if columns else []


def _shown(spec: Table, window: str, rows: pl.DataFrame, read: Sequence[str], view: View) -> Evidence:
    """Rows in canonical form, the newest first: key, date, the columns read, and where the row comes from."""
    wanted = {*spec.key, spec.event, *read, *FROM} - {"household_id"}
    order = [spec.event, *(name for name in spec.facts if name in wanted and name not in (spec.event, *FROM)), *FROM]
    plain = decode(rows.select(name for name in order if name in rows.columns), spec, view.ids)
    order = [name for name in order if name in plain.columns]
    fen = [pl.col(name) / FEN for name in order if spec.facts[name].type is Type.YUAN]
    shown = plain.sort(order, descending=[name == spec.event for name in order]).with_columns(fen).select(order)
    facts = {name: spec.facts[name] for name in order}
    words = {
        name: {code: fact.vocabulary(code).zh for code in shown[name].drop_nulls().unique(maintain_order=True)}
        for name, fact in facts.items()
        if fact.vocabulary is not None
    }
    headers = {name: fact.title for name, fact in facts.items() if fact.headers}
    return Evidence(spec.name, spec.title, window, headers, words, shown.to_dicts())


def _policy(policy: Policy, seen: Seen, household: int, village: str, read: Iterable[Reading]) -> list[dict[str, Any]]:
    """The policy values that were asked for, as published by the as-of date."""
    as_of, used = seen.moment.as_of, []
    for kind, on in dict.fromkeys(asked for one in read for asked in one.policy):
        area, day = seen.view.county, on
        if kind == LINE_KIND:
            survey = rows_seen("surveys", seen).filter(pl.col("household_id") == household).collect()
            if survey.is_empty():
                continue
            area, day = village, survey["period_end"][0]
        found = policy.find(kind, area, on=day, known=as_of)
        entry = {"kind": kind, "in_force_on": day.isoformat(), "value": None}
        if found is not None:
            entry |= {name: getattr(found, name) for name in ("value", "unit", "area", "source", "confirmed")}
        used.append(entry)
    return used
