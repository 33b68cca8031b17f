"""The neighbours: figures of the village without the household itself, from the same view.

Sums are integers, so they are exact and do not depend on how the work is cut.
"""

from __future__ import annotations

import polars as pl

from riskmodel.features.arithmetic import over
from riskmodel.features.employment import workers_employed
from riskmodel.features.feature import Direction, feature
from riskmodel.features.windows import Facts
from riskmodel.policy import Background


@feature("同村人均收入与监测线之比", "income of the village over the line", unit="倍", group=Background.PLACE,
         risk=Direction.FREE, ratio=True)  # fmt: skip
def village_income_to_line(h: Facts) -> pl.Expr:
    """Net income per head of the other surveyed households of the village, each over its own line."""
    thousandths = (h.survey("net_per_capita") * 1000 // h.line().cast(pl.Int64)).clip(-10_000, 100_000)
    return over(h.neighbours("income", thousandths), _surveyed(h) * 1000)


@feature("同村低于监测线户占比", "share of village households below the line", unit="比例", group=Background.PLACE,
         risk=Direction.FREE)  # fmt: skip
def village_below_line_share(h: Facts) -> pl.Expr:
    """Other households of the village below the line in their newest survey, over those with a survey."""
    return over(h.neighbours("below", h.survey("net_per_capita") < h.line()), _surveyed(h))


@feature("同村1.5倍监测线以下户占比", "share of village households near the line", unit="比例", group=Background.PLACE,
         risk=Direction.FREE)  # fmt: skip
def village_near_line_share(h: Facts) -> pl.Expr:
    """Other households of the village below 1.5 times the line in their newest survey, over those with a survey."""
    return over(h.neighbours("near", h.survey("net_per_capita") < h.line() * 1.5), _surveyed(h))


@feature("同村户均在业人数", "members at work per village household", unit="人", group=Background.PLACE,
         risk=Direction.FREE)  # fmt: skip
def village_employed_mean(h: Facts) -> pl.Expr:
    """Members at work per other household of the village with employment rows."""
    employed = workers_employed(h)
    return over(h.neighbours("employed", employed), h.neighbours("with_work_rows", employed.is_not_null()))


@feature("同村未参保人口占比", "share of uninsured people in the village", unit="比例", group=Background.PLACE,
         risk=Direction.FREE)  # fmt: skip
def village_uninsured_share(h: Facts) -> pl.Expr:
    """Members of the other households of the village without basic health insurance, over those for whom it is known."""
    uninsured = h.members("uninsured", ~pl.col("basic_insured"))
    return over(
        h.neighbours("uninsured", uninsured),
        h.neighbours("insurance_known", h.members_known("basic_insured_known", "basic_insured")),
    )


@feature("同村缴纳养老保险人口占比", "share of pension payers in the village", unit="比例", group=Background.PLACE,
         risk=Direction.FREE)  # fmt: skip
def village_pension_payers_share(h: Facts) -> pl.Expr:
    """Members of the other households of the village who pay into a pension scheme, over all their members."""
    payers = h.members("pension_payers", pl.col("pension_status") == "paying")
    return over(h.neighbours("pension_payers", payers), h.neighbours("members", h.members("all")))


def _surveyed(h: Facts) -> pl.Expr:
    return h.neighbours("surveyed", h.survey("net_per_capita").is_not_null())
