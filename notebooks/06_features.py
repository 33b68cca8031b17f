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
# # 6. Features 特征
#
# One section per feature: its definition, what it reads, and how its values are distributed over the households of a
# workspace. On the simulated county (`make demo`) the numbers are invented: they show what a feature looks like, not
# how a real county is.
#
# Run it in any Jupyter that has `riskmodel` installed. `home` is the folder of a workspace.

# %%
from datetime import datetime
from pathlib import Path

from riskmodel.workflows.feature_pages import pages
from riskmodel.workflows.health import health
from riskmodel.workflows.score import newest_as_of
from riskmodel.workflows.showcase import showcase

# %% tags=["parameters"]
home = Path("../demo")

# %%
workspace = showcase(home, datetime.now().astimezone())
as_of = newest_as_of(workspace)

# %% [markdown]
# ## Health
#
# What is missing, constant, said twice, or distributed otherwise than a year before, and sources that fell silent.

# %%
health(workspace, as_of)

# %% [markdown]
# ## All features

# %%
for page in pages(workspace, as_of):
    display(page)
