"""What help would have changed in the facts of a household, had it been in force during the last complete months.

Only what help changes in life is changed: work, income, spending, loans, house, water, insurance. The register of
measures stays as it is, for features of help in force tell who was recognised, not who is better off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.family import ABLE
from riskmodel.features.housing import UNSAFE
from riskmodel.features.loans import RUNNING
from riskmodel.features.windows import months_before
from riskmodel.policy import HouseGrade, IncomeComponent, LoanStatus, Place, Scheme
from riskmodel.scoring.household_rows import FEN
from riskmodel.scoring.measure_facts import GONE, YEAR

if TYPE_CHECKING:
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.scoring.household_rows import HouseholdRows

Given = Mapping[str, float]
"""Parameters by name: yuan, months, shares."""
SKILL: Final = pl.col("labour").replace_strict({code: rank for rank, code in enumerate(ABLE)}, default=len(ABLE))


def public_post(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """One able member of working age holds a post in the township in each of the last `months`, for `wage` a month.

    Who earned least in these months; then the better skilled, the older, the first by id. The wage comes on top of
    what was earned. Nothing changes where nobody can work.
    """
    person = _who_could_work(rows, policy)
    if person is None:
        return rows
    wage, months = round(given["wage"] * FEN), rows.last_months(round(given["months"]))
    worked = rows.tables["employment"].filter(person_id=person) if "employment" in rows.tables else None
    known = [] if worked is None else worked["month"].to_list()
    here = (pl.col("person_id") == person) & pl.col("month").is_in(months)
    post = {"employed": pl.lit(value=True), "public_post": pl.lit(value=True)}
    rows = rows.changed("employment", here, wage=pl.col("wage").fill_null(0) + wage, **post)
    facts = {"person_id": person, "employed": True, "public_post": True, "place": Place.TOWNSHIP.value, "wage": wage}
    rows = rows.added("employment", *({**facts, "month": month} for month in months if month not in known))
    rows = _received(rows, IncomeComponent.WAGE_POST_VILLAGE, dict.fromkeys(months, wage))
    return _surveyed(rows, dict.fromkeys(months, wage), "wage", "wage_public_post")


def dibao(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001 - every scenario has it
    """The household is on rural dibao in each of the last `months`, all persons, with `amount` per person and month.

    Months in which it was already are left as they are.
    """
    persons = rows.size
    paid = round(given["amount"] * FEN) * persons
    held = rows.rows("social_assistance").filter(pl.col("scheme").is_in([Scheme.DIBAO.value, Scheme.DIBAO_URBAN.value]))
    months = [month for month in rows.last_months(round(given["months"])) if month not in held["month"].to_list()]
    facts = {"scheme": Scheme.DIBAO.value, "persons": persons, "amount": paid}
    rows = rows.added("social_assistance", *({**facts, "month": month} for month in months))
    rows = _received(rows, IncomeComponent.TR_DIBAO, dict.fromkeys(months, paid))
    return _surveyed(rows, dict.fromkeys(months, paid), "transfer", "transfer_assistance")


def medical_aid(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001
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
    return _less_spent(rows, dict(less.iter_rows()))


def loan_extension(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001
    """Every running small loan is extended by `months` in its newest statement, and so is not overdue."""
    running = rows.seen("loans").filter((pl.col("product") == "small_loan") & RUNNING & ~GONE)
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


def house_repair(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001
    """The newest inspection found a house of grade C or D to be of grade B, and the newest check found it safe."""
    newest = _is_one_of(rows.seen("housing"), "inspected_on") & (pl.col("aspect") == "housing")
    unsafe = newest & pl.col("house_grade").is_in(UNSAFE)
    rows = rows.changed("dwellings", unsafe, house_grade=pl.lit(HouseGrade.B.value))
    return _held(rows, "house_ok")


def safe_water(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001
    """The newest inspection found the water safe and no day without it, and so did the newest check."""
    newest = _is_one_of(rows.seen("water"), "inspected_on") & (pl.col("aspect") == "water")
    rows = rows.changed("dwellings", newest & ~pl.col("water_safe"), water_safe=pl.lit(value=True))
    rows = rows.changed("dwellings", newest & (pl.col("outage_days") > 0), outage_days=pl.lit(0))
    return _held(rows, "water_ok")


def basic_insurance(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:  # noqa: ARG001
    """Every present member known to be without basic health insurance has it."""
    without = rows.seen("members").filter(~pl.col("basic_insured"))
    for person, since in without.select("person_id", "valid_from").iter_rows():
        which = (pl.col("person_id") == person) & (pl.col("valid_from") == since)
        rows = rows.changed("members", which, basic_insured=pl.lit(value=True))
    return _held(rows, "insured_ok")


def _who_could_work(rows: HouseholdRows, policy: Policy) -> str | None:
    least, most = (
        policy.value(f"age.working_{end}", rows.county, on=rows.as_of, known=rows.as_of) for end in ("min", "max")
    )
    able = rows.seen("members").filter(pl.col("age").is_between(least, most) & pl.col("labour").is_in(ABLE))
    work = rows.seen("employment").group_by("person_id").agg(earned=pl.col("wage").sum())
    ranked = able.join(work, on="person_id", how="left").with_columns(pl.col("earned").fill_null(0), skill=SKILL)
    order = ranked.sort("earned", "skill", "birth_month", "person_id")["person_id"]
    return None if order.is_empty() else str(order[0])


def _received(rows: HouseholdRows, component: IncomeComponent, fen: Mapping[date, int]) -> HouseholdRows:
    """More of an income received in some months."""
    mine = pl.col("component") == component.value
    known = rows.rows("incomes").filter(mine)["month"].to_list()
    for month, amount in fen.items():
        of_month = mine & (pl.col("month") == month) & (pl.col("household_id") == rows.household_id)
        rows = rows.changed("incomes", of_month, amount=pl.col("amount") + amount)
    new = [{"month": m, "component": component.value, "amount": fen[m]} for m in fen if m not in known]
    return rows.added("incomes", *new)


def _surveyed(rows: HouseholdRows, fen: Mapping[date, int], *parts: str) -> HouseholdRows:
    """More income in the newest survey: of the months that lie in its own 12 months. A part not known stays so."""
    return _in_survey(rows, fen, ("net_total", *parts), ("net_per_capita", "reference_per_capita"), 1)


def _less_spent(rows: HouseholdRows, fen: Mapping[date, int]) -> HouseholdRows:
    """Less compliant self-pay in the newest survey, and so more reference income, in the same way."""
    survey = rows.seen("surveys")
    inside = _inside(survey, fen)
    if not inside:
        return rows
    counted = survey["compliant_self_pay"][0] or 0  # it cannot be relieved of more than it counted
    less = {max(inside): min(counted, sum(inside.values()))}
    return _in_survey(rows, less, ("compliant_self_pay",), ("reference_per_capita",), -1)


def _in_survey(
    rows: HouseholdRows, fen: Mapping[date, int], totals: Sequence[str], per_head: Sequence[str], sign: int
) -> HouseholdRows:
    survey = rows.seen("surveys")
    amount = sum(_inside(survey, fen).values())
    if not amount:
        return rows
    year, stage = survey.select("year", "stage").row(0)
    which = (pl.col("year") == year) & (pl.col("stage") == stage) & (pl.col("household_id") == rows.household_id)
    cells = {name: pl.col(name) + sign * amount for name in totals}
    return rows.changed(
        "income_surveys", which, **cells, **{name: pl.col(name) + amount // pl.col("persons") for name in per_head}
    )


def _inside(survey: pl.DataFrame, fen: Mapping[date, int]) -> dict[date, int]:
    """The amounts of the months that the survey's window of 12 months holds."""
    if survey.is_empty():
        return {}
    end = survey["period_end"][0]
    return {month: amount for month, amount in fen.items() if months_before(end, YEAR - 1) <= month <= end}


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
