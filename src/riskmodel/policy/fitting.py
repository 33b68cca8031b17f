"""Which measures answer a cause: those that rules demand and those that are usual (domain.md 12)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from riskmodel.policy.causes import Cause
from riskmodel.policy.measures import Measure

FITTING: Final[Mapping[Cause, frozenset[Measure]]] = {
    Cause.ILL: frozenset({Measure.HEALTH, Measure.SOCIAL_SECURITY, Measure.SOCIAL_HELP, Measure.PUBLIC_POST}),
    Cause.DIS: frozenset({Measure.SOCIAL_SECURITY, Measure.HEALTH, Measure.PUBLIC_POST}),
    Cause.LAB: frozenset({Measure.SOCIAL_SECURITY, Measure.INDUSTRY}),
    Cause.ACC: frozenset({Measure.SOCIAL_HELP, Measure.HEALTH, Measure.SOCIAL_SECURITY}),
    Cause.IND: frozenset({Measure.INDUSTRY, Measure.FINANCE, Measure.EMPLOYMENT}),
    Cause.JOB: frozenset({Measure.EMPLOYMENT, Measure.PUBLIC_POST}),
    Cause.EDU: frozenset({Measure.OTHER_EDUCATION, Measure.COMPULSORY_EDUCATION}),
    Cause.NAT: frozenset({Measure.HOUSING, Measure.SOCIAL_HELP, Measure.INDUSTRY, Measure.LIVING_CONDITIONS}),
    Cause.HOU: frozenset({Measure.HOUSING, Measure.RELOCATION}),
    Cause.WAT: frozenset({Measure.WATER, Measure.INFRASTRUCTURE}),
    Cause.OTH: frozenset(Measure),
}
"""Kinds of measures that answer each cause; any answers "other", which says nothing of what is needed."""
