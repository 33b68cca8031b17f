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
# # 4. Read an explanation 读懂解释
#
# One household's explanation, taken apart: contributions 贡献 that sum to the margin 分值, groups 归类, reasons 原因
# in words, one reason from the departments' rows 记录 to its sentence 句子, what the probability 概率 means, what
# changed 变化, shap's own pictures of the same numbers, and what none of them says.

# %%
import warnings
from datetime import date, datetime
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import polars as pl

from riskmodel.features import REGISTRY, assemble
from riskmodel.policy import Tier, group
from riskmodel.rendering.lettering import use_chinese_font, words
from riskmodel.tables import TABLES
from riskmodel.workflows.evidence import behind
from riskmodel.workflows.explain import explain, listed
from riskmodel.workflows.score import TYPICAL, champion, published
from riskmodel.workflows.showcase import showcase

use_chinese_font()
_ = pl.Config(
    tbl_rows=40, tbl_width_chars=160, fmt_str_lengths=80, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True
)

# %% tags=["parameters"]
home = Path("../demo")

# %%
workspace = showcase(home, datetime.now().astimezone())
folder = published(workspace)
as_of, county = date.fromisoformat(folder.name), workspace.counties()[0]
scores = pl.read_parquet(folder / "*.parquet").sort("household_id")
bundle = champion(workspace, workspace.settings.label)
household = listed(workspace, 1)[0].household_id
row = scores.row(by_predicate=pl.col("household_id") == household, named=True)
print(f"{scores.height:,} households scored as of {as_of}, kind of model: {bundle.model.model.kind}")
print(f"the first of the list: {household}")

# %% [markdown]
# ## In words 文字说明
#
# Stored are codes and numbers; the sentences are made when somebody reads them, in Chinese or English. The first note
# stands on every page: the score orders visits 只排走访先后, people decide.

# %%
for language in ("zh", "en"):
    told = explain(workspace, household, language=language)
    print(f"{told.tier_title}: {told.meaning}")
    for reason in (*told.reasons, *told.protections, *told.missing):
        print("   ", reason["sentence"])
    for note in told.notes:
        print("  *", note)

# %% [markdown]
# ## Contributions sum to the margin 贡献之和等于分值
#
# The margin is the model's score in log-odds 对数几率. It starts at `base` 基准, the same for everybody, and every
# feature adds its contribution. Nothing is left over: not for this household, and not for any other.

# %%
names = [name.removeprefix("contribution_") for name in scores.columns if name.startswith("contribution_")]
contributions = scores.select(f"contribution_{name}" for name in names).to_numpy()
margins, bases = scores["margin"].to_numpy(), scores["base"].to_numpy()
left_over = np.abs(bases + contributions.sum(axis=1) - margins).max()
print(f"base {row['base']:.4f} + contributions {row['margin'] - row['base']:.4f} = margin {row['margin']:.4f}")
print(f"largest rest over all {scores.height:,} households: {left_over:.1e}")

# %% [markdown]
# ## Groups 归类
#
# The contributions of a group are summed: the official causes 致贫返贫风险 and the backgrounds 背景. A background is
# shown and never proposed as a cause 不作为致贫原因.

# %%
codes = [name.removeprefix("group_") for name in scores.columns if name.startswith("group_")]
sums = sorted(((row[f"group_{code}"], code) for code in codes), reverse=True)
print(f"groups sum to {sum(value for value, _ in sums):.4f}")
titles = [words(group(code).zh, code) for _, code in sums]
figure, axes = plt.subplots(figsize=(7, 0.28 * len(sums) + 0.8), layout="constrained")
axes.barh(
    titles[::-1],
    [value for value, _ in sums][::-1],
    color=["firebrick" if value > 0 else "#1f4e79" for value, _ in sums][::-1],
)
axes.axvline(0, color="0.4", linewidth=1)
axes.set_xlabel(words("贡献（对数几率）", "contribution, log-odds"))
plt.show()

# %% [markdown]
# A reason 原因 is a group that raises the risk, told by its strongest feature that has a fact behind it. So a missing
# value is never a reason, whatever it adds, and one group is never told twice.

# %%
strongest = sorted(zip(contributions[scores["household_id"].index_of(household)], names, strict=True), reverse=True)[
    :12
]
told_by = {row[f"reason_{place}_feature"]: place for place in range(1, 6)}
x = assemble(workspace.lake, as_of, policy=workspace.policy).rows.sort("household_id")
own = x.row(by_predicate=pl.col("household_id") == household, named=True)
pl.DataFrame(
    [
        {
            "feature": name,
            "title": REGISTRY[name].label,
            "group": REGISTRY[name].group.value,
            "value": own[name],
            "contribution": round(float(value), 4),
            "reason": told_by.get(name),
        }
        for value, name in strongest
    ]
)

# %% [markdown]
# ## From the rows to the sentence 从记录到句子
#
# One reason, all the way back. Value 数值, date 日期 and department 来源部门 of the newest row behind it stand in the
# row of the household, the village's median 本村中位数 stands in `_typical/`: the sentence is made of these alone. (A
# value that time alone changes, an age say, is told with the as-of date instead; such a reason is not taken.) Here
# each is made once more from what lies behind it: the departments' rows as known by the as-of date, the features of the
# whole village, the model.

# %%
told = explain(workspace, household)
dated_by_a_row = [r for r in told.reasons if r["date"] and r["date_of"] in ("row", "newest")]
reason = next((r for r in dated_by_a_row if r["group"] not in ("PLACE", "DATA")), told.reasons[0])
feature = REGISTRY[reason["feature"]]
print(reason["sentence"])
print(f"{feature.name}: {feature.definition}")

# %%
found = behind(workspace, household, as_of, [feature.name])
for evidence in found.evidence:
    print(f"{evidence.title} {evidence.table} ({evidence.window}): {len(evidence.rows)} rows 行")
    display(pl.DataFrame(evidence.rows, infer_schema_length=None).head(8))

# %%
neighbours = x.filter(pl.col("village_code") == row["village_code"])[feature.name].drop_nulls()
typical = pl.read_parquet(folder / TYPICAL / f"{row['county']}.parquet")
own_table = next(evidence for evidence in found.evidence if evidence.table == reason["table"])
event = TABLES[reason["table"]].event
newest = max(line[event] for line in own_table.rows)
print(f"newest row 最新记录: {newest}, told 句中: {reason['date']}, from 来源: {reason['source']}")
_, again = bundle.model.explained(x.filter(pl.col("household_id") == household).select(names).to_numpy())
traced = pl.DataFrame(
    [
        {"what": "value 数值", "told": reason["value"], "again": found.features[0].value},
        {
            "what": "contribution 贡献",
            "told": reason["contribution"],
            "again": float(again[0, names.index(feature.name)]),
        },
        {
            "what": "median 本村中位数",
            "told": reason["typical"] if reason["typical_of"] == "village" else None,
            "again": neighbours.median() if reason["typical_of"] == "village" else None,
        },
        {
            "what": "households of the village 本村户数",
            "told": float(typical.filter(pl.col("village_code") == row["village_code"])["households"].item()),
            "again": float(x.filter(pl.col("village_code") == row["village_code"]).height),
        },
    ]
)
traced

# %% [markdown]
# ## What changed 为什么变了
#
# Between two published months the margin's change is split without a rest: what the new facts did 数据变化, feature by
# feature, and what a new model did 模型更新. Where only one month was scored there is nothing to compare with.

# %%
for sentence in told.change.sentences:
    print(sentence)
if told.change.margin is not None:
    print(f"data {told.change.data:+.4f}, model {told.change.model + told.change.base:+.4f}: {told.change.margin:+.4f}")

# %% [markdown]
# ## From margin to probability 从分值到概率
#
# The calibration 校准 maps margins to probabilities by a curve that only rises, so the order of households stays.
# Tiers 等级 are policy floors on the probability. "About 5 of 100 such households" is a statement about many
# households with such a score: of this one, nobody knows whether it is among the five.

# %%
probability = bundle.model.calibration.probability(margins)
own_model = row.get("probability_own", row["probability"])
place = scores["household_id"].index_of(household)
print(f"margin {row['margin']:.4f} -> {probability[place]:.4f}; stored: {own_model:.4f}")
order = np.argsort(margins)
figure, axes = plt.subplots(figsize=(7, 3.2), layout="constrained")
axes.plot(margins[order], probability[order], color="#1f4e79")
axes.plot(row["margin"], probability[place], "o", color="firebrick")
for tier in (Tier.VERY_HIGH, Tier.HIGH, Tier.MEDIUM):
    floor = workspace.policy.value(f"tier.{tier.value}", county, on=as_of, known=as_of)
    axes.axhline(floor, color="0.7", linewidth=1)
    axes.annotate(words(tier.zh, tier.en), (margins.min(), floor), fontsize=8, va="bottom")
axes.set_yscale("log")
axes.set_xlabel(words("分值（对数几率）", "margin, log-odds"))
axes.set_ylabel(words("概率", "probability"))
plt.show()

# %%
scores.group_by("tier").agg(
    households=pl.len(),
    expected_events=pl.col("probability").sum().round(1),
    mean=pl.col("probability").mean().round(4),
).sort("mean", descending=True)

# %% [markdown]
# ## shap's pictures of the same numbers
#
# The stored contributions are exact SHAP values, so shap can draw them as they are: no second explainer, no sampling.
# First this household, then all households (2,000 drawn for the picture): every dot is a household, red where the
# value is high.

# %%
warnings.filterwarnings("ignore", "IProgress not found")  # shap looks for a progress bar that nothing here needs
import shap

matrix = x.select(names).fill_null(float("nan")).to_numpy()
explanation = shap.Explanation(values=contributions, base_values=bases, data=matrix, feature_names=names)
shap.plots.waterfall(explanation[place], max_display=12, show=False)
plt.show()

# %%
drawn = np.random.default_rng(0).permutation(scores.height)[:2000]
shap.plots.beeswarm(explanation[drawn], max_display=15, show=False)
plt.show()

# %% [markdown]
# ## What it does not say 解释没有说的
#
# **Not what would happen if.** A contribution is this household's difference from the average one, shared out among
# features that move together. Put the county's median in place of one value, everything else as it was, and the margin
# changes by another amount: not a fault of the sum, but another question.

# %%
medians = np.nanmedian(np.where(np.isnan(matrix).all(axis=0), 0.0, matrix), axis=0)
changed = []
for value, name in strongest[:8]:
    other = matrix[[place]].copy()
    other[0, names.index(name)] = medians[names.index(name)]
    falls = row["margin"] - float(bundle.model.margin(other)[0])
    changed.append({"feature": name, "contribution": round(float(value), 4), "margin falls by": round(falls, 4)})
pl.DataFrame(changed)

# %% [markdown]
# **Not always news** 未必是新情况. A strong reason may be the office's own doing: a visit that found a risk comes
# before most identifications, and a model that leads with it says what the village knows already. It is a reason to
# look at what else stands in the list, and to judge a model also without such households.
#
# **Not what caused it** 不是因果. A reason says what moved the score. That bills were high is a fact; that they will
# be why the household falls is for the officer who visits to find out.
#
# **Not what help would do** 不是帮扶效果. Households with help 帮扶 are often those in need, so a feature of help may
# *raise* the risk. Taking the help away would not lower it.
#
# **Not that a low score is safety** 低分不等于安全. Labels say who was identified. Who was overlooked in the past was
# learned as safe, and the model knows nothing of what no department told.
