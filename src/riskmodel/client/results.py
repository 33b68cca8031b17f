"""What the service answers, as frozen facts. Names and meanings are those of its interface: docs/service.md, /docs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ready:
    """Whether the service can answer, part by part."""

    ready: bool
    stopping: bool
    version: str
    model: str
    model_refused: str
    database: str
    newest_month: str


@dataclass(frozen=True)
class Model:
    """The models that answers are made with."""

    label: str
    version: int
    hash: str
    shorter_hash: str | None
    kind: str
    horizon_months: int
    feature_set: str
    policy: str
    trained_on: tuple[dt.date, ...]
    """First and last as-of date that it learned from."""
    created_at: str
    metrics: dict[str, float] = field(repr=False)


@dataclass(frozen=True)
class Feature:
    """What is declared about a feature."""

    name: str
    label: str
    english: str
    unit: str
    group: str
    group_zh: str
    group_en: str
    risk: str
    """up, down or free: what raising it may do to the risk."""
    actionable: bool
    definition: str
    policy: tuple[str, ...]
    of_other_households: bool


@dataclass(frozen=True)
class Features:
    """All features, in their order."""

    feature_set: str
    features: tuple[Feature, ...]


@dataclass(frozen=True)
class Area:
    """An area by its code."""

    code: str
    name: str
    level: str


@dataclass(frozen=True)
class Areas:
    """The areas that the key sees."""

    areas: tuple[Area, ...]


@dataclass(frozen=True)
class Told:
    """One feature, told in a sentence."""

    group: str
    group_title: str
    feature: str
    label: str
    value: float | None
    """None = not known."""
    unit: str
    contribution: float
    """Log-odds."""
    table: str
    date: dt.date | None
    """What it is of says `date_of`."""
    dated: str
    """How fine it is: day, month, term or year."""
    date_of: str
    """row (that the value is read from), newest (information), as_of, event, ahead."""
    source: str | None
    typical: float | None
    """Median where the household lives."""
    typical_of: str | None
    sentence: str


@dataclass(frozen=True)
class Group:
    """What a cause or background adds, in log-odds."""

    group: str
    title: str
    contribution: float
    raising: float
    lowering: float


@dataclass(frozen=True)
class Assessment:
    """What was said of a household on a published date."""

    household_id: str
    village_code: str
    as_of: dt.date
    label: str
    probability: float
    """Calibrated, of the event within the label's horizon."""
    probability_6m: float | None
    """Within 6 months, where that horizon has a model."""
    meaning: str
    tier: str
    tier_title: str
    rank_county: int
    rank_township: int
    reasons: tuple[Told, ...]
    protections: tuple[Told, ...]
    missing: tuple[Told, ...]
    groups: tuple[Group, ...]
    model: str
    """First 16 digits of the model's hash."""
    data_age_days: int | None
    """Days since news of the household last arrived at the office; not the age of its facts."""
    notes: tuple[str, ...]
    model_6m: str | None = None
    """The model of `probability_6m`; None also for what an earlier release published."""
    base: float | None = None
    """Only where all was asked for, as the next three."""
    margin: float | None = None
    values: dict[str, float | None] | None = field(default=None, repr=False)
    contributions: dict[str, float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Brief:
    """The outcome of one published date."""

    as_of: dt.date
    village_code: str
    probability: float
    tier: str
    cause: str
    """The first one told; empty = none."""


@dataclass(frozen=True)
class History:
    """What was said of a household on every published date, the newest first."""

    household_id: str
    assessments: tuple[Brief, ...]


@dataclass(frozen=True)
class Entry:
    """A household of a ranked list."""

    household_id: str
    village_code: str
    category: str | None
    probability: float
    tier: str
    cause: str
    rank_county: int


@dataclass(frozen=True)
class WorkList:
    """A page of the households of a month, riskiest first."""

    as_of: dt.date
    area: str
    households: tuple[Entry, ...]
    next: str | None
    """The `cursor` of the next page; None = there is none."""


@dataclass(frozen=True)
class Measure:
    """A measure that the rules allow, demand or exclude, or what a rule says as a whole."""

    rule: str | None
    fact: str | None
    cause: str | None
    measure: str | None
    option: str | None
    standing: str | None
    value: float | None
    least: float | None
    most: float | None
    one_of: bool
    running: bool
    since: dt.date | None
    until: dt.date | None
    state: str | None
    found_on: dt.date | None = None
    """Day of the inspection of house or water; `checked_on`: of the check. None where it found nothing out."""
    checked_on: dt.date | None = None


@dataclass(frozen=True)
class FreshAssessment:
    """What is said of a household from facts that were sent."""

    household_id: str
    """As it was sent, else a name for the household of this request."""
    village_code: str
    as_of: dt.date
    label: str
    probability: float
    probability_6m: float | None
    meaning: str
    tier: str
    tier_title: str
    reasons: tuple[Told, ...]
    protections: tuple[Told, ...]
    missing: tuple[Told, ...]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    model: str
    model_6m: str | None
    model_version: int
    model_version_6m: int | None
    feature_set: str
    data_age_days: int | None
    """Days since news of the household last arrived at the office; not the age of its facts."""
    notes: tuple[str, ...]
    request_id: str
    base: float | None = None
    """Only where all was asked for, as the next three."""
    margin: float | None = None
    values: dict[str, float | None] | None = field(default=None, repr=False)
    contributions: dict[str, float] | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Kept:
    """Findings of visits are kept, and will be in the lake after the next ingest."""

    visits: int
    known_at: dt.date
    """Day on which they became known."""
    request_id: str
    """Of the request that brought them first."""


@dataclass(frozen=True)
class Names:
    """Who a household is; None = not known to the service."""

    household_id: str
    number: str | None = field(repr=False)
    name: str | None = field(repr=False)
    head_name: str | None = field(repr=False)
    address: str | None = field(repr=False)
    phone: str | None = field(repr=False)
