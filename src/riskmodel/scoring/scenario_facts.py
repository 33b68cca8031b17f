"""What help would have changed in the facts of a household, had it been in force during the last complete months.

Only what help changes in life is changed: work, income, spending, loans, house, water, insurance. The register of
measures stays as it is, for features of help in force tell who was recognised, not who is better off. Help that is
money each month is in `scenario_incomes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from riskmodel.features.housing import UNSAFE
from riskmodel.features.loans import RUNNING
from riskmodel.policy import HouseGrade, LoanStatus
from riskmodel.scoring.measure_questions import GONE, YEAR
from riskmodel.scoring.scenario_incomes import Already
from riskmodel.scoring.survey_year import less_spent

if TYPE_CHECKING:
    from riskmodel.policy import Policy
    from riskmodel.scoring.household_rows import HouseholdRows
    from riskmodel.scoring.scenario_incomes import Given


def medical_aid(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """Medical aid pays a `share` of the self-pay of each bill of the last 12 complete months, rounded down to the fen.

    The compliant part falls by the same share; so does what the newest survey counts of it.
    """
    bills = rows.seen("bills").filter(pl.col("months_ago") <= YEAR, pl.col("self_pay") > 0)
    which = pl.col("settlement_id").is_in(bills["settlement_id"].to_list())
    paid, compliant = (_part(pl.col(name), given["share"]) for name in ("self_pay", "compliant_self_pay"))
    relief = bills.with_columns(month=pl.col("service_end").dt.month_start(), less=compliant)
    less = relief.group_by("month").agg(pl.col("less").sum()).sort("month")
    rows = rows.changed(
        "medical_settlements",
        which,
        aid_paid=pl.col("aid_paid") + paid,
        self_pay=pl.col("self_pay") - paid,
        compliant_self_pay=pl.col("compliant_self_pay") - compliant,
    )
    return less_spent(rows, dict(less.iter_rows()))


def loan_extension(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """Every running small loan is extended by `months` in its newest statement, and so is not overdue.

    One that is extended already is left as it is.
    """
    running = _small_loans(rows).filter(~pl.col("extended"))
    overdue = pl.col("status") == LoanStatus.OVERDUE.value
    for loan, month in running.select("loan_id", "month").iter_rows():
        rows = rows.changed(
            "loan_statements",
            (pl.col("loan_id") == loan) & (pl.col("month") == month),
            due_on=pl.col("due_on").dt.offset_by(f"{round(given['months'])}mo"),
            extended=pl.lit(value=True),
            days_past_due=pl.lit(0),
            status=pl.when(overdue).then(pl.lit(LoanStatus.NORMAL.value)).otherwise("status"),
        )
    return rows


def house_repair(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """The newest inspection found a house of grade C or D to be of grade B, and the newest check found it safe."""
    newest = _is_one_of(rows.seen("housing"), "inspected_on") & (pl.col("aspect") == "housing")
    unsafe = newest & pl.col("house_grade").is_in(UNSAFE)
    rows = rows.changed("dwellings", unsafe, house_grade=pl.lit(HouseGrade.B.value))
    return _held(rows, "house_ok")


def safe_water(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """The newest inspection found the water safe and no day without it, and so did the newest check."""
    newest = _is_one_of(rows.seen("water"), "inspected_on") & (pl.col("aspect") == "water")
    rows = rows.changed("dwellings", newest & ~pl.col("water_safe"), water_safe=pl.lit(value=True))
    rows = rows.changed("dwellings", newest & (pl.col("outage_days") > 0), outage_days=pl.lit(0))
    return _held(rows, "water_ok")


def basic_insurance(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """Every present member known to be without basic health insurance has it."""
    without = rows.seen("members").filter(~pl.col("basic_insured"))
    for person, since in without.select("person_id", "valid_from").iter_rows():
        which = (pl.col("person_id") == person) & (pl.col("valid_from") == since)
        rows = rows.changed("members", which, basic_insured=pl.lit(value=True))
    return _held(rows, "insured_ok")


def loans_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """How many of the running small loans are extended."""
    return _already(int(_small_loans(rows)["extended"].sum()))


def bills_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """Nothing: what is left to pay can always be paid."""
    return _already(0)


def house_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """Whether the newest inspection or check says that the house is safe."""
    return _is_so(rows, "housing", ~pl.col("house_grade").is_in(UNSAFE), "house_ok")


def water_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """Whether the newest inspection or check says that the water is safe."""
    return _is_so(rows, "water", pl.col("water_safe"), "water_ok")


def insured_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """How many present members are known to have basic health insurance."""
    return _already(int(rows.seen("members")["basic_insured"].sum()))


def _already(count: int) -> Already:
    return Already(count, "there" if count else "none")


def _small_loans(rows: HouseholdRows) -> pl.DataFrame:
    return rows.seen("loans").filter((pl.col("product") == "small_loan") & RUNNING & ~GONE)


def _is_so(rows: HouseholdRows, prepared: str, holds: pl.Expr, guarantee: str) -> Already:
    said = (rows.seen(prepared).select(holds).to_series(), rows.seen("checks")[guarantee])
    return _already(int(any(found.any() for found in said)))


def _held(rows: HouseholdRows, guarantee: str) -> HouseholdRows:
    """The newest guarantee check found no problem."""
    newest = rows.seen("checks")
    which = _is_one_of(newest, "checked_on") & pl.col("stage").is_in(newest["stage"].to_list())
    return rows.changed("guarantee_checks", which & ~pl.col(guarantee), **{guarantee: pl.lit(value=True)})


def _is_one_of(newest: pl.DataFrame, day: str) -> pl.Expr:
    return pl.col(day).is_in(newest[day].to_list())


def _part(amount: pl.Expr, share: float) -> pl.Expr:
    """A share of an amount, rounded down; in ten-thousandths, so that whole numbers stay exact."""
    return amount * round(share * 10_000) // 10_000
