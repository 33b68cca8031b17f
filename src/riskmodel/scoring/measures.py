"""Which help the rules allow a household for the causes that raise its risk, which is a must, and what runs already.

Codes and numbers only; sentences are made by `rendering`. The software proposes, an official decides (rule M12).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import REMEDIES, Background, Cause, Remedy
from riskmodel.scoring.measure_conditions import NO, YES, answers
from riskmodel.scoring.measure_facts import MeasureFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from riskmodel.policy import Policy
    from riskmodel.tables import View

MUST, ALLOWED, TO_CHECK, EXCLUDED, RUNNING = "must", "allowed", "to_check", "excluded", "running"
"""Standings of a measure; `running` = in force and answering none of the causes asked for."""
COLUMNS: Final = (
    *("household_id", "cause", "measure", "option", "standing", "rule", "fact", "value", "least", "most"),
    *("found_on", "checked_on", "one_of", "running", "since", "until"),
)
HELD_BY_AID: Final = {"dibao": "on_dibao", "tekun": "on_tekun", "disability_subsidy": "on_allowance"}
"""Options that the lists of assistance tell of, beside the table of measures."""
HOUSES: Final = ("housing", "relocation")


@dataclass(frozen=True)
class Asked:
    """What is known of the households of which measures are asked."""

    facts: MeasureFacts
    causes: pl.DataFrame
    """Causes of each household, once each, its id as coded in the view; backgrounds are left out."""
    told: pl.DataFrame
    """The answers to all conditions."""


def proposals(asked: Asked) -> pl.DataFrame:
    """Every measure that answers the causes of the households, and those in force that answer none of them.

    Columns: `household_id` (text), `cause`, `measure`, `option` (null: none), `standing` (see above), `rule` (the
    rule that admits, demands or excludes it; null for one that only runs), `fact` (the condition that decided) with
    its `value` and the bounds `least` and `most` (null where there is none), `found_on` and `checked_on` (days of the
    inspection and of the village's check, null where it found nothing out), `one_of` (the must is one of several),
    `running`, `since`, `until` (null: open). A measure whose condition is not known is `to_check`, never allowed or
    excluded.
    """
    facts, told = asked.facts, asked.told
    cases = asked.causes.join(_table(REMEDIES), on="cause", maintain_order="left").with_row_index("case")
    decided = _decided(cases, told).join(_must(cases, told), on="case", how="left")
    marked = _with_running(decided, facts)
    made = pl.concat([_standing(marked, facts), _others(marked, facts)], how="diagonal_relaxed")
    ordered = made.sort("household_id", "case", "measure", "option", nulls_last=True)
    return ordered.with_columns(facts.view.ids.decode("H", ordered["household_id"])).select(COLUMNS)


def asked_facts(view: View, policy: Policy, asked: pl.DataFrame) -> Asked:
    """The facts of households, for `proposals` and `statements`.

    asked: `household_id` (text) and `cause` (codes of `Cause`; backgrounds are passed over), one row per cause that
    raises the risk. Raises UsageError for a household that the view does not know, and for an unknown cause.
    """
    codes = view.ids.find("H", asked["household_id"])
    if codes.null_count():
        unknown = asked["household_id"].filter(codes.is_null())[0]
        raise UsageError(f"household {unknown} is not known in county {view.county} on {view.as_of}. Check the id.")
    wrong = set(asked["cause"]) - set(Cause.codes()) - set(Background.codes())
    if wrong:
        raise UsageError(f"there is no cause {min(wrong)!r}. Use one of: {', '.join(Cause.codes())}.")
    coded = asked.select(codes.alias("household_id"), pl.col("cause").cast(pl.String))
    causes = coded.filter(pl.col("cause").is_in(Cause.codes())).unique(maintain_order=True)
    facts = MeasureFacts(view, policy, codes.unique().sort())
    return Asked(facts, causes, answers(facts))


def _table(remedies: Sequence[Remedy]) -> pl.DataFrame:
    rows = [
        (r.cause.value, r.measure.value, r.option and r.option.value, list(r.needs), r.must or None, r.when or None)
        for r in remedies
    ]
    names = ("cause", "measure", "option", "must", "when")
    columns: dict[str, pl.DataType] = dict.fromkeys(names, pl.String()) | {"needs": pl.List(pl.String())}
    order = ("cause", "measure", "option", "needs", "must", "when")
    return pl.DataFrame(rows, schema={name: columns[name] for name in order}, orient="row")


def _decided(cases: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Each case with the condition that decides it: the first that fails, else the first not known, else the last."""
    asked = cases.with_columns(place=pl.int_ranges(pl.col("needs").list.len()))
    each = asked.explode("needs", "place", empty_as_null=True).rename({"needs": "fact"})
    each = each.join(told, on=["household_id", "fact"], how="left")
    free = pl.col("fact").is_null()
    standing = pl.when(free | pl.col("met")).then(pl.lit(ALLOWED)).when(~pl.col("met")).then(pl.lit(EXCLUDED))
    weight = pl.when(free | pl.col("met")).then(200 - pl.col("place")).when(~pl.col("met")).then(pl.col("place"))
    ranked = each.with_columns(
        standing=standing.otherwise(pl.lit(TO_CHECK)), weight=weight.otherwise(100 + pl.col("place")).fill_null(0)
    )
    first = ranked.sort("case", "weight").unique("case", keep="first", maintain_order=True)
    unbound = {"rule": pl.col("fact_rule").fill_null("MAP"), "fact": pl.col("fact").fill_null("usual")}
    return first.with_columns(**unbound).drop("place", "weight", "met", "fact_rule")


def _must(cases: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Cases in which a rule demands the measure, or one of several, with the numbers of the condition behind it."""
    names = {f"must_{name}": name for name in ("value", "least", "most")}
    when = told.filter("met").select("household_id", when="fact", **names)
    return cases.join(when, on=["household_id", "when"]).select("case", *names, demanded=YES)


def _with_running(decided: pl.DataFrame, facts: MeasureFacts) -> pl.DataFrame:
    """Mark the measures in force, by the table of measures or the lists of assistance."""
    kind = ("household_id", "measure", "option")
    held = _held(decided.select(kind).unique(), facts.running)
    aid = facts.frame.select("household_id", *HELD_BY_AID.values())
    marked = decided.join(held, on=kind, how="left", nulls_equal=True).join(aid, on="household_id")
    on_list = [(pl.col("option") == o).fill_null(value=False) & pl.col(c) for o, c in HELD_BY_AID.items()]
    by_aid = pl.any_horizontal(*on_list)
    # a monthly list says that it runs, not since when: the months before the first one looked at are not known
    return marked.with_columns(running=pl.col("since").is_not_null() | by_aid)


def _held(kinds: pl.DataFrame, running: pl.DataFrame) -> pl.DataFrame:
    """Which kinds of measures run, since when and until when; without its option it may be each of them."""
    near = kinds.join(running, on=["household_id", "measure"], suffix="_in_force")
    unsaid = pl.any_horizontal(pl.col("option", "option_in_force").is_null())
    same = unsaid | (pl.col("option") == pl.col("option_in_force"))
    until = pl.when(pl.col("until").is_not_null().all()).then(pl.col("until").max())
    return near.filter(same).group_by(kinds.columns).agg(pl.col("since").min(), until=until)


def _standing(marked: pl.DataFrame, facts: MeasureFacts) -> pl.DataFrame:
    """A demanded measure that is allowed is a must, unless another one that fulfils the rule runs already."""
    running = facts.running.with_columns(house=pl.col("measure").is_in(HOUSES))
    housed = running.filter("house").select("household_id", housed=YES).unique()
    joined = marked.join(facts.frame.select("household_id", "development"), on="household_id").join(
        housed, on="household_id", how="left"
    )
    of_group = pl.col("running").any().over("household_id", "cause", "must")
    fulfilled = (
        pl.when(pl.col("must") == "M01")
        .then(pl.col("development") > 0)
        .when(pl.col("measure").is_in(HOUSES))
        .then(pl.col("housed").fill_null(value=False))
        .otherwise(of_group)
    )
    must = (
        pl.col("demanded").fill_null(value=False) & (pl.col("standing") == ALLOWED) & (pl.col("running") | ~fulfilled)
    )
    group = (pl.col("must") == "M01") | pl.col("measure").is_in(HOUSES)
    return joined.with_columns(
        standing=pl.when(must).then(pl.lit(MUST)).otherwise("standing"),
        rule=pl.when(must).then("must").otherwise("rule"),
        fact=pl.when(must).then("when").otherwise("fact"),
        **{name: pl.when(must).then(f"must_{name}").otherwise(name) for name in ("value", "least", "most")},
        one_of=must & group.fill_null(value=False),
    ).select("case", *COLUMNS)


def _others(marked: pl.DataFrame, facts: MeasureFacts) -> pl.DataFrame:
    """Measures in force of a kind that answers none of the causes asked for."""
    rest = facts.running.join(marked, on=["household_id", "measure"], how="anti")
    return rest.with_columns(standing=pl.lit(RUNNING), running=YES, one_of=NO)
