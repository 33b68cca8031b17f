"""Rules between tables: K, S, D of the contract. A breach of an E rule refuses the row, of a W rule is reported.

E rules look at the newest known rows of the county and at the batch; W rules at a whole delivery once it is loaded, so
that the order of its files does not matter. That a household or person is not known yet makes a row wait: that is
decided where rows are placed, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.tables.belonging import household_on
from riskmodel.tables.catalogue import table
from riskmodel.tables.checks import FAILURE_SCHEMA, ROW
from riskmodel.tables.crosswalk import Crosswalk
from riskmodel.tables.generation import stored_schema
from riskmodel.tables.table import ONE_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from riskmodel.tables.writer import CountyWriter

STEPS: Final = 64
"""Longest chain of predecessors that is followed."""


def refused(name: str, rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """Breaches of E rules among checked canonical rows (with `row`) of one county, in the form of `FAILURE_SCHEMA`."""
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    if name == "households":
        found += [_villages_that_hold(rows, writer), _no_cycle(rows, writer)]
    if name == "medical_settlements":
        found.append(_reversal_of_a_bill(rows, writer))
    return pl.concat(found).sort(ROW, maintain_order=True)


def remarkable(name: str, rows: pl.DataFrame, writer: CountyWriter, caps: Mapping[str, float]) -> pl.DataFrame:
    """Breaches of W rules among rows that a delivery has loaded, in the form of `FAILURE_SCHEMA`.

    `rows` are canonical with `row`; `writer` holds all tables of the county with the whole delivery in them. `caps` has
    the policy's `loan_cap` (yuan) and `loan_term_max` (months), where they are in force.
    """
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    coded = _coded(name, rows, writer)
    for rule in _WARNINGS.get(name, ()):
        found.append(rule(coded, writer))
    if name == "loan_statements" and caps:
        found.append(_small_loans(coded, writer, caps))
    spec = table(name)
    if "person_id" in spec.columns and name != "members":
        found += [_belongs(coded, spec.event, writer), _nobody_dead(coded, spec.event, writer)]
    found.append(_sources_agree(name, coded, writer))
    return pl.concat(found).sort(ROW, maintain_order=True)


# --- severity E -------------------------------------------------------------------------------------------------------


def _villages_that_hold(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K03; a replaced code is right as long as it names its successor: whoever asks for the village follows that."""
    states = writer.known("villages").select("village_code", "valid_from", "valid_to", "successor_code")
    states = states.sort("village_code", "valid_from")
    holds = Crosswalk(states).valid(rows["village_code"], rows["valid_from"])
    replaced = states.filter(pl.col("successor_code").is_not_null()).group_by("village_code").agg(
        gone=pl.col("valid_to").min()
    )  # fmt: skip
    codes = rows.select(ROW, pl.col("village_code").cast(pl.Int64), "valid_from")
    followed = codes.join(replaced, on="village_code").filter(pl.col("gone") <= pl.col("valid_from"))[ROW]
    reason = (
        "village_code is no village that was valid on valid_from; deliver the village table first / "
        "村代码不在行政村表中或当日未启用"
    )
    breach = rows.filter(~holds & ~pl.col(ROW).is_in(followed.implode()))
    return _faults(breach, "village_code", "K03", reason)


def _no_cycle(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """K04: following predecessors from a household never leads back to it. Only rows that name one are followed."""
    asked = rows.filter(pl.col("predecessor_id").is_not_null()).select(ROW, "household_id", "predecessor_id")
    if asked.is_empty():
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    known = writer.known("households").filter(pl.col("predecessor_id").is_not_null())
    links = pl.concat([
        pl.DataFrame({
            "of": writer.ids.decode("H", known["household_id"]),
            "before": writer.ids.decode("H", known["predecessor_id"]),
        }),
        asked.select(of="household_id", before="predecessor_id"),
    ]).unique("of", keep="last", maintain_order=True)  # fmt: skip
    walk = asked.with_columns(at="predecessor_id")
    cycles = []
    for _ in range(STEPS):
        cycles.append(walk.filter(pl.col("at") == pl.col("household_id")))
        walk = (
            walk.filter(pl.col("at") != pl.col("household_id"))
            .drop("at").join(links, left_on="predecessor_id", right_on="of", how="inner")
            .with_columns(at="before", predecessor_id="before").drop("before")
        )  # fmt: skip
        if walk.is_empty():
            break
    rounds = pl.concat([*cycles, walk])
    breach = rows.filter(pl.col(ROW).is_in(rounds[ROW].implode()))
    reason = "following the predecessors leads back to the household / 原户编号形成循环"
    return _faults(breach, "predecessor_id", "K04", reason)


def _reversal_of_a_bill(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """A bill that is taken back must have been there; one that was taken back before says nothing new."""
    back = rows.filter("retracted")
    if back.is_empty():
        return pl.DataFrame(schema=FAILURE_SCHEMA)
    bills = writer.ids.decode("S", writer.stored("medical_settlements")["settlement_id"].unique())
    here = rows.filter(~pl.col("retracted"))["settlement_id"]
    lost = back.filter(~pl.col("settlement_id").is_in(pl.concat([bills, here]).implode()))
    return _faults(lost, "settlement_id", "reversal", "a reversal without its bill / 冲销记录找不到原结算单")


# --- severity W -------------------------------------------------------------------------------------------------------


def _belongs(rows: pl.DataFrame, event: str, writer: CountyWriter) -> pl.DataFrame:
    """K02: on the event date the person belongs to the household of the row."""
    named = rows.filter(pl.col("person_id").is_not_null())
    home = household_on(writer.known("members"), named.select("person_id", day=event))
    strange = named.filter(home.is_not_null() & (home != named["household_id"]))
    reason = "on that day the person belonged to another household / 该人员当日不属于此户"
    return _faults(strange, "household_id", "K02", reason)


def _nobody_dead(rows: pl.DataFrame, event: str, writer: CountyWriter) -> pl.DataFrame:
    """D06."""
    died = writer.known("members").filter(pl.col("leave_reason") == "died").group_by("person_id").agg(
        died=pl.col("valid_from").min()
    )  # fmt: skip
    month_end = pl.col(event).dt.month_start() > pl.col("died")
    breach = rows.join(died, on="person_id").filter(pl.when(event in _MONTHS).then(month_end).otherwise(
        pl.col(event) > pl.col("died")
    ))  # fmt: skip
    return _faults(breach, "person_id", "D06", "a fact of a person after the day of death / 人员死亡后仍有记录")


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
            _faults(joined.filter(pl.col("size") != pl.col("persons")), "size", "K05", size),
            _faults(joined.filter((pl.col("persons") > 0) & (pl.col("heads") != 1)), "household_id", "K05", head),
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
    return _faults(joined.filter(wrong), "category", "K07", reason)


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
    return _faults(breach, "identified_month", "D05", reason)


def _unchanging_loan(rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """D03: start and principal of a loan never change, and it starts before it is due."""
    first = writer.known("loan_statements").sort("month").group_by("loan_id").agg(
        first_start=pl.col("started_on").drop_nulls().first(), first_principal=pl.col("principal").first()
    )  # fmt: skip
    joined = rows.join(first, on="loan_id")
    changed = (pl.col("started_on") != pl.col("first_start")) | (pl.col("principal") != pl.col("first_principal"))
    reason = "start or principal of the loan differ from an earlier month / 放款日期或贷款本金前后不一致"
    return _faults(joined.filter(changed), "principal", "D03", reason)


def _small_loans(rows: pl.DataFrame, writer: CountyWriter, caps: Mapping[str, float]) -> pl.DataFrame:
    """S10: cap on the principal, and on the months from the start to the first day on which it was due."""
    due = writer.known("loan_statements").sort("month").group_by("loan_id").agg(first_due=pl.col("due_on").first())
    joined = rows.filter(pl.col("product") == "small_loan").join(due, on="loan_id")
    found = [pl.DataFrame(schema=FAILURE_SCHEMA)]
    if (cap := caps.get("loan_cap")) is not None:
        above = joined.filter(pl.col("principal") > int(cap * 100) + ONE_YUAN)
        found.append(_faults(above, "principal", "S10", f"a small loan above {cap:,.0f} yuan / 小额信贷超过额度上限"))
    if (term := caps.get("loan_term_max")) is not None:
        latest = pl.col("started_on").dt.offset_by(f"{int(term)}mo")
        long = joined.filter(pl.col("first_due") > latest)
        found.append(
            _faults(long, "due_on", "S10", f"a small loan of more than {term:.0f} months / 小额信贷超过最长期限")
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
    return _faults(first.join(odd, on=["household_id", "month"], how="semi"), "month", "S08", reason)


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
    return _faults(first.join(odd, on=key, how="semi"), "month", "S09", reason)


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
    return _faults(clash.unique(ROW, maintain_order=True), "source", "sources", reason)


_WARNINGS: Final[Mapping[str, tuple[Callable[[pl.DataFrame, CountyWriter], pl.DataFrame], ...]]] = {
    "households": (_size_and_head,),
    "monitoring_episodes": (_category, _overlap),
    "loan_statements": (_unchanging_loan,),
    "incomes": (_wages_agree, _dibao_agrees),
    "employment": (_wages_agree,),
    "social_assistance": (_dibao_agrees,),
}


def _coded(name: str, rows: pl.DataFrame, writer: CountyWriter) -> pl.DataFrame:
    """Canonical rows in stored form, beside columns that are not of the table."""
    spec = table(name)
    types = stored_schema(spec)
    columns = {
        column: writer.ids.find(fact.letter, rows[column]) if fact.letter else rows[column].cast(types[column])
        for column, fact in spec.facts.items()
        if column in rows.columns and column in types
    }
    return rows.with_columns(**columns)


def _faults(rows: pl.DataFrame, column: str, rule: str, reason: str) -> pl.DataFrame:
    """One line per row; ids are not shown, the row number finds them."""
    shown = pl.col(column).cast(pl.String)
    if column.endswith("_id"):
        shown = pl.lit("")
    elif rows.schema[column] == pl.Int64 and column != "village_code":  # fen
        shown = pl.concat_str(pl.col(column) // 100, pl.lit("."), (pl.col(column) % 100).cast(pl.String).str.zfill(2))
    return rows.select(
        pl.col(ROW).cast(pl.Int64), column=pl.lit(column), value=shown, rule=pl.lit(rule), reason=pl.lit(reason)
    )
