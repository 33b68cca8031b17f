"""Rules between tables of severity W: K, S and D of the contract. A breach is reported and the row is kept.

They are looked at when a whole delivery is loaded, so that the order of its files does not matter, and only for rows
that said something new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.belonging import household_on
from riskmodel.tables.catalogue import table
from riskmodel.tables.checks import FAILURE_SCHEMA, ROW
from riskmodel.tables.cross_table import breaches
from riskmodel.tables.table import ONE_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskmodel.tables.writer import CountyWriter


def hints(name: str, rows: pl.DataFrame, writer: CountyWriter, caps: Mapping[str, float]) -> pl.DataFrame:
    """Breaches of W rules among rows that a delivery has loaded, in the form of `FAILURE_SCHEMA`.

    `rows` are in stored form with `row`; `writer` holds all tables of the county with the whole delivery in them.
    `caps` has the policy's `loan_cap` (yuan) and `loan_term_max` (months), where they are in force.
    """
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    for rule in _WARNINGS.get(name, ()):
        found.append(rule(rows, writer))
    if name == "loan_statements" and caps:
        found.append(_small_loans(rows, writer, caps))
    spec = table(name)
    if "person_id" in spec.columns and name != "members":
        found += [_belongs(rows, spec.event, writer), _nobody_dead(rows, spec.event, writer)]
    found.append(_sources_agree(name, rows, writer))
    return pl.concat(found).sort(ROW, maintain_order=True)


def _belongs(rows: pl.DataFrame, event: str, writer: CountyWriter) -> pl.DataFrame:
    """K02: on the event date the person belongs to the household of the row."""
    at_home = _only_home(writer)
    named = rows.filter(pl.col("person_id").is_not_null()).join(at_home, on=["person_id", "household_id"], how="anti")
    home = household_on(writer.known("members"), named.select("person_id", day=event))
    strange = named.filter(home.is_not_null() & (home != named["household_id"]))
    reason = "on that day the person belonged to another household / 该人员当日不属于此户"
    return breaches(strange, "household_id", "K02", reason)


def _only_home(writer: CountyWriter) -> pl.DataFrame:
    """`person_id`, `household_id` of those who never belonged to another household."""
    key = ("members", "only_home")
    if key not in writer.remembered:
        homes = writer.known("members").select("person_id", "household_id").unique()
        writer.remembered[key] = homes.filter(~pl.col("person_id").is_duplicated())
    return writer.remembered[key]


def _nobody_dead(rows: pl.DataFrame, event: str, writer: CountyWriter) -> pl.DataFrame:
    """D06."""
    died = writer.known("members").filter(pl.col("leave_reason") == "died").group_by("person_id").agg(
        died=pl.col("valid_from").min()
    )  # fmt: skip
    month_end = pl.col(event).dt.month_start() > pl.col("died")
    breach = rows.join(died, on="person_id").filter(pl.when(event in _MONTHS).then(month_end).otherwise(
        pl.col(event) > pl.col("died")
    ))  # fmt: skip
    return breaches(breach, "person_id", "D06", "a fact of a person after the day of death / 人员死亡后仍有记录")


_MONTHS: Final = frozenset({"month", "term"})


def _present(writer: CountyWriter) -> pl.DataFrame:
    """Newest state of each person who has not left."""
    key = ("members", "present")
    if key not in writer.remembered:
        newest = writer.known("members").sort("valid_from").unique("person_id", keep="last")
        writer.remembered[key] = newest.filter(pl.col("leave_reason").is_null())
    return writer.remembered[key]


def _size_and_head(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K05: size = members who have not left, and one head, in the newest state of a loaded household."""
    newest = writer.known("households").sort("valid_from").unique("household_id", keep="last")
    states = newest.filter(pl.col("status") == "active").select("household_id", "size")
    counted = _present(writer).group_by("household_id").agg(
        persons=pl.len(), heads=(pl.col("relation") == "head").sum()
    )  # fmt: skip
    loaded = rows.unique("household_id", keep="last", maintain_order=True).drop("size", strict=False)
    joined = loaded.join(states, on="household_id").join(counted, on="household_id", how="left")
    joined = joined.with_columns(pl.col("persons", "heads").fill_null(0))
    size = "size is not the number of members who have not left / 家庭人口数与在册成员数不符"
    head = "an active household has exactly one head / 正常户应有且只有一名户主"
    return pl.concat(
        [
            breaches(joined.filter(pl.col("size") != pl.col("persons")), "size", "K05", size),
            breaches(joined.filter((pl.col("persons") > 0) & (pl.col("heads") != 1)), "household_id", "K05", head),
        ]
    )


def _category(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K07: unstable_ex_poor only for ex-poor households, marginal only for ordinary ones."""
    newest = writer.known("households").sort("valid_from").unique("household_id", keep="last")
    kind = newest.select("household_id", ordinary=pl.col("category").cast(pl.String) == "ordinary")
    joined = rows.join(kind, on="household_id")
    wrong = ((pl.col("category") == "unstable_ex_poor") & pl.col("ordinary")) | (
        (pl.col("category") == "marginal") & ~pl.col("ordinary")
    )
    reason = "the category of the episode does not fit that of the household / 监测对象类别与户类型不符"
    return breaches(joined.filter(wrong), "category", "K07", reason)


def _overlap(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """D05: an episode begins in the month in which the one before it ended, or later."""
    episodes = writer.known("monitoring_episodes").sort("household_id", "identified_month")
    before = episodes.with_columns(
        ended=pl.col("eliminated_month").shift(1).over("household_id"),
        earlier=pl.col("identified_month").shift(1).over("household_id"),
    ).select("household_id", "identified_month", "ended", "earlier")
    joined = rows.join(before, on=["household_id", "identified_month"])
    breach = joined.filter(pl.col("earlier").is_not_null() & (
        pl.col("ended").is_null() | (pl.col("ended") > pl.col("identified_month"))
    ))  # fmt: skip
    reason = "the episode begins before the earlier one ended; that one counts as ended then / 前一监测记录尚未消除"
    return breaches(breach, "identified_month", "D05", reason)


def _unchanging_loan(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """D03: start and principal of a loan never change, and it starts before it is due."""
    first = writer.known("loan_statements").sort("month").group_by("loan_id").agg(
        first_start=pl.col("started_on").drop_nulls().first(), first_principal=pl.col("principal").first()
    )  # fmt: skip
    joined = rows.join(first, on="loan_id")
    changed = (pl.col("started_on") != pl.col("first_start")) | (pl.col("principal") != pl.col("first_principal"))
    reason = "start or principal of the loan differ from an earlier month / 放款日期或贷款本金前后不一致"
    return breaches(joined.filter(changed), "principal", "D03", reason)


def _small_loans(rows: pl.DataFrame, writer: CountyWriter, caps: Mapping[str, float]) -> pl.DataFrame:
    """S10: cap on the principal, and on the months from the start to the first day on which it was due."""
    due = writer.known("loan_statements").sort("month").group_by("loan_id").agg(first_due=pl.col("due_on").first())
    joined = rows.filter(pl.col("product") == "small_loan").join(due, on="loan_id")
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    if (cap := caps.get("loan_cap")) is not None:
        above = joined.filter(pl.col("principal") > int(cap * 100) + ONE_YUAN)
        found.append(breaches(above, "principal", "S10", f"a small loan above {cap:,.0f} yuan / 小额信贷超过额度上限"))
    if (term := caps.get("loan_term_max")) is not None:
        latest = pl.col("started_on").dt.offset_by(f"{int(term)}mo")
        long = joined.filter(pl.col("first_due") > latest)
        found.append(
            breaches(long, "due_on", "S10", f"a small loan of more than {term:.0f} months / 小额信贷超过最长期限")
        )
    return pl.concat(found)


def _wages_agree(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """S08: wages of the household's persons = its wage incomes of the month, where both exist."""
    asked, months = rows.select("household_id", "month").unique(), (rows["month"].min(), rows["month"].max())
    paid = writer.known_between("employment", *months).join(asked, on=["household_id", "month"], how="semi").group_by(
        "household_id", "month"
    ).agg(wages=pl.col("wage").sum(), told=pl.col("wage").count())  # fmt: skip
    component = pl.col("component").cast(pl.String)
    wages = (component == "wage_work") | component.str.starts_with("wage_post_")
    received = writer.known_between("incomes", *months).filter(wages)
    earned = received.join(asked, on=["household_id", "month"], how="semi").group_by("household_id", "month").agg(
        income=pl.col("amount").sum()
    )  # fmt: skip
    both = paid.filter(pl.col("told") > 0).join(earned, on=["household_id", "month"])
    odd = both.filter((pl.col("wages") - pl.col("income")).abs() > ONE_YUAN)
    first = rows.unique(["household_id", "month"], keep="first", maintain_order=True)
    reason = "wages of the persons and wage incomes of the household differ / 务工工资与户工资性收入不符"
    return breaches(first.join(odd, on=["household_id", "month"], how="semi"), "month", "S08", reason)


def _dibao_agrees(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """S09: dibao as income = dibao as assistance of the month, where both exist."""
    key = ["household_id", "month"]
    asked, months = rows.select(key).unique(), (rows["month"].min(), rows["month"].max())
    granted = (
        writer.known_between("social_assistance", *months)
        .filter(pl.col("scheme") == "dibao")
        .join(asked, on=key, how="semi")
    )
    paid = (
        writer.known_between("incomes", *months)
        .filter(pl.col("component") == "tr_dibao")
        .join(asked, on=key, how="semi")
    )
    both = granted.select(*key, granted="amount").join(paid.select(*key, "amount"), on=key)
    odd = both.filter((pl.col("granted") - pl.col("amount")).abs() > ONE_YUAN)
    first = rows.unique(key, keep="first", maintain_order=True)
    reason = "dibao as income and as assistance differ / 低保金收入与社会救助金额不符"
    return breaches(first.join(odd, on=key, how="semi"), "month", "S09", reason)


def _sources_agree(name: str, rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """1.4.7: another department said something else on the same key; the later one counts."""
    spec = table(name)
    if len(spec.sources) == 1:
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    key = list(spec.key)
    superseded = pl.col("known_until").is_in(rows["known_at"].unique().implode())
    earlier = writer.stored(name).filter(superseded, ~pl.col("retracted"))
    other = earlier.select(*key, known_at="known_until", other=pl.col("source").cast(pl.String))
    clash = rows.join(other, on=[*key, "known_at"], nulls_equal=True).filter(pl.col("other") != pl.col("source"))
    reason = "another department said otherwise before; the later one counts / 不同部门数据不一致,以后到者为准"
    return breaches(clash.unique(ROW, maintain_order=True), "source", "sources", reason)


_WARNINGS: Final[Mapping[str, tuple[Callable[[pl.DataFrame, CountyWriter], pl.DataFrame], ...]]] = {
    "households": (_size_and_head,),
    "monitoring_episodes": (_category, _overlap),
    "loan_statements": (_unchanging_loan,),
    "incomes": (_wages_agree, _dibao_agrees),
    "employment": (_wages_agree,),
    "social_assistance": (_dibao_agrees,),
}
