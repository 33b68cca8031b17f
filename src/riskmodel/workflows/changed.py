"""Why a household's score changed since an earlier date: new facts told one by one, and what a new model did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.errors import RiskModelError, UsageError
from riskmodel.features import REGISTRY
from riskmodel.models import bundle as bundles
from riskmodel.rendering.sentences import in_households, of_households, shown_change
from riskmodel.rendering.values import TELL, shown_date
from riskmodel.scoring.changes import Changes, changes
from riskmodel.scoring.reasons import LEAST, clear_cause
from riskmodel.scoring.score import VALUE
from riskmodel.workflows.score import MANIFEST, all_published

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.models import Bundle
    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.told import Row, Told
    from riskmodel.workflows.workspace import Workspace

MOST: Final = 3
"""Most features told that moved the score."""


@dataclass(frozen=True)
class Changed:
    """The change of a household's score since an earlier date. Margins and parts are in log-odds.

    `data` + `model` + `base` (features summed) is `margin`. Where it cannot be split these are null, and `sentences`
    says why.
    """

    since: str | None
    """Date compared with; None: there was none."""
    probability_before: float | None = None
    probability: float | None = None
    same_model: bool | None = None
    model_before: str | None = None
    margin: float | None = None
    data: float | None = None
    model: float | None = None
    base: float | None = None
    moved: list[Told] = field(default_factory=list)
    """The features whose new values moved the score most, one per group; `contribution` is what the change did."""
    data_by_feature: dict[str, float] = field(default_factory=dict)
    model_by_feature: dict[str, float] = field(default_factory=dict)
    values_before: dict[str, float | None] = field(default_factory=dict)
    """Earlier values of the features told in `moved`."""
    sentences: list[str] = field(default_factory=list)


def changed(workspace: Workspace, row: Row, folder: Path, since: date | None, language: Language) -> Changed:
    """What changed since `since` (default: the date scored before) of a row of the scores in `folder`.

    Raises UsageError where `since` was not scored or is not earlier.
    """
    before = _folder_before(folder, since)
    if before is None:
        return Changed(None, sentences=[TELL.text("change.first", language)])
    household = row.values["household_id"]
    earlier = pl.scan_parquet(before / "*.parquet").filter(pl.col("household_id") == household).collect()
    if earlier.is_empty():
        return Changed(before.name, sentences=[_of("change.not_scored", before, language)])
    was = earlier.row(0, named=True)
    about: dict[str, Any] = {
        "since": before.name,
        "probability_before": was["probability"],
        "probability": row.values["probability"],
        "same_model": was["model"] == row.values["model"],
        "model_before": was["model"],
    }
    first = _probabilities(was["probability"], row.values["probability"], before, language)
    why, split = _split(workspace, earlier, row, before, folder)
    if split is None:
        return Changed(**about, sentences=[first, _of(f"change.{why}", before, language)])
    moved, sentences = _told(row, was, split, language, same_model=about["same_model"])
    return Changed(
        **about,
        margin=float(split.margin[0]),
        data=float(split.data.sum()),
        model=float(split.model.sum()),
        base=float(split.base[0]),
        moved=moved,
        data_by_feature=_by_feature(split, split.data),
        model_by_feature=_by_feature(split, split.model),
        values_before={told.feature: was[f"{VALUE}{told.feature}"] for told in moved},
        sentences=[first, *sentences],
    )


def _folder_before(folder: Path, since: date | None) -> Path | None:
    """Scores of the same label at the date asked for, else of the date before; None where there is none."""
    earlier = [path for path in all_published(folder.parent) if path.name < folder.name]
    if since is None:
        return earlier[-1] if earlier else None
    found = [path for path in earlier if path.name == since.isoformat()]
    if not found:
        dates = ", ".join(path.name for path in earlier[-12:]) or "none"
        raise UsageError(f"no scores of {since} before those of {folder.name}; there are: {dates}.")
    return found[0]


def _split(
    workspace: Workspace, earlier: pl.DataFrame, row: Row, before: Path, folder: Path
) -> tuple[str, Changes | None]:
    """The change taken apart, or the end of the key of the sentence that says why it is not."""
    was, is_now = (json.loads((path / MANIFEST).read_text("utf-8")) for path in (before, folder))
    now = pl.DataFrame([dict(row.values)], infer_schema_length=None)
    if not any(name.startswith(VALUE) for name in earlier.columns):
        return "older", None
    if was["feature_set"] != is_now["feature_set"]:
        return "features", None
    old = None
    if was["model"] != is_now["model"]:
        old = _registered(workspace, was["model_name"], was["model"])
        if old is None:
            return "no_model", None
    return "", changes(earlier, now, old)


def _registered(workspace: Workspace, name: str, wanted: str) -> Bundle | None:
    """The verified bundle of this hash from the registry; None where it is gone or damaged."""
    for version in workspace.registry.versions(name):
        if version.bundle_hash == wanted:
            try:
                return bundles.read(workspace.registry.bundle_path(name, version.version))
            except RiskModelError:
                continue
    return None


def _told(
    row: Row, before: Mapping[str, Any], split: Changes, language: Language, *, same_model: bool
) -> tuple[list[Told], list[str]]:
    """The features that moved the score most, one per group, and the sentences on facts and on the model."""
    data = dict(zip(split.features, split.data[0].tolist(), strict=True))
    was = {name: None if np.isnan(v) else v for name, v in zip(split.features, split.before[0].tolist(), strict=True)}
    moved = [row.moved(name, before, data[name], language) for name in _strongest(row, data, was)]
    sentences = [told.sentence for told in moved] or [TELL.text("change.data_same", language)]
    if not same_model:
        sentences.append(_of_model(float(split.model.sum() + split.base[0]), language))
    return moved, sentences


def _strongest(row: Row, data: Mapping[str, float], was: Mapping[str, float | None]) -> list[str]:
    """The groups that moved the score most, each by the feature that did most in it, at most three, causes first.

    A value that reads as before is not told, so as not to say that 1.06 became 1.06; nor one that moved the score
    against its declared direction, which features that move together can bring about.
    """
    groups: dict[str, list[str]] = {}
    for name in data:
        groups.setdefault(_group(name), []).append(name)
    sums = {code: sum(data[name] for name in names) for code, names in groups.items()}
    found: list[str] = []
    for code in sorted(groups, key=lambda code: (-abs(sums[code]), code)):
        sign = 1 if sums[code] > 0 else -1
        same = [name for name in groups[code] if sign * data[name] > 0]
        shown = [n for n in same if _reads_differently(row, n, was[n]) and _as_declared(row, n, was[n], data[n])]
        if abs(sums[code]) >= LEAST and shown:
            found.append(max(shown, key=lambda name: (sign * data[name], name)))
    return sorted(found[:MOST], key=lambda name: not clear_cause(_group(name), abs(sums[_group(name)])))


def _group(name: str) -> str:
    return REGISTRY[name].group.value


def _reads_differently(row: Row, name: str, was: float | None) -> bool:
    before, now = shown_change(row.fact(name), was, "zh")
    return before != now


def _as_declared(row: Row, name: str, was: float | None, by: float) -> bool:
    """Whether a change moved the score the way that the feature may; one from or to missing has no way."""
    now = row.fact(name).value
    return now is None or was is None or (now - was) * by * REGISTRY[name].direction >= 0


def _of_model(by: float, language: Language) -> str:
    """What the new model did."""
    if abs(by) < LEAST:
        return TELL.text("change.model_same", language)
    direction = TELL.text("direction.up" if by > 0 else "direction.down", language)
    return TELL.text("change.model", language, direction=direction)


def _probabilities(was: float, is_now: float, before: Path, language: Language) -> str:
    """The change of the probability in households."""
    of = of_households(was, is_now)
    old, new = in_households(was, of), in_households(is_now, of)
    key = "change.same" if old == new else "change.up" if new > old else "change.down"
    return TELL.text(key, language, before=_day(before, language), of=of, was=old, is_now=new)


def _by_feature(split: Changes, part: np.ndarray) -> dict[str, float]:
    return dict(zip(split.features, part[0].tolist(), strict=True))


def _of(key: str, before: Path, language: Language) -> str:
    return TELL.text(key, language, before=_day(before, language))


def _day(folder: Path, language: Language) -> str:
    return shown_date(date.fromisoformat(folder.name), "day", language)
