"""Positions of codes in their vocabularies, so that the state can be arrays of small numbers."""

from __future__ import annotations

from typing import Final

from riskmodel.policy import (
    Cause,
    Channel,
    DisabilityType,
    DiseaseGroup,
    Education,
    EnrolmentStatus,
    EpisodeCategory,
    Labour,
    LeaveReason,
    LoanProduct,
    LoanPurpose,
    LoanStatus,
    Measure,
    MeasureOption,
    PensionStatus,
    Place,
    Relation,
    Scheme,
    SchoolStage,
    Sector,
    ShockKind,
    Term,
    VisitReason,
    VisitType,
)


def positions(words: type[Term]) -> dict[str, int]:
    """Code -> position in its vocabulary."""
    return {code: number for number, code in enumerate(words.codes())}


CAUSE: Final = positions(Cause)
CHANNEL: Final = positions(Channel)
CATEGORY: Final = positions(EpisodeCategory)
DISABILITY: Final = positions(DisabilityType)
DISEASE: Final = positions(DiseaseGroup)
EDUCATION: Final = positions(Education)
SCHOOLING: Final = positions(EnrolmentStatus)
LABOUR: Final = positions(Labour)
LEAVE: Final = positions(LeaveReason)
PRODUCT: Final = positions(LoanProduct)
PURPOSE: Final = positions(LoanPurpose)
LOAN: Final = positions(LoanStatus)
MEASURE: Final = positions(Measure)
OPTION: Final = positions(MeasureOption)
PENSION: Final = positions(PensionStatus)
PLACE: Final = positions(Place)
RELATION: Final = positions(Relation)
STAGE: Final = positions(SchoolStage)
SCHEME: Final = positions(Scheme)
SECTOR: Final = positions(Sector)
SHOCK: Final = positions(ShockKind)
REASON: Final = positions(VisitReason)
VISIT: Final = positions(VisitType)
