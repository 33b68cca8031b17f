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
# # 2. One household through time 一户的时间线
#
# A household that entered monitoring 纳入监测: what departments knew of it and since when, its features 特征 as of
# several dates, its income against the monitoring line 监测线, and what the model said month by month, and why.

# %%
from datetime import datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl
from matplotlib.ticker import PercentFormatter

from riskmodel.features import REGISTRY, assemble_view
from riskmodel.features.windows import months_before
from riskmodel.policy import Tier
from riskmodel.rendering.lettering import use_chinese_font, words
from riskmodel.scoring.reasons import group_sums
from riskmodel.scoring.score import score
from riskmodel.scoring.typical import Typical, typical
from riskmodel.tables import table
from riskmodel.tables.outcomes import episodes
from riskmodel.workflows.evidence import behind
from riskmodel.workflows.explain import render
from riskmodel.workflows.score import as_of_of_month, champion, newest_as_of
from riskmodel.workflows.showcase import showcase
from riskmodel.workflows.told import Row

chinese = use_chinese_font()
_ = pl.Config(
    tbl_rows=40, tbl_width_chars=160, fmt_str_lengths=80, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
)

# %% tags=["parameters"]
home = Path("../demo")

# %%
workspace = showcase(home, datetime.now().astimezone())
lake, policy, county = workspace.lake, workspace.policy, workspace.counties()[0]
bundle = champion(workspace, workspace.settings.label)
print(f"champion: {bundle.model.model.kind}, learned from {bundle.facts.first_as_of} to {bundle.facts.last_as_of}")

# %% [markdown]
# ## The months that the champion has not learned from
#
# The champion 在用模型 learned outcomes of earlier dates. Looking at those again would show how well it remembers. So
# we take the run dates 运行日 after them: their outcomes were not settled when it was trained. Each is scored from the
# view of that day, with nothing that became known later.

# %%
newest = newest_as_of(workspace)
runs = [as_of_of_month(workspace, months_before(newest, back)) for back in range(18, 0, -1)]
days = [day for day in runs if bundle.facts.last_as_of < day <= newest]
features = {day: assemble_view(lake.view(county, day), policy) for day in days}
risks = pl.concat(
    made.rows.select("household_id", as_of=pl.lit(day), probability=pl.Series(bundle.model.probability(made.values)))
    for day, made in features.items()
).with_columns(top_share=pl.col("probability").rank("average", descending=True).over("as_of") / pl.len().over("as_of"))
print(f"{len(days)} run dates from {days[0]} to {days[-1]}")

# %% [markdown]
# ## Who entered, and where the list had them 新纳入户此前的排名
#
# Everybody who was identified 识别 in these months, with the score of the last run before that month. `top_share` is
# the place in the county's order: 0.05 = among the first 5 %.

# %%
now = lake.view(county, lake.newest_delivery())
told = episodes(now).filter(pl.col("identified_month") > pl.lit(days[0])).collect()
entered = (
    told.select(now.ids.decode("H", told["household_id"]), "identified_month", "episode_no")
    .join(risks, on="household_id")
    .filter(pl.col("as_of") < pl.col("identified_month"))
    .sort("as_of")
    .group_by("household_id", "identified_month", maintain_order=True)
    .last()
    .sort("top_share", "household_id")
)
first_tenth = (entered["top_share"] <= 0.1).mean()
print(f"{entered.height} households entered; among the first 10 % of the order: {first_tenth:.0%}")
entered.select(
    *(pl.col("top_share").quantile(q).round(3).alias(f"{q:.0%}") for q in (0.1, 0.25, 0.5, 0.75, 0.9)),
)

# %% [markdown]
# Of those identified for the first time, and in the second half of these months, so that there is something before it,
# we follow the household in the middle of the order: neither the best case nor the worst. (Put another position in, or
# an id.)

# %%
later = entered.filter(pl.col("identified_month") > days[len(days) // 2], pl.col("episode_no") == 1)
chosen = later.row(later.height // 2, named=True)
household, identified = chosen["household_id"], chosen["identified_month"]
own = {day: made.rows.filter(pl.col("household_id") == household) for day, made in features.items()}
present = [day for day in days if own[day].height]
print(f"{household}, identified {identified:%Y-%m}")
print(f"in the run before it: place {chosen['top_share']:.1%}, probability {chosen['probability']:.4f}")

# %% [markdown]
# ## Its facts on a time line 事实
#
# Every row that the features looked at, in the run before it was identified and in the newest one. The dot is the day
# it happened, the end of the line the day from which the office could use it 可用日. In the table: what had become
# known last in the run before.

# %%
shown = [behind(workspace, household, day) for day in (chosen["as_of"], present[-1])]
facts = pl.DataFrame(
    [
        {
            "table": f"{found.table} {found.title}",
            "happened": row[table(found.table).event],
            "known": row["known_at"],
            "department": row["source"],
        }
        for asked in shown
        for found in asked.evidence
        for row in found.rows
    ]
).unique(maintain_order=True)
facts.filter(pl.col("known") <= chosen["as_of"]).sort("known", "table", descending=True).head(12)

# %%
names = facts["table"].unique(maintain_order=True).to_list()
rows = [names.index(name) for name in facts["table"]]
figure, axes = plt.subplots(figsize=(9, 0.4 * len(names) + 1), layout="constrained")
axes.hlines(rows, facts["happened"], facts["known"], color="0.75")
axes.plot(facts["happened"], rows, ".", color="#1f4e79")
axes.axvline(identified, color="firebrick", linewidth=1)
axes.set_xlim(months_before(days[0], 24), newest)
axes.set_yticks(range(len(names)), names if chinese else [name.split()[0] for name in names])
axes.set_title(words("红线：识别月份", "red: the month of identification"), fontsize=9)
plt.show()

# %% [markdown]
# ## Its features as of several dates 特征随时间
#
# The same functions on the view of each day. Shown are those whose value moved the score differently from date to date
# the most. Empty = not known 未知 on that day.

# %%
groups = {name: feature.group.value for name, feature in REGISTRY.items()}
matrix = np.concatenate([own[day].select(list(REGISTRY)).fill_null(float("nan")).to_numpy() for day in present])
contributions = bundle.model.contributions(matrix)
moving = np.argsort(-np.ptp(contributions, axis=0), kind="stable")[:12]
picked = [list(REGISTRY)[place] for place in moving]
steps = sorted({*present[:: max(1, len(present) // 5)], present[-1]})
pl.DataFrame(
    {
        "feature": picked,
        "title": [REGISTRY[name].label for name in picked],
        **{str(day): [own[day][name].item() for name in picked] for day in steps},
    }
)

# %% [markdown]
# ## Income against the line 收入与监测线
#
# The survey 收入采集 comes once a year and stays until the next; what is received every month 到账收入 tells earlier.
# Both are divided by the line in force; below 1 is below the line.

# %%
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
for name, title in (
    ("income_to_line", words("采集收入", "by survey")),
    ("received_to_line_3m", words("近3月到账", "received, 3 months")),
):
    axes.plot(present, [own[day][name].item() for day in present], marker=".", drawstyle="steps-post", label=title)
axes.axhline(1, color="0.4", linewidth=1)
axes.axvline(identified, color="firebrick", linewidth=1)
axes.set_ylabel(words("与监测线之比", "times the monitoring line"))
axes.legend()
plt.show()

# %% [markdown]
# ## Probability month by month 逐月概率
#
# Grey lines: the floors of the tiers 等级 (policy). From the month of identification on (grey) the household is
# monitored and no longer on the list: what is asked of the model, a *new* entry, cannot come, and visits and help 帮扶
# are part of what it sees.

# %%
curve = risks.filter(pl.col("household_id") == household).sort("as_of")
figure, axes = plt.subplots(figsize=(8, 3), layout="constrained")
axes.plot(curve["as_of"], curve["probability"], marker="o", color="0.7")
ahead = curve.filter(pl.col("as_of") < identified)
axes.plot(ahead["as_of"], ahead["probability"], marker="o", color="#1f4e79")
for tier in (Tier.VERY_HIGH, Tier.HIGH, Tier.MEDIUM):
    floor = policy.value(f"tier.{tier.value}", county, on=newest, known=newest)
    axes.axhline(floor, color="0.7", linewidth=1)
    axes.annotate(words(tier.zh, tier.en), (days[-1], floor), fontsize=7, ha="right", va="bottom")
axes.axvline(identified, color="firebrick", linewidth=1)
axes.set(yscale="log", ylim=(0.001, 1))
axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=1))
axes.set_ylabel(words("12个月概率", "probability"))
plt.show()
curve.with_columns(pl.col("probability", "top_share").round(4))

# %% [markdown]
# ## Why 原因
#
# Contributions 贡献 in log-odds, summed by group: what each group adds to the household's score against the average
# one. Below, the sentences that an official reads for the run before it was identified.

# %%
by_group = pl.DataFrame({"as_of": present, **group_sums(contributions, groups)})
strength = by_group.select(pl.exclude("as_of").abs().max()).row(0, named=True)
strong = sorted(strength, key=strength.get)[:-8:-1]
figure, axes = plt.subplots(figsize=(8, 3.2), layout="constrained")
for code in strong:
    axes.plot(by_group["as_of"], by_group[code], marker=".", label=code)
axes.axhline(0, color="0.6", linewidth=1)
axes.axvline(identified, color="firebrick", linewidth=1)
axes.set_ylabel(words("贡献（对数几率）", "contribution, log-odds"))
axes.legend(fontsize=7, ncols=2)
plt.show()

# %%
before = chosen["as_of"]
alone = score(assemble_view(lake.view(county, before), policy, [household]), bundle, policy).row(0, named=True)
for language in ("zh", "en"):
    explained = render(Row(alone, Typical.of(typical(features[before]), alone["village_code"])), [], language)
    print(f"{before}: {explained.meaning} ({explained.tier_title})")
    for reason in explained.reasons:
        print("   ", reason["sentence"])

# %% [markdown]
# What this does not show: whether the household would have fallen without a visit, or whether what raised the score
# caused the fall 原因不等于因果. One household is an example and no evidence; for that see [notebook
# 3](03_train_and_judge.py).
