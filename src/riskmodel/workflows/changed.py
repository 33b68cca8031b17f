"""Why a household's score changed since an earlier date: new facts told one by one, and what a new model did."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from riskmodel.errors import RiskModelError, UsageError
from riskmodel.features import REGISTRY
from riskmodel.models import bundle as bundles
from riskmodel.rendering.sentences import in_households, moved_together, of_households, shown_change
from riskmodel.rendering.values import TELL, shown_date
from riskmodel.scoring.changes import Changes, changes
from riskmodel.scoring.evidence import protects, tells
from riskmodel.scoring.reasons import LEAST
from riskmodel.scoring.score import VALUE
from riskmodel.workflows.score import MANIFEST, all_published

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.models import Bundle
    from riskmodel.rendering.messages import Language
    from riskmodel.workflows.told import Row, Told
    from riskmodel.workflows.workspace import Workspace

MOST: Final = 3
"""Most groups told that moved the score."""


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
    """The feature that did most in each of the groups that moved the score most; `contribution` is what its change did.

    A group of which no single value tells why it moved has a sentence and no entry here.
    """
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
    first, way = _probabilities(was["probability"], row, before, language)
    why, split = _split(workspace, earlier, row, before, folder)
    if split is None:
        return Changed(**about, sentences=[first, _of(f"change.{why}", before, language)])
    return _taken_apart(row, was, split, about, first, way, language)


def changed_rows(row: Row, was: Mapping[str, Any], *, same_features: bool, language: Language) -> Changed:
    """The same of two published rows, where no files of the earlier date and no models are at hand.

    A change between two models is not taken apart then, nor one between two sets of features; it is said why.
    """
    day = date.fromisoformat(str(was["as_of"]))
    about: dict[str, Any] = {
        "since": day.isoformat(),
        "probability_before": was["probability"],
        "probability": row.values["probability"],
        "same_model": was["model"] == row.values["model"],
        "model_before": was["model"],
    }
    first, way = _probabilities(was["probability"], row, Path(day.isoformat()), language)
    if not same_features or not about["same_model"]:
        why = "change.no_model" if same_features else "change.features"
        return Changed(**about, sentences=[first, _of(why, Path(day.isoformat()), language)])
    before, is_now = (pl.DataFrame([dict(values)], infer_schema_length=None) for values in (was, row.values))
    return _taken_apart(row, was, changes(before, is_now), about, first, way, language)


def _taken_apart(
    row: Row,
    was: Mapping[str, Any],
    split: Changes,
    about: Mapping[str, Any],
    first: str,
    way: int,
    language: Language,
) -> Changed:
    """The change with what each feature did; `first`: the sentence on the probabilities."""
    moved, sentences = _told(row, was, split, language, way)
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
    row: Row, before: Mapping[str, Any], split: Changes, language: Language, way: int
) -> tuple[list[Told], list[str]]:
    """The features that moved the score most, one per group, and the sentences on the whole, the facts and the model.

    `way`: which way the probability that is told went, 1, 0 or -1; the margin may go another one.
    """
    data, whole = dict(zip(split.features, split.data[0].tolist(), strict=True)), float(split.margin[0])
    was = {name: None if np.isnan(v) else v for name, v in zip(split.features, split.before[0].tolist(), strict=True)}
    moved: list[Told] = []
    sentences: list[str] = []
    for code, by, name in _strongest(row, data, was, whole):
        if name is None:
            sentences.append(moved_together(code, raises=by > 0, language=language))
        else:
            moved.append(row.moved(name, before, data[name], language))
            sentences.append(moved[-1].sentence)
    if not sentences:
        sentences.append(TELL.text("change.data_same", language))
    elif abs(whole) < LEAST:
        sentences.insert(0, TELL.text("change.hardly", language))
    elif way * whole < 0:
        sentences.insert(0, TELL.text("change.other_way", language))
    if before["model"] != row.values["model"]:
        sentences.append(_of_model(float(split.model.sum() + split.base[0]), language))
    return moved, sentences


def _strongest(
    row: Row, data: Mapping[str, float], was: Mapping[str, float | None], whole: float
) -> list[tuple[str, float, str | None]]:
    """The groups that the facts moved most, at most three: code, log-odds, and the feature that did most of that.

    Those that went the way of the whole change come first, then the strongest; one that moved by less than 0.01 is not
    told. Where the feature that did most cannot be told (see `_tellable`), none is named: no lesser one stands for it.
    Such a group is told only as the first.
    """
    groups: dict[str, list[str]] = {}
    for name in data:
        groups.setdefault(_group(name), []).append(name)
    sums = {code: sum(data[name] for name in names) for code, names in groups.items()}
    against = {code: abs(whole) >= LEAST and whole * by < 0 for code, by in sums.items()}
    found: list[tuple[str, float, str | None]] = []
    for code in sorted(groups, key=lambda code: (against[code], -abs(sums[code]), code)):
        sign = 1 if sums[code] > 0 else -1
        name = max(groups[code], key=lambda name: (sign * data[name], name))
        tellable = _tellable(row, name, was, data[name])
        if abs(sums[code]) >= LEAST and (tellable or not found):
            found.append((code, sums[code], name if tellable else None))
    return found[:MOST]


def _group(name: str) -> str:
    return REGISTRY[name].group.value


def _tellable(row: Row, name: str, was: Mapping[str, float | None], by: float) -> bool:
    """Whether a change of a value can be told as what moved the score.

    Not so where it did next to nothing, where it reads as before (1.06 and 1.06), where it moved the score against its
    declared direction, which features that move together can bring about, or where it raised the risk and is no sign
    of harm now, or lowered it and was none before (see `scoring.evidence`). One from or to missing has no way.
    """
    fact, f, old = row.fact(name), REGISTRY[name], was[name]
    before, now = shown_change(fact, old, "zh")
    if abs(by) < LEAST or before == now:
        return False
    if fact.value is None or old is None:
        return True
    if (fact.value - old) * by * f.direction < 0:
        return False
    is_now = {key.removeprefix(VALUE): value for key, value in row.values.items() if key.startswith(VALUE)}
    return tells(f, is_now) if by > 0 else tells(f, was) or protects(fact.value, f)


def _of_model(by: float, language: Language) -> str:
    """What the new model did."""
    if abs(by) < LEAST:
        return TELL.text("change.model_same", language)
    direction = TELL.text("direction.up" if by > 0 else "direction.down", language)
    return TELL.text("change.model", language, direction=direction)


def _probabilities(was: float, row: Row, before: Path, language: Language) -> tuple[str, int]:
    """The change of the probability, in households where it means any, and which way it went: 1, 0 or -1."""
    is_now: float = row.values["probability"]
    if row.only_orders:
        key, old, new = "change.monitored", f"{was:.3f}", f"{is_now:.3f}"
        of, way = 0, (float(new) > float(old)) - (float(new) < float(old))
    else:
        of = of_households(was, is_now)
        counts = in_households(was, of), in_households(is_now, of)
        key, way = "change", (counts[1] > counts[0]) - (counts[1] < counts[0])
        old, new = str(counts[0]), str(counts[1])
    ending = {1: "up", 0: "same", -1: "down"}[way]
    fields = {"before": _day(before, language), "of": of, "was": old, "is_now": new}
    return TELL.text(f"{key}.{ending}", language, **fields), way


def _by_feature(split: Changes, part: np.ndarray) -> dict[str, float]:
    return dict(zip(split.features, part[0].tolist(), strict=True))


def _of(key: str, before: Path, language: Language) -> str:
    return TELL.text(key, language, before=_day(before, language))


def _day(folder: Path, language: Language) -> str:
    return shown_date(date.fromisoformat(folder.name), "day", language)
