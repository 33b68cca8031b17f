# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: tags,-all
#     notebook_metadata_filter: all,-jupytext.text_representation.jupytext_version,-language_info
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. First look at the data 初看数据
#
# What an office holds before any model: which departments 部门 deliver what, how late, what was corrected, what is
# missing, and how rare the event is. On a simulated county 模拟县 every number is invented: it shows how to look, not
# what a real county is like.
#
# The county is that of `make demo`; where there is none, a small one is made first (a few minutes, once).

# %%
from datetime import datetime, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import polars as pl

from riskmodel.features.windows import months_before
from riskmodel.policy import Category, EpisodeCategory
from riskmodel.rendering.lettering import use_chinese_font, words
from riskmodel.sources.source import FAILURES
from riskmodel.tables import table
from riskmodel.tables.column import Type
from riskmodel.tables.freshness import first_known
from riskmodel.tables.outcomes import episodes
from riskmodel.training.labels import LABELS, outcomes
from riskmodel.training.rows import schedule
from riskmodel.workflows.features import listing
from riskmodel.workflows.health import health
from riskmodel.workflows.score import newest_as_of
from riskmodel.workflows.showcase import showcase

use_chinese_font()
_ = pl.Config(
    tbl_rows=40, tbl_width_chars=160, fmt_str_lengths=80, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
)

# %% tags=["parameters"]
home = Path("../demo")

# %%
workspace = showcase(home, datetime.now().astimezone())
lake, policy, county = workspace.lake, workspace.policy, workspace.counties()[0]
today = lake.newest_delivery()
as_of = newest_as_of(workspace)
view = lake.view(county, today)
print(f"{workspace.home}: county {county}, newest delivery {today}, newest run date {as_of}")

# %% [markdown]
# ## Tables 数据表
#
# One line per table: who sends it, how many files came, how many rows were read and how many said something new. Lists
# 名单 that are sent whole every month repeat themselves; a repeated row is counted and not stored twice.

# %%
records = pl.DataFrame(lake.records(county))
received = records.group_by("table", maintain_order=True).agg(
    departments=pl.col("source").unique().sort().str.join(", "),
    files=pl.len(),
    rows_read=pl.col("rows_read").sum(),
    new_rows=pl.col("rows_written").sum(),
    first=pl.col("received_on").min(),
    last=pl.col("received_on").max(),
)
titles = pl.DataFrame({"table": list(view.stored), "title": [table(name).title for name in view.stored]})
received.join(titles, on="table").select("table", "title", pl.exclude("table", "title"))

# %% [markdown]
# ## How late each department is 各部门数据滞后
#
# Every fact has the day on which it happened (`event`) and the day from which the office could use it (`known_at`).
# The days between are the delay: for a monthly table from the end of the month, for a term from its beginning. Only
# first versions count, and not those of the first load 历史数据 (batches named `h...`), which brought years at once.

# %%
specs = {name: table(name) for name in view.stored}
monthly = {name for name, spec in specs.items() if spec.facts[spec.event].type is Type.MONTH}
ends = {
    name: pl.col(spec.event).dt.month_end() if name in monthly else pl.col(spec.event) for name, spec in specs.items()
}
delays = pl.concat(
    rows.filter(
        pl.col("known_at") == pl.col("known_at").min().over(specs[name].key), pl.col("batch_id").str.starts_with("r")
    )
    .select(
        table=pl.lit(f"{name} {specs[name].title}"),
        department=pl.col("source").cast(pl.String),
        days=(pl.col("known_at") - ends[name]).dt.total_days(),
    )
    .collect()
    for name, rows in view.stored.items()
)
late = (
    delays.group_by("table", "department")
    .agg(
        rows=pl.len(),
        median=pl.col("days").median(),
        nine_of_ten=pl.col("days").quantile(0.9, "higher"),
        most=pl.col("days").max(),
    )
    .sort("median", "table", "department")
)
late

# %%
names = (late["table"].str.split(" ").list.first() + " (" + late["department"] + ")").to_list()
figure, axes = plt.subplots(figsize=(8, 0.28 * len(names) + 1.2), layout="constrained")
axes.hlines(names, late["median"], late["nine_of_ten"], color="0.6")
axes.plot(late["median"], names, "o", color="#1f4e79", label=words("中位数", "median"))
axes.plot(late["nine_of_ten"], names, "|", color="0.3", label=words("九成已到", "nine of ten have arrived"))
axes.set_xlabel(words("事件到可用的天数", "days from the event to the day it could be used"))
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# ## Who knew what, when 谁在何时知道
#
# The lake never overwrites 不覆盖. A correction 更正 or the end of an episode is a new version of the same key, known
# from a later day; the version before is known *until* then. What an office knew on a day is a filter over these two
# dates.

# %%
versions = pl.DataFrame(
    [
        {
            "table": name,
            "keys": rows.select(specs[name].key).unique().select(pl.len()).collect().item(),
            "versions": rows.select(pl.len()).collect().item(),
        }
        for name, rows in view.stored.items()
    ]
)
versions.with_columns(versions_per_key=(pl.col("versions") / pl.col("keys")).round(3)).sort(
    "versions_per_key", descending=True
)

# %% [markdown]
# One episode of monitoring 监测对象 as the register told it, version by version:

# %%
told = view.stored["monitoring_episodes"].filter(pl.len().over("household_id", "identified_month") > 1).collect()
one = told.filter(pl.col("household_id") == told["household_id"].first())
one.select(
    view.ids.decode("H", one["household_id"]),
    *("identified_month", "eliminated_month", "elimination_mode", "known_at", "known_until"),
)

# %% [markdown]
# The same months, seen from five days: what patients paid themselves 个人自付 by month of the bill. A model that is
# trained on today's table sees the highest line for all months; the office of that day saw the line of that day.
# (Without a table of bills the picture stays empty.)

# %%
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
for day in [today - timedelta(days=61 * back) for back in (8, 6, 4, 2, 0)]:
    bills = (
        lake.view(county, day).table("medical_settlements").filter(pl.col("service_end") >= months_before(today, 30))
    )
    months = bills.group_by(pl.col("service_end").dt.truncate("1mo").alias("month")).agg(pl.col("self_pay").sum() / 1e6)
    seen = months.sort("month").collect()
    axes.plot(seen["month"], seen["self_pay"], marker=".", label=str(day))
axes.set_ylabel(words("自付（万元）", "self-pay, 10,000 yuan"))
axes.legend(title=words("截至", "as known on"), fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %% [markdown]
# ## Quarantined 隔离
#
# Rows that break a rule are set aside with the reason 原因, reported to the department that sent them, and not loaded.
# These are the most frequent reasons.

# %%
reports = sorted(workspace.reports.glob("ingest/*/quarantine.parquet"))
quarantined = pl.concat([pl.DataFrame(schema=FAILURES), *map(pl.read_parquet, reports)], how="vertical_relaxed")
quarantined.group_by("table", "column", "rule", "reason").len("rows").sort("rows", "reason", descending=True).head(15)

# %% [markdown]
# ## Missing 缺失
#
# Not knowing is not zero 未知不等于零. A feature is missing where nothing tells it: the department sent nothing, the
# survey is too old, the household has no such member. By group of features 归类, at the newest run date:

# %%
found = health(workspace, as_of)
states = pl.DataFrame(found.features).join(pl.DataFrame(listing()).select("name", "group", "group_zh"), on="name")
states.group_by("group", "group_zh", maintain_order=True).agg(
    features=pl.len(),
    never_known=(pl.col("missing") == 1).sum(),
    mean_missing=pl.col("missing").mean().round(3),
    constant=pl.col("constant").sum(),
)

# %%
print(f"{found.households:,} households, {len(found.silent)} silent and {len(found.stale)} stale sources")
pl.DataFrame({"shifted against the year before": list(found.shifted), "index": list(found.shifted.values())}).head(10)

# %% [markdown]
# ## Categories 户类型

# %%
homes = view.states("households").filter(pl.col("status") == "active").collect()
homes.group_by(category=pl.col("category").cast(pl.String)).agg(
    households=pl.len(), share=(pl.len() / homes.height).round(4), mean_size=pl.col("size").mean().round(2)
).with_columns(title=pl.col("category").replace({kind.value: f"{kind.zh} {kind.en}" for kind in Category})).sort(
    "households", descending=True
)

# %% [markdown]
# ## Episodes by month 各月新识别监测对象

# %%
identified = episodes(view).select("identified_month", pl.col("category").cast(pl.String)).collect()
by_month = identified.group_by("identified_month", "category").len().sort("identified_month")
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
wide = by_month.pivot("category", index="identified_month", values="len").fill_null(0)
base = pl.Series([0] * wide.height)
for kind in [kind for kind in EpisodeCategory if kind.value in wide.columns]:
    axes.bar(wide["identified_month"], wide[kind.value], bottom=base, width=25, label=words(kind.zh, kind.en))
    base = base + wide[kind.value]
axes.set_ylabel(words("户", "households"))
axes.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## How rare the event is 事件比例
#
# Of the households that could still enter monitoring on a date, how many were identified within the horizon? Only
# dates whose labels have matured 标签已成熟 are told: horizon 观察期 plus reporting delay 报送滞后. The newest months
# are not "0 %", they are not known yet.

# %%
shares = pl.DataFrame(
    [
        {"label": name, "as_of": day, "households": told.height, "events": int(told["event"].sum())}
        for name in ("new_entry_12m", "new_entry_6m")
        for day in schedule(LABELS[name], policy, county, first_known(lake), today)
        for told in [outcomes(LABELS[name], lake, county, day, today, policy)]
    ]
).with_columns(share=(pl.col("events") / pl.col("households")).round(5))
shares

# %% [markdown]
# With one event in a hundred households, "nobody will" 全部判为不会 is right in 99 of 100 cases and finds no one:
# accuracy 准确率 says nothing here. [Notebook 5](05_pitfalls.py) shows what else can go wrong.
