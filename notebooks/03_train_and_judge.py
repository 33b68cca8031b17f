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
# # 3. Train and judge 训练与检验
#
# What `riskmodel train` does, step by step: rows 样本行, how they are cut into training and test 划分, five kinds of
# models 模型种类, the test with intervals 区间, and what the gate 准入 makes of it. Nothing is registered here.

# %%
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import matplotlib.pyplot as plt
import polars as pl

from riskmodel.rendering.lettering import use_chinese_font, words
from riskmodel.training.evaluation import reliability
from riskmodel.training.fit import KINDS
from riskmodel.training.folds import newest, places
from riskmodel.training.gate import Bounds
from riskmodel.training.labels import label_named
from riskmodel.training.trial import predicted
from riskmodel.workflows.judging import gate, judge
from riskmodel.workflows.progress import Silent
from riskmodel.workflows.showcase import showcase
from riskmodel.workflows.train import TEST_SHARE, gathered_rows, recipes_of

use_chinese_font()
_ = pl.Config(
    tbl_rows=60,
    tbl_cols=12,
    tbl_width_chars=180,
    fmt_str_lengths=110,
    tbl_hide_dataframe_shape=True,
    tbl_hide_column_data_types=True,
)

# %% tags=["parameters"]
home = Path("../demo")

# %%
workspace = showcase(home, datetime.now().astimezone())
label, seed = label_named(workspace.settings.label), workspace.settings.seed
print(f"{label.name}: {label.title} ({label.english}) within {label.horizon} months")
print(f"cohort: {label.cohort}\nevent:  {label.event}")

# %% [markdown]
# ## Rows 样本行
#
# One row per household and as-of date 时点, three months apart: features as known on that day, and whether the event
# came in the months after. A date whose label has not matured 未成熟 has no rows: it is left out and never counted as
# negative.

# %%
collected = gathered_rows(workspace, [label], Silent()).of(label)
rows = collected.rows
by_date = collected.keys.with_columns(event=pl.Series(rows.y)).group_by("as_of", maintain_order=True)
by_date.agg(households=pl.len(), events=pl.col("event").sum(), share=pl.col("event").mean().round(5))

# %%
households = collected.keys["household_id"].n_unique()
print(f"{len(rows):,} rows of {households:,} households with {len(rows.columns)} features")
print(f"{int(rows.y.sum()):,} of them with the event")
print(f"an outcome is known {rows.gap} months after the as-of date")

# %% [markdown]
# The rows are far fewer *cases* than they look: a household that falls once has the event in all rows of the twelve
# months before. So the same event must not stand on both sides of a split.

# %%
cases = collected.keys.with_columns(event=pl.Series(rows.y)).filter(pl.col("event") == 1)
print(f"{cases.height} rows with the event are {cases['household_id'].n_unique()} households")

# %% [markdown]
# ## Splits 划分
#
# The test 检验 lies later in time *and* in other places 时间和地区外: the newest third of the dates; training has only
# rows whose outcome was known when the first test row was observed; the places are dealt into three parts, each tested
# by models of the other two. No household is on both sides.

# %%
dealt = places(collected.keys["village_code"], collected.keys["household_id"], seed)
cut = newest(rows, dealt, TEST_SHARE)
dates = collected.keys["as_of"]
pl.DataFrame(
    [
        {
            "fold": fold.name,
            "training": f"{dates.filter(fold.train.tolist()).min()} to {dates.filter(fold.train.tolist()).max()}",
            "training_rows": int(fold.train.sum()),
            "training_events": int(rows.y[fold.train].sum()),
            "test": f"{dates.filter(fold.test.tolist()).min()} to {dates.filter(fold.test.tolist()).max()}",
            "test_rows": int(fold.test.sum()),
            "test_events": int(rows.y[fold.test].sum()),
        }
        for fold in cut
    ]
)

# %% [markdown]
# ## The kinds of models 模型种类
#
# `rules` 预警线: how many trip wires of the departments fired; `rule_pack` 规则包: points for what offices look at;
# `naive` 只看收入: distance of the income to the line alone; `logistic` 逻辑回归: all features, weighted; `lightgbm`
# 提升树: trees that never lower the risk when a risk rises. Each is fitted and calibrated 校准 on the training rows of
# a fold alone.

# %%
recipes = recipes_of(workspace)
risks = {kind: predicted(recipes, kind, rows, cut, seed) for kind in KINDS}
found = judge(workspace, collected, risks, recipes)
print(f"places held out: {dealt.unit}; {found.comparison.rows:,} test rows with {found.comparison.events} events")

# %% [markdown]
# ## The test, with intervals 检验结果与区间
#
# In brackets: the limits that hold the number in 95 of 100 draws of whole villages 整村重抽样. `recall_at_capacity`
# 走访能力内召回率: how many of those who fell were on the lists that the townships can visit. `top_ratio`: observed
# over expected events in the tenth of highest risk; 1 is right.

# %%
told = ("average_precision", "roc_auc", "recall_at_capacity", "precision_at_capacity", "top_ratio", "total_ratio")
pl.DataFrame(
    [{"kind": kind, **{name: str(values[name]) for name in told}} for kind, values in found.comparison.values.items()]
)

# %% [markdown]
# Differences 差值, paired on the same draws. One that has zero inside its limits is not shown.

# %%
pairs = [("lightgbm", other) for other in ("rules", "rule_pack", "naive", "logistic")] + [("logistic", "naive")]
pl.DataFrame(
    [
        {"first": first, "less": second, "number": name, "difference": str(gap), "above_zero": gap.above_zero}
        for first, second in pairs
        for name, gap in found.comparison.differences[first, second].items()
    ]
)

# %% [markdown]
# ## Calibration 校准
#
# "About 5 of 100 such households" has to mean 5 of 100. Ten groups of equal size by risk: mean predicted risk against
# the share that fell. On the line is right; above it, more fell than was said.

# %%
figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
for kind in ("naive", "logistic", "lightgbm"):
    groups = reliability(found.tested.y, found.tested.risks[kind], found.tested.sampling.weight)
    axes.plot([mean for _, mean, _ in groups], [share for _, _, share in groups], marker="o", markersize=3, label=kind)
ends = [
    0,
    max(
        share
        for kind in ("naive", "logistic", "lightgbm")
        for _, _, share in reliability(found.tested.y, found.tested.risks[kind], found.tested.sampling.weight)
    ),
]
axes.plot(ends, ends, color="0.6", linewidth=1)
axes.set_xlabel(words("平均预测概率", "mean predicted risk"))
axes.set_ylabel(words("实际比例", "observed share"))
axes.legend()
plt.show()

# %% [markdown]
# ## Groups 分组
#
# Who is missed? Recall on the lists 名单召回率 and calibration group by group 分人群, those with most missed entries
# first. Small groups have wide limits and are not dropped.

# %%
columns = (
    "grouping",
    "group",
    "households",
    "events",
    "recall",
    "recall_low",
    "recall_high",
    "mean_risk",
    "observed",
    "small",
)
found.by_group["lightgbm"].select(columns).with_columns(pl.col(pl.Float64).round(4)).head(30)

# %% [markdown]
# ## The gate 准入检验
#
# A kind may be used when it beats the wires and the naive rule, is not worse than logistic regression, is calibrated,
# and misses no group; bounds are policy data 政策数据. Where none passes, the naive rule stays. With few events
# nothing can be shown, and the gate says so.

# %%
verdict = gate(workspace, {"space_time": found})
print(verdict.why)
print(verdict.why_zh)

# %%
pl.DataFrame([asdict(check) for check in verdict.checks]).select("kind", "demand", "passed", "found")

# %%
Bounds.of(workspace.policy, workspace.counties()[0], workspace.lake.newest_delivery())

# %% [markdown]
# `riskmodel backtest` repeats this over several origins in time and over places alone; `riskmodel train` fits the
# chosen kind on all matured rows and registers it. On an invented county these numbers say that the machinery works,
# not how well a model does in the field 不代表实际效果.
