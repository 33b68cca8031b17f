"""The domain's words, gathered: every list of codes that tables, forms and pages use."""

from __future__ import annotations

from riskmodel.policy.causes import Background, Cause, Group, ShockKind, group
from riskmodel.policy.ledger import Lamp, LedgerClass, LedgerState, Step, Track
from riskmodel.policy.livelihood import (
    Aspect,
    HouseGrade,
    IncomeBlock,
    IncomeComponent,
    LoanProduct,
    LoanPurpose,
    LoanStatus,
    Scheme,
    WaterSource,
)
from riskmodel.policy.measures import Measure, MeasureOption
from riskmodel.policy.monitoring import (
    Category,
    Channel,
    CheckStage,
    EliminationMode,
    EpisodeCategory,
    Finding,
    HouseholdStatus,
    Listing,
    Source,
    SurveyStage,
    Tier,
    VisitReason,
)
from riskmodel.policy.people import (
    AidType,
    DisabilityType,
    DiseaseGroup,
    Education,
    EnrolmentStatus,
    Labour,
    LeaveReason,
    PensionStatus,
    Place,
    Relation,
    SchoolStage,
    Sector,
    Sex,
    VisitType,
)
from riskmodel.policy.term import Term

__all__ = [
    "VOCABULARIES",
    "AidType",
    "Aspect",
    "Background",
    "Category",
    "Cause",
    "Channel",
    "CheckStage",
    "DisabilityType",
    "DiseaseGroup",
    "Education",
    "EliminationMode",
    "EnrolmentStatus",
    "EpisodeCategory",
    "Finding",
    "Group",
    "HouseGrade",
    "HouseholdStatus",
    "IncomeBlock",
    "IncomeComponent",
    "Labour",
    "Lamp",
    "LeaveReason",
    "LedgerClass",
    "LedgerState",
    "Listing",
    "LoanProduct",
    "LoanPurpose",
    "LoanStatus",
    "Measure",
    "MeasureOption",
    "PensionStatus",
    "Place",
    "Relation",
    "Scheme",
    "SchoolStage",
    "Sector",
    "Sex",
    "ShockKind",
    "Source",
    "Step",
    "SurveyStage",
    "Term",
    "Tier",
    "Track",
    "VisitReason",
    "VisitType",
    "WaterSource",
    "group",
]

VOCABULARIES: tuple[type[Term], ...] = tuple(sorted(Term.__subclasses__(), key=lambda words: words.__name__))
"""Every list of words, by name."""
