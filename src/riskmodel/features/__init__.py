"""What we say of a household, from what was known by the as-of date."""

# the subject files fill the registry, in the order in which features are shown
from riskmodel.features import income, employment, illness, family, education, housing, history, village  # noqa: I001  # registry order
from riskmodel.features.assemble import FeatureTable, assemble, assemble_view, declared, set_hash
from riskmodel.features.feature import REGISTRY, Direction, Feature

__all__ = [
    "REGISTRY",
    "Direction",
    "Feature",
    "FeatureTable",
    "assemble",
    "assemble_view",
    "declared",
    "education",
    "employment",
    "family",
    "history",
    "housing",
    "illness",
    "income",
    "set_hash",
    "village",
]
