"""What we say of a household, from what was known by the as-of date."""

from __future__ import annotations

# The subject files fill the registry, in the order in which features are shown.
# isort: off
from riskmodel.features import income
from riskmodel.features import trends
from riskmodel.features import employment
from riskmodel.features import illness
from riskmodel.features import medical
from riskmodel.features import family
from riskmodel.features import education
from riskmodel.features import housing
from riskmodel.features import guarantees
from riskmodel.features import shocks
from riskmodel.features import loans
from riskmodel.features import assistance
from riskmodel.features import support
from riskmodel.features import history
from riskmodel.features import visits
from riskmodel.features import freshness
from riskmodel.features import village

# isort: on
from riskmodel.features.assemble import FeatureTable, assemble, assemble_view
from riskmodel.features.documentation import features_markdown
from riskmodel.features.feature import REGISTRY, Direction, Feature, declared
from riskmodel.features.identity import set_hash

__all__ = [
    "REGISTRY",
    "Direction",
    "Feature",
    "FeatureTable",
    "assemble",
    "assemble_view",
    "assistance",
    "declared",
    "education",
    "employment",
    "family",
    "features_markdown",
    "freshness",
    "guarantees",
    "history",
    "housing",
    "illness",
    "income",
    "loans",
    "medical",
    "set_hash",
    "shocks",
    "support",
    "trends",
    "village",
    "visits",
]
