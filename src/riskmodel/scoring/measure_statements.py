"""What the rules of help say of a household as a whole, and which of its causes have no evidence in the data.

Codes and numbers only; sentences are made by `rendering`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.policy import EVIDENCE, TOGETHER, MeasureOption
from riskmodel.scoring.measure_conditions import EX_POOR, LABOUR
from riskmodel.scoring.measures import TO_CHECK, Asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.policy import Cause

MET, OPEN, NOT_ASKED, GENERAL = "met", "open", "not_asked", "general"
QUESTIONED, INCOMPLETE = "questioned", "incomplete"
"""States of a statement, beside `to_check`: the rule is kept, broken, does not concern the household, always holds; the
cause has no evidence in the data, or only a part of what a registered cause should have."""
COLUMNS: Final = (
    *("household_id", "cause", "option", "rule", "state", "fact", "value", "least", "most"),
    *("found_on", "checked_on"),
)


def statements(asked: Asked) -> pl.DataFrame:
    """What the rules say of the household as a whole, and which causes have no evidence in the data.

    Columns: `household_id`, `cause` (of questioned evidence, else null), `option`
    (M10: dibao or tekun), `rule` (M01, M02, M09, M10, M11, M03, M12, or MAP for evidence), `state`, `fact`, `value`
    (M01: measures of development in force; M02: measures in force; M09: incomes from assets in force; M10: net income
    in yuan per person; M11: changes of the responsible person in 365 days), `least`, `most`, `found_on`, `checked_on`.

    M10 concerns every household, whatever raises its risk. M11, M09, and M01 where no measure of development is in
    force, concern ex-poor and monitored households, M09 also those below the dibao standard; M02 concerns those with a
    measure in force.
    """
    facts, told = asked.facts, asked.told
    rows = [*_of_household(_with_standard(facts.frame, told)), _evidence(asked.causes, told)]
    made = pl.concat(rows, how="diagonal_relaxed").sort("household_id", maintain_order=True)
    return made.with_columns(facts.view.ids.decode("H", made["household_id"])).select(COLUMNS)


def _with_standard(known: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The facts with `poor`: below the dibao standard or not, null where that is not known; and the standard."""
    below = told.filter(fact="below_dibao").select("household_id", poor="met", standard="most")
    return known.join(below, on="household_id", how="left", maintain_order="left")


def _of_household(known: pl.DataFrame) -> list[pl.DataFrame]:
    """The rules that speak of the household as a whole."""
    concerned = known.select(EX_POOR | pl.col("monitored")).to_series()
    return [
        *_of_labour(known, concerned),
        *_of_entitlement(known, concerned),
        _state(
            known,
            "M11",
            "responsible",
            known["responsible_changes"],
            [(known["responsible_id"].is_not_null(), GENERAL), (~concerned, NOT_ASKED)],
        ),
        *(known.select("household_id", rule=pl.lit(rule), state=pl.lit(GENERAL)) for rule in ("M03", "M12")),
    ]


def _of_labour(known: pl.DataFrame, concerned: pl.Series) -> list[pl.DataFrame]:
    """M01 and M02 of who can work, M09 of who cannot; M01 tells where that is not known."""
    labour = known.select(LABOUR.alias("labour"))["labour"]
    developed, social, without = known["development"] > 0, known["social_only"], known["measures_running"] == 0
    development = [(developed & labour, MET), (~labour, NOT_ASKED), (~concerned, NOT_ASKED), (labour, OPEN)]
    alone = [(~labour, NOT_ASKED), (without, NOT_ASKED), (~social, MET), (labour, OPEN)]
    helped = concerned | known["poor"].fill_null(value=False)
    assets = [
        (labour.fill_null(value=True), NOT_ASKED),
        (~helped, NOT_ASKED),
        (known["assets"] > 0, MET),
        (~labour, OPEN),
    ]
    return [
        _state(known, "M01", "labour", known["development"], development),
        _state(known, "M02", "social_only", known["measures_running"], alone),
        _state(known, "M09", "no_labour", known["assets"], assets),
    ]


def _of_entitlement(known: pl.DataFrame, concerned: pl.Series) -> list[pl.DataFrame]:
    """M10: who has less than the standard belongs into dibao, or into tekun where nobody can work."""
    poor, income = known["poor"], known["net_per_capita"]
    secured = known.select(pl.col("on_dibao") | pl.col("on_tekun") | pl.col("secured")).to_series()
    unable = ~known.select(LABOUR.alias("labour"))["labour"].fill_null(value=True)
    dibao = [(~poor, NOT_ASKED), (poor & secured, MET), (poor, OPEN), (secured, NOT_ASKED), (~concerned, NOT_ASKED)]
    # nobody tells who would have to support whom, so tekun is never more than to be checked
    tekun = [(~(poor.fill_null(value=False) & unable & ~secured), NOT_ASKED)]
    return [
        _state(known, "M10", "below_dibao", income, dibao).with_columns(
            most=known["standard"], option=pl.lit(MeasureOption.DIBAO.value)
        ),
        _state(known, "M10", "no_supporter", income, tekun).with_columns(option=pl.lit(MeasureOption.TEKUN.value)),
    ]


def _state(
    known: pl.DataFrame, rule: str, fact: str, value: pl.Series, states: Sequence[tuple[pl.Series, str]]
) -> pl.DataFrame:
    """The first state that holds; what is not known is to be checked."""
    told = pl.select(
        pl.coalesce(*(pl.when(pl.lit(holds)).then(pl.lit(state)) for holds, state in states), pl.lit(TO_CHECK))
    )
    return known.select(
        "household_id", rule=pl.lit(rule), state=told.to_series(), fact=pl.lit(fact), value=value.cast(pl.Float64)
    )


def _evidence(coded: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Causes for which no fact of their evidence holds: to be checked where one is not known, else questioned.

    `fact` is the first one that is not known; of a questioned cause, all of whose facts are denied, the first. A cause
    for which one holds, and one of those that should be there together is denied, is incomplete; `fact` is that one.
    """
    each = _asked_of(EVIDENCE, coded, told)
    held = pl.col("met").fill_null(value=False).any().over("household_id", "cause")
    state = pl.when(pl.col("met").is_null()).then(pl.lit(TO_CHECK)).otherwise(pl.lit(QUESTIONED))
    lacking = each.filter(~held).with_columns(state=state)
    supported = each.filter(held).select("household_id", "cause").unique()
    part = _asked_of(TOGETHER, coded, told).join(supported, on=["household_id", "cause"], maintain_order="left")
    denied = part.filter(~pl.col("met")).with_columns(state=pl.lit(INCOMPLETE))
    found = pl.concat([lacking, denied]).with_columns(rule=pl.lit("MAP"))
    ranked = found.sort("household_id", "cause", pl.col("met").is_not_null(), maintain_order=True)
    return ranked.unique(["household_id", "cause"], keep="first", maintain_order=True)


def _asked_of(wanted: Mapping[Cause, Sequence[str]], coded: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """The answers to what is wanted of each cause of each household."""
    rows = [(cause.value, name) for cause, names in wanted.items() for name in names]
    facts = pl.DataFrame(rows, schema={"cause": pl.String, "fact": pl.String}, orient="row")
    each = coded.join(facts, on="cause", maintain_order="left_right")
    return each.join(told, on=["household_id", "fact"], maintain_order="left")
