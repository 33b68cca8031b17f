"""What help that is money each month would have changed in the facts, had it been in force in the last complete months.

Only months that are without it are given it. In the monthly incomes it is added where the month has an income row: what
was received in a month without one is not known, and stays so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.features.assistance import DIBAO, RECENT_MONTHS, TEKUN
from riskmodel.features.family import ABLE
from riskmodel.features.lists import lists_of
from riskmodel.features.windows import NEWEST_WORK_MONTHS, months_before
from riskmodel.policy import IncomeComponent, Place, Scheme
from riskmodel.scoring.household_rows import FEN
from riskmodel.scoring.survey_year import more_income

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from riskmodel.policy import Policy
    from riskmodel.scoring.household_rows import HouseholdRows

Given = Mapping[str, float]
"""Parameters by name: yuan, months, shares."""


@dataclass(frozen=True)
class Already:
    """What the facts hold of help before it is supposed."""

    count: int
    """How much of it: months, loans, persons; 1 for a house and for the water."""
    why: str
    """Why nothing would change, where nothing does: `there`, all of it is; `none`, no record that it could change;
    `nobody`, nobody who could have it; `late`, nothing is known of these months yet."""


SKILL: Final = pl.col("labour").replace_strict({code: rank for rank, code in enumerate(ABLE)}, default=len(ABLE))


@dataclass(frozen=True)
class Income:
    """Where a county sees such money."""

    component: IncomeComponent
    """The monthly income it is paid as."""
    alike: tuple[IncomeComponent, ...]
    """Incomes of which each says that the month has it already."""
    whole: str
    """Column of the survey that holds it."""
    part: str
    """The part of that which is this kind of help."""


POST: Final = Income(
    IncomeComponent.WAGE_POST_VILLAGE,
    (IncomeComponent.WAGE_POST_DEPT, IncomeComponent.WAGE_POST_TOWN, IncomeComponent.WAGE_POST_VILLAGE),
    "wage",
    "wage_public_post",
)
ALLOWANCE: Final = Income(
    IncomeComponent.TR_DIBAO, (IncomeComponent.TR_DIBAO, IncomeComponent.TR_TEKUN), "transfer", "transfer_assistance"
)


def public_post(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """One able member of working age holds a post in the township in each of the last `months`, for `wage` a month.

    Who holds one already, else who earned least in these months; then the better skilled, the older, the first by id.
    The wage comes on top of what was earned. Months in which a member held a post are left as they are, and those since
    the newest month known of the person's work, for what else was earned in them is not known. Nothing changes where
    nobody can work.
    """
    person = _who_could_work(rows, policy)
    months = _without(rows, given, _post_months(rows))
    if person is None or not months:
        return rows
    wage, before = round(given["wage"] * FEN), rows
    known = (
        [] if "employment" not in rows.tables else rows.tables["employment"].filter(person_id=person)["month"].to_list()
    )
    told = max((m for m in known if m >= months_before(rows.moment.open_month, NEWEST_WORK_MONTHS)), default=None)
    here = (pl.col("person_id") == person) & pl.col("month").is_in(months)
    post = {"employed": pl.lit(value=True), "public_post": pl.lit(value=True)}
    rows = rows.changed("employment", here, wage=pl.col("wage").fill_null(0) + wage, **post)
    facts = {"person_id": person, "employed": True, "public_post": True, "place": Place.TOWNSHIP.value, "wage": wage}
    rows = rows.added("employment", *({**facts, "month": m} for m in months if m not in known and m <= (told or m)))
    return _paid(rows, POST, dict.fromkeys(months, wage), _posts(before).select("month", amount="wage"))


def dibao(rows: HouseholdRows, given: Given, policy: Policy) -> HouseholdRows:
    """The household is on rural dibao in each of the last `months`, all persons, with `amount` per person and month.

    Months in which it was already on dibao or in extreme hardship support (tekun) are left as they are.
    """
    persons = rows.size
    paid, aid = round(given["amount"] * FEN) * persons, _aid(rows).select("month", "amount")
    months = _without(rows, given, _aided_months(rows))
    facts = {"scheme": Scheme.DIBAO.value, "persons": persons, "amount": paid}
    rows = rows.added("social_assistance", *({**facts, "month": month} for month in months))
    return _paid(rows, ALLOWANCE, dict.fromkeys(months, paid), aid)


def post_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """How many of the months asked for have a post."""
    asked, free = round(given["months"]), len(_without(rows, given, _post_months(rows)))
    why = "there" if not free else "nobody" if _who_could_work(rows, policy) is None else "late"
    return Already(asked - free, why)


def aid_already(rows: HouseholdRows, given: Given, policy: Policy) -> Already:
    """How many of the months asked for have dibao or tekun."""
    return Already(round(given["months"]) - len(_without(rows, given, _aided_months(rows))), "there")


def _without(rows: HouseholdRows, given: Given, held: Collection[date]) -> list[date]:
    return [month for month in rows.last_months(round(given["months"])) if month not in held]


def _posts(rows: HouseholdRows) -> pl.DataFrame:
    return rows.rows("employment").filter("public_post")


def _aid(rows: HouseholdRows) -> pl.DataFrame:
    return rows.rows("social_assistance").filter(DIBAO | TEKUN)


def _post_months(rows: HouseholdRows) -> set[date]:
    held = {*_posts(rows)["month"], *_of_income(rows, POST)["month"]}
    return _running_on(rows, held, {*rows.rows("employment")["month"], *held}, NEWEST_WORK_MONTHS)


def _aided_months(rows: HouseholdRows) -> set[date]:
    held = {*_aid(rows)["month"], *_of_income(rows, ALLOWANCE)["month"]}
    listed = lists_of(rows.view).of(rows.household_id).get("social_assistance", frozenset())
    return _running_on(rows, held, {*rows.rows("social_assistance")["month"], *held, *listed}, RECENT_MONTHS)


def _running_on(rows: HouseholdRows, held: set[date], known: set[date], recent: int) -> set[date]:
    """With the months since the newest that is known, where that one has it: news of them is late, it did not end."""
    newest = max((month for month in known if month < rows.moment.open_month), default=None)
    if newest not in held or newest < months_before(rows.moment.open_month, recent):
        return held
    return held | {month for month in rows.last_months(recent) if month > newest}


def _of_income(rows: HouseholdRows, income: Income) -> pl.DataFrame:
    alike = [component.value for component in income.alike]
    return rows.rows("incomes").filter(pl.col("component").is_in(alike), pl.col("amount") > 0)


def _who_could_work(rows: HouseholdRows, policy: Policy) -> str | None:
    least, most = (
        policy.value(f"age.working_{end}", rows.county, on=rows.as_of, known=rows.as_of) for end in ("min", "max")
    )
    able = rows.seen("members").filter(pl.col("age").is_between(least, most) & pl.col("labour").is_in(ABLE))
    posted = pl.col("public_post").fill_null(value=False).any()
    work = rows.seen("employment").group_by("person_id").agg(earned=pl.col("wage").sum(), posted=posted)
    ranked = able.join(work, on="person_id", how="left").with_columns(
        pl.col("earned").fill_null(0), free=~pl.col("posted").fill_null(value=False), skill=SKILL
    )
    order = ranked.sort("free", "earned", "skill", "birth_month", "person_id")["person_id"]
    return None if order.is_empty() else str(order[0])


def _paid(rows: HouseholdRows, income: Income, fen: Mapping[date, int], on_record: pl.DataFrame) -> HouseholdRows:
    """The money in the monthly incomes and the newest survey. `on_record`: what another table tells of such money."""
    received = _of_income(rows, income).group_by("month").agg(pl.col("amount").sum())
    other = on_record.group_by("month").agg(pl.col("amount").sum())
    both = pl.concat([received, other]).group_by("month").agg(pl.col("amount").max())
    return _received(more_income(rows, fen, income.whole, income.part, both), income, fen)


def _received(rows: HouseholdRows, income: Income, fen: Mapping[date, int]) -> HouseholdRows:
    """More income in the months of which an income is known; of the kind itself there is none yet in them."""
    own = rows.rows("incomes")
    same = own.filter(component=income.component.value)["month"].to_list()
    for month in (m for m in fen if m in same):  # a row of 0
        which = (pl.col("component") == income.component.value) & (pl.col("month") == month)
        which &= pl.col("household_id") == rows.household_id
        rows = rows.changed("incomes", which, amount=pl.col("amount") + fen[month])
    known = set(own["month"]) - set(same)
    new = [{"month": m, "component": income.component.value, "amount": fen[m]} for m in fen if m in known]
    return rows.added("incomes", *new)
