"""What the files of Argentina's household survey say about one quarter, as canonical rows by table; see `eph`.

The columns in capitals and the numbers in the tables below are those of the survey's questionnaire.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from riskmodel.sources.eph import Quarter

MONEY = ["P21", "TOT_P12", "V2_M", "V3_M", "V4_M", "V5_M", "V8_M", "V9_M", "V10_M", "V11_M", "V12_M", "V18_M",
         "V19_AM", "V21_M"]  # fmt: skip
"""Columns of the persons' file that hold amounts in pesos of a month."""

_RELATION = {1: "head", 2: "spouse", 3: "child", 4: "child_in_law", 5: "grandchild", 6: "parent", 7: "parent",
             8: "sibling"}  # fmt: skip
_EDUCATION = {7: "none", 1: "primary", 2: "primary", 3: "junior", 4: "senior", 5: "senior", 6: "bachelor"}
_STAGE = {1: "preschool", 2: "primary", 3: "primary", 4: "senior", 5: "senior", 6: "vocational_college", 7: "bachelor",
          8: "bachelor", 9: "special"}  # fmt: skip
_WATER = {1: "central", 2: "well", 3: "well", 4: "other"}
_REGION = {1: "Gran Buenos Aires", 40: "Noroeste", 41: "Noreste", 42: "Cuyo", 43: "Pampeana", 44: "Patagonia"}


def rows_of(quarter: Quarter, before: list[Quarter]) -> dict[str, pl.DataFrame]:
    """Rows of every table that the survey can fill, by name, in a fixed order; `before` are all earlier quarters."""
    return {
        "villages": _villages(quarter, before),
        "households": _households(quarter),
        "members": _members(quarter, before),
        "incomes": _incomes(quarter),
        "income_surveys": _surveys(quarter),
        "employment": _employment(quarter),
        "enrolments": _enrolments(quarter),
        "dwellings": _dwellings(quarter),
    }


def _villages(quarter: Quarter, before: list[Quarter]) -> pl.DataFrame:
    """One technical area per city, its region above it. Not Chinese area codes."""
    known = (
        pl.concat([b.households.select("village_code") for b in before])["village_code"] if before else pl.Series([""])
    )
    new = quarter.households.unique("village_code").filter(~pl.col("village_code").is_in(known.unique().implode()))
    city = pl.lit("Aglomerado ") + pl.col("AGLOMERADO").cast(pl.String)
    return new.sort("village_code").select(
        "county",
        "village_code",
        village_name=city,
        township_name=city,
        county_name=pl.col("REGION").replace_strict(_REGION, default="Argentina"),
        prefecture_name=pl.lit("Argentina"),
        province_name=pl.lit("Argentina"),
        valid_from=pl.lit(date(2003, 1, 1)),
        was_poor_village=pl.lit(value=False),
    )


def _households(quarter: Quarter) -> pl.DataFrame:
    return quarter.households.select(
        "county",
        "household_id",
        "village_code",
        valid_from=pl.lit(quarter.middle),
        category=pl.lit("ordinary"),
        size=pl.col("IX_TOT").cast(pl.Int32),
        status=pl.lit("active"),
    )


def _members(quarter: Quarter, before: list[Quarter]) -> pl.DataFrame:
    """Present persons, and those of the household's last visit who are not listed any more, as having left."""
    present = _listed(quarter)
    gone = pl.DataFrame(schema=present.schema)
    unseen = quarter.households.select("household_id")
    for earlier in reversed(before):
        last = _listed(earlier).join(unseen, on="household_id", how="semi", maintain_order="left")
        left = last.join(present, on="person_id", how="anti", maintain_order="left")
        gone = pl.concat([gone, left.with_columns(valid_from=pl.lit(quarter.middle), leave_reason=pl.lit("other"))])
        unseen = unseen.join(earlier.households, on="household_id", how="anti", maintain_order="left")
    return pl.concat([present, gone])


def _listed(quarter: Quarter) -> pl.DataFrame:
    age, cover = pl.col("CH06"), pl.col("CH08")
    months = pl.when(age < 0).then(0).otherwise(age * 12 + 6)
    birth = pl.lit(quarter.middle).dt.offset_by(pl.lit("-") + months.cast(pl.String) + "mo")
    paying = (pl.col("PP07H") == 1) | (pl.col("PP07I") == 1)
    receiving = (pl.col("CAT_INAC") == 1) | (pl.col("V2_M") > 0)
    return quarter.persons.select(
        "county",
        "household_id",
        "person_id",
        valid_from=pl.lit(quarter.middle),
        relation=pl.col("CH03").replace_strict(_RELATION, default="other"),
        birth_month=birth,
        sex=pl.when(pl.col("CH04") == 1).then(pl.lit("male")).otherwise(pl.lit("female")),
        education=pl.col("NIVEL_ED").replace_strict(_EDUCATION, default=None),
        basic_insured=pl.when(cover == 4)
        .then(pl.lit(value=False))
        .when(cover.is_in([9, 0]).not_())
        .then(pl.lit(value=True)),
        labour=pl.when(pl.col("CAT_INAC") == 6).then(pl.lit("lost")),
        pension_status=pl.when(receiving)
        .then(pl.lit("receiving"))
        .when(paying)
        .then(pl.lit("paying"))
        .when(pl.col("PP07H") == 2)
        .then(pl.lit("none")),
        leave_reason=pl.lit(None, dtype=pl.String),
    )


def _person_money(quarter: Quarter) -> pl.DataFrame:
    """Amounts per person in fen of the month, by income component; unanswered amounts (-9) count as nothing."""
    fen = {c: (pl.col(c).clip(lower_bound=0).fill_null(0) * 100).round().cast(pl.Int64) for c in MONEY}
    own_account = pl.col("CAT_OCUP").is_in([1, 2])
    job = fen["P21"]
    return quarter.persons.select(
        "household_id",
        wage_work=pl.when(own_account).then(0).otherwise(job) + fen["TOT_P12"],
        op_other=pl.when(own_account).then(job).otherwise(0),
        prop_other=fen["V8_M"] + fen["V9_M"] + fen["V10_M"],
        tr_pension=fen["V2_M"] + fen["V21_M"],
        tr_relief=fen["V5_M"],
        tr_education=fen["V11_M"],
        tr_support=fen["V12_M"],
        tr_other=fen["V3_M"] + fen["V4_M"] + fen["V18_M"] + fen["V19_AM"],
    )


def _household_money(quarter: Quarter) -> pl.DataFrame:
    """Amounts per household by component; what the household total has beyond them is put to `tr_other`."""
    sums = _person_money(quarter).group_by("household_id").sum()
    total = (pl.col("ITF") * 100).round().cast(pl.Int64)
    joined = quarter.households.select("county", "household_id", "IX_TOT", "IPCF", total=total).join(
        sums, on="household_id", how="left", maintain_order="left"
    )
    items = pl.sum_horizontal([c for c in sums.columns if c != "household_id"])
    return joined.with_columns(tr_other=pl.col("tr_other") + (pl.col("total") - items).clip(lower_bound=0))


def _incomes(quarter: Quarter) -> pl.DataFrame:
    """One month per quarter. Components of zero are left out, except wages, so that every household has a row."""
    money = _household_money(quarter).drop("IX_TOT", "IPCF", "total")
    long = money.unpivot(index=["county", "household_id"], variable_name="component", value_name="amount")
    kept = long.filter((pl.col("amount") > 0) | (pl.col("component") == "wage_work"))
    return kept.with_columns(month=pl.lit(quarter.income_month))


def _surveys(quarter: Quarter) -> pl.DataFrame:
    """One month times 12: not a 12-month income, and compared with twelve times the monthly line."""
    month = quarter.income_month
    last = date(month.year, month.month + 1, 1) - timedelta(days=1)
    transfers = ["tr_pension", "tr_relief", "tr_education", "tr_support", "tr_other"]
    return _household_money(quarter).select(
        "county",
        "household_id",
        year=pl.lit(quarter.year, dtype=pl.Int32),
        stage=pl.lit("annual"),
        period_end=pl.lit(last),
        persons=pl.col("IX_TOT").cast(pl.Int32),
        wage=pl.col("wage_work") * 12,
        business=pl.col("op_other") * 12,
        business_cost=pl.lit(0, dtype=pl.Int64),
        property=pl.col("prop_other") * 12,
        transfer=pl.sum_horizontal(transfers) * 12,
        transfer_pension=pl.col("tr_pension") * 12,
        net_total=pl.col("total") * 12,
        net_per_capita=(pl.col("IPCF") * 100).round().cast(pl.Int64) * 12,
    )


def _employment(quarter: Quarter) -> pl.DataFrame:
    state = pl.col("ESTADO")
    wage = (pl.col("P21").clip(lower_bound=0) + pl.col("TOT_P12").clip(lower_bound=0)) * 100
    return quarter.persons.filter(state.is_in([1, 2, 3])).select(
        "county",
        "household_id",
        "person_id",
        month=pl.lit(quarter.middle),
        employed=state == 1,
        wage=wage.round().cast(pl.Int64),
        sector=pl.when(state == 1).then(_sector(pl.col("PP04B_COD"))),
        wants_work=pl.when(state == 2).then(pl.lit(value=True)),
    )


def _sector(activity: pl.Expr) -> pl.Expr:
    """Sector from the first two of the four digits of the activity code (CAES, after ISIC revision 3)."""
    division = activity // 100
    return (
        pl.when(division.is_between(1, 5))
        .then(pl.lit("farming"))
        .when(division.is_between(15, 37))
        .then(pl.lit("manufacturing"))
        .when(division == 45)
        .then(pl.lit("construction"))
        .when(division.is_between(60, 64))
        .then(pl.lit("transport"))
        .when(division.is_between(50, 55) | division.is_between(65, 95))
        .then(pl.lit("services"))
        .when(division.is_between(10, 14) | division.is_between(40, 41))
        .then(pl.lit("other"))
    )


def _enrolments(quarter: Quarter) -> pl.DataFrame:
    """Attends school = enrolled; of school age (5-17): never attended = not enrolled, attended before = dropout."""
    attends, age = pl.col("CH10"), pl.col("CH06")
    young = age.is_between(5, 17)
    stage = pl.col("CH12").replace_strict(_STAGE, default=None)
    by_age = pl.when(age < 12).then(pl.lit("primary")).when(age < 15).then(pl.lit("junior")).otherwise(pl.lit("senior"))
    school = quarter.persons.filter((attends == 1) | (young & attends.is_in([2, 3])))
    return school.select(
        "county",
        "household_id",
        "person_id",
        term=pl.lit(date(quarter.year, 3 if quarter.quarter <= 2 else 9, 1)),
        stage=stage.fill_null(by_age),
        status=pl.when(attends == 1)
        .then(pl.lit("enrolled"))
        .when(attends == 3)
        .then(pl.lit("not_enrolled"))
        .otherwise(pl.lit("dropout")),
    )


def _dwellings(quarter: Quarter) -> pl.DataFrame:
    """Kind of water supply only; whether the water is safe is an official finding that the survey does not have."""
    return quarter.households.select(
        "county",
        "household_id",
        inspected_on=pl.lit(quarter.middle),
        aspect=pl.lit("water"),
        water_source=pl.col("IV7").replace_strict(_WATER, default=None),
    )
