"""Explain a household: the stored scores and codes as sentences."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features import REGISTRY
from riskmodel.policy import Tier, group
from riskmodel.rendering.catalogue import Language, Named, meaning, reason, text
from riskmodel.scoring.reasons import stored_reasons
from riskmodel.scoring.score import CONTRIBUTION, GROUP
from riskmodel.training.labels import label_named
from riskmodel.workflows.score import MANIFEST, published

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace


TOO_NEW: dict[Language, str] = {
    "zh": "该户（含其分户、迁移前的原户）有记录的时间短于政策规定的最短历史月数，模型尚不能判断，分数仅供参考，"
    "未列入模型优先走访名单；请按日常安排走访。",
    "en": "Records of this household, with those of the one it came from, reach back less than the policy's least "
    "history: the model cannot judge it yet. It is not on the model's list; visit it as usual.",
}
"""What is told of a household that is too new."""
MONITORED: dict[Language, str] = {
    "zh": "该户已在监测中，未列入模型优先走访名单；请按监测户的帮扶计划走访。",
    "en": "The household is monitored already: it is not on the model's list; visit it by its plan.",
}
LIFTED: dict[Language, str] = {
    "zh": "6个月内的概率高于12个月模型自身的概率（{own:.3f}），故采用前者；以上原因说明的是12个月模型的判断。",
    "en": "The probability within 6 months is above that of the model of 12 months alone ({own:.3f}), so it stands for "
    "both; the reasons are those of the model of 12 months.",
}


@dataclass(frozen=True)
class Explanation:
    """Everything that is told of one household at one date. Contributions are in log-odds."""

    household_id: str
    village_code: str
    as_of: str
    label: str
    probability: float
    meaning: str
    tier: str
    tier_title: str
    rank_county: int
    rank_township: int
    margin: float
    base: float
    reasons: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    contributions: dict[str, float]
    model: str
    data_age_days: int | None
    notes: list[str]
    probability_6m: float | None = None
    """Within 6 months, where that horizon has a model."""


def explain(
    workspace: Workspace, household_id: str, as_of: date | None = None, language: Language = "zh"
) -> Explanation:
    """The explanation of a household as scored at `as_of` (default: newest). UsageError for an unknown household."""
    folder = published(workspace, as_of)
    found = pl.scan_parquet(folder / "*.parquet").filter(pl.col("household_id") == household_id).collect()
    if found.is_empty():
        raise UsageError(f"household {household_id} was not scored on {folder.name}. Check the id, or give --as-of.")
    return render(found.row(0, named=True), _notes(folder / MANIFEST, language), language)


def listed(workspace: Workspace, count: int, as_of: date | None = None, language: Language = "zh") -> list[Explanation]:
    """The `count` households of highest risk over all counties with their reasons, those monitored already left out.

    Households too new to judge are left out as well. Raises UsageError for scores of a version that did not mark them.
    """
    folder = published(workspace, as_of)
    scores = pl.scan_parquet(folder / "*.parquet")
    if "too_new" not in scores.collect_schema():
        raise UsageError(
            f"the scores in {folder} do not say which households are too new to judge. Score that date again."
        )
    rows = scores.filter(~pl.col("monitored") & ~pl.col("too_new")).sort(
        ["probability", "household_id"], descending=[True, False]
    )
    return [render(row, [], language) for row in rows.head(count).collect().iter_rows(named=True)]


def render(row: dict[str, Any], notes: list[str], language: Language) -> Explanation:
    """One row of a result table in words."""
    label, months = label_named(row["label"]), int(row["horizon_months"])
    shown_label = label.title if language == "zh" else label.english
    told = [asdict(r) | _titled(r.feature, r.group, r.value, language) for r in stored_reasons(row, CONTRIBUTION)]
    groups = {c.removeprefix(GROUP): float(v) for c, v in row.items() if c.startswith(GROUP)}
    tier = Tier(row["tier"])
    return Explanation(
        household_id=row["household_id"],
        village_code=row["village_code"],
        as_of=row["as_of"].isoformat(),
        label=row["label"],
        probability=row["probability"],
        meaning=meaning(row["probability"], months, shown_label, language),
        tier=tier.value,
        tier_title=tier.zh if language == "zh" else tier.en,
        rank_county=row["rank_county"],
        rank_township=row["rank_township"],
        margin=row["margin"],
        base=row["base"],
        reasons=told,
        groups=[
            {"group": code, "title": _group_title(code, language), "contribution": value}
            for code, value in sorted(groups.items(), key=lambda item: -item[1])
        ],
        contributions={c.removeprefix(CONTRIBUTION): float(v) for c, v in row.items() if c.startswith(CONTRIBUTION)},
        model=row["model"],
        data_age_days=row.get("data_age_days"),
        probability_6m=row.get("probability_6m"),
        notes=[text("order_only", language), *notes, *_own_notes(row, language)],
    )


def _own_notes(row: dict[str, Any], language: Language) -> Iterator[str]:
    """What has to be known about this household's score."""
    if row.get("too_new"):
        yield TOO_NEW[language]
    if row.get("monitored"):
        yield MONITORED[language]
    own = row.get("probability_own")
    if own is not None and own < row["probability"]:
        yield LIFTED[language].format(own=own)


def _titled(feature: str, code: str, value: float | None, language: Language) -> dict[str, str]:
    declared = REGISTRY.get(feature)
    if declared is None:
        raise UsageError(f"the scores speak of {feature}, which this version does not declare. Score that date again.")
    found = group(code)
    named = Named(declared.label, declared.english, declared.unit, found.zh, found.en)
    return {
        "label": declared.label if language == "zh" else declared.english,
        "unit": declared.unit,
        "sentence": reason(named, value, raises=True, language=language),
    }


def _group_title(code: str, language: Language) -> str:
    found = group(code)
    return found.zh if language == "zh" else found.en


def _notes(manifest: Path, language: Language) -> list[str]:
    values = json.loads(manifest.read_text("utf-8"))["unconfirmed_policy"]
    if not values:
        return []
    return [
        text(
            "unconfirmed",
            language,
            count=len(values),
            kinds="、".join(values) if language == "zh" else ", ".join(values),
        )
    ]
