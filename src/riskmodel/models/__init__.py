"""What can be learned: models of arrays whose columns have names and directions, and the bundles that hold them."""

from __future__ import annotations

from riskmodel.models.bundle import Bundle
from riskmodel.models.bundle_facts import BundleFacts
from riskmodel.models.calibration import Calibration
from riskmodel.models.columns import Column
from riskmodel.models.lightgbm_model import LightGBMModel, LightGBMParameters
from riskmodel.models.logistic_model import LogisticModel
from riskmodel.models.registry import Registry, VersionFacts
from riskmodel.models.risk_model import CalibratedModel, RiskModel
from riskmodel.models.rules import RuleModel, Wire

__all__ = [
    "Bundle",
    "BundleFacts",
    "CalibratedModel",
    "Calibration",
    "Column",
    "LightGBMModel",
    "LightGBMParameters",
    "LogisticModel",
    "Registry",
    "RiskModel",
    "RuleModel",
    "VersionFacts",
    "Wire",
]
