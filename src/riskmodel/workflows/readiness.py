"""What the service tells of itself: whether it can answer, and with which models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from riskmodel import __version__
from riskmodel.features import set_hash
from riskmodel.review.assessments import month

if TYPE_CHECKING:
    from riskmodel.review.store import Store
    from riskmodel.workflows.champions import Champions, Loaded


@dataclass(frozen=True)
class Readiness:
    """Whether the service can answer, part by part."""

    ready: bool
    version: str
    """Of the program."""
    model: str
    """Version and hash of the model in use; empty without one."""
    model_refused: str
    """Why the champion that was named last is not in use, without the names of files; empty where it is."""
    database: str
    """Version of its tables; empty where it does not answer."""
    newest_month: str
    """As-of date of the newest published month; empty without any."""


@dataclass(frozen=True)
class ModelFacts:
    """The models in use."""

    label: str
    version: int
    hash: str
    shorter_hash: str | None
    kind: str
    horizon_months: int
    feature_set: str
    policy: str
    trained_on: list[str]
    """First and last as-of date that it learned from."""
    created_at: str
    metrics: dict[str, float] = field(repr=False)


def readiness(store: Store, models: Champions) -> Readiness:
    """Ready = a verified model, a database of the right version."""
    model, tables = models.current, _tables(store)
    return Readiness(
        ready=bool(model and tables),
        version=__version__,
        model=f"{model.version} {model.bundle.hash[:16]}" if model else "",
        model_refused=models.refused,
        database=tables,
        newest_month=_newest_month(store),
    )


def model_facts(used: Loaded) -> ModelFacts:
    """What is told of the models in use."""
    facts = used.bundle.facts
    return ModelFacts(
        label=used.label,
        version=used.version,
        hash=used.bundle.hash,
        shorter_hash=used.shorter.hash if used.shorter else None,
        kind=used.bundle.model.model.kind,
        horizon_months=facts.horizon_months,
        feature_set=set_hash(),
        policy=facts.policy,
        trained_on=[facts.first_as_of.isoformat(), facts.last_as_of.isoformat()],
        created_at=facts.created_at.isoformat(),
        metrics=dict(facts.metrics),
    )


def _tables(store: Store) -> str:
    try:
        return store.version()
    except Exception:  # whatever it is: the database does not answer, and that is what is told
        return ""


def _newest_month(store: Store) -> str:
    try:
        newest = month(store)
    except Exception:  # as above
        return ""
    return newest.as_of.isoformat() if newest else ""
