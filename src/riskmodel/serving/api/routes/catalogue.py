"""Routes about what the service knows and with which model, without any household."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from riskmodel.serving.api.auth import Reader, Running
from riskmodel.serving.api.problems import RESPONSES, busy
from riskmodel.serving.api.strict_request import StrictRoute

ROUTER = APIRouter(prefix="/v1", tags=["catalogue"], route_class=StrictRoute, responses=RESPONSES)


class Model(BaseModel):
    """The models in use."""

    label: str
    version: int
    hash: str
    shorter_hash: str | None = Field(description="Model of the shorter horizon; null without one")
    kind: str
    horizon_months: int
    feature_set: str
    policy: str
    trained_on: list[str] = Field(description="First and last as-of date that it learned from")
    created_at: str
    metrics: dict[str, float]


class Feature(BaseModel):
    """What is declared about a feature."""

    name: str
    label: str
    english: str
    unit: str
    group: str
    group_zh: str
    group_en: str
    risk: str = Field(description="up, down or free: what raising it may do to the risk")
    actionable: bool
    definition: str
    policy: list[str]
    of_other_households: bool


class Features(BaseModel):
    """All features, in their order."""

    feature_set: str
    features: list[Feature]


class Area(BaseModel):
    """An area by its code."""

    code: str
    name: str
    level: str


class Areas(BaseModel):
    """The areas that the key sees."""

    areas: list[Area]


@ROUTER.get("/model")
def model(running: Running, who: Reader) -> Model:  # noqa: ARG001 - who asks has to be somebody
    """The models that answers are made with."""
    found = running.model()
    if found is None:
        raise busy(30, "No model is in use yet.")
    return Model(**asdict(found))


@ROUTER.get("/features")
def features(running: Running, who: Reader) -> Features:  # noqa: ARG001 - who asks has to be somebody
    """Every feature with label, unit, cause and definition."""
    told = [_feature(asdict(found)) for found in running.features]
    return Features(feature_set=running.feature_set, features=told)


@ROUTER.get("/areas")
def areas(
    running: Running,
    who: Reader,
    level: Annotated[str | None, Query(pattern="^(province|prefecture|county|township|village)$")] = None,
) -> Areas:
    """The areas that the key sees, an area before those inside it."""
    found = [area for area in running.areas(who) if level in (None, area.level)]
    return Areas(areas=[Area(**asdict(area)) for area in found])


def _feature(found: dict[str, Any]) -> Feature:
    return Feature(**{name: found[name] for name in Feature.model_fields})
