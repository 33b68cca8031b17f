"""Explain a household: the stored scores and codes as sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features.origins import NEWEST, STATE
from riskmodel.policy import Cause, Tier, group
from riskmodel.rendering.policy_note import unconfirmed_note
from riskmodel.rendering.values import TELL
from riskmodel.scoring.reasons import group_parts, protections, stored_reasons
from riskmodel.scoring.score import CONTRIBUTION, GROUP, OWN, VALUE
from riskmodel.scoring.typical import Typical
from riskmodel.workflows.changed import Changed, changed
from riskmodel.workflows.measures import MeasureEntry, measures_of
from riskmodel.workflows.score import MANIFEST, TYPICAL, published
from riskmodel.workflows.told import Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from riskmodel.rendering.messages import Language
    from riskmodel.scoring.reasons import Reason
    from riskmodel.workflows.workspace import Workspace

REGISTER: Final = (STATE, "members")
"""What is known of every household: who it is."""


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
    """At most five, one per group: see `workflows.told.Told`."""
    protections: list[dict[str, Any]]
    """What lowers the risk, at most three, by the same rule."""
    missing: list[dict[str, Any]]
    """What is not known of the household and known of most others there, at most two."""
    groups: list[dict[str, Any]]
    """Sum of each group with the parts that raise and lower, highest first."""
    contributions: dict[str, float]
    values: dict[str, float | None]
    model: str
    data_age_days: int | None
    """Days since news of the household last arrived; not the age of its facts."""
    notes: list[str]
    probability_6m: float | None = None
    """Within 6 months, where that horizon has a model."""
    model_6m: str | None = None
    """That model; None also for scores of a version that did not name it."""
    change: Changed | None = None
    """Since an earlier date; None where nobody asked for it."""
    measures: list[MeasureEntry] | None = None
    """What the rules of help allow for the causes told, see `workflows.measures`; None where the facts of that day are
    not at hand."""
    language: Language = field(default="zh", repr=False)


def explain(
    workspace: Workspace,
    household_id: str,
    as_of: date | None = None,
    language: Language = "zh",
    since: date | None = None,
) -> Explanation:
    """The explanation of a household as scored at `as_of` (default: newest), and what changed since `since`.

    `since`: by default the date scored before. Raises UsageError for an unknown household and for a date that was not
    scored.
    """
    folder = published(workspace, as_of)
    found = pl.scan_parquet(folder / "*.parquet").filter(pl.col("household_id") == household_id).collect()
    if found.is_empty():
        raise UsageError(
            f"household {household_id} was not scored on {folder.name}. Check the id, or give --as-of. / "
            f"{folder.name} 没有评估过户 {household_id}。请核对户编号，或用 --as-of 指定日期。"
        )
    (row,) = with_typical(folder, found)
    told = render(row, _notes(folder / MANIFEST, language), language, changed(workspace, row, folder, since, language))
    return replace(told, measures=_measures(workspace, row))


def listed(workspace: Workspace, count: int, as_of: date | None = None, language: Language = "zh") -> list[Explanation]:
    """The `count` households of highest risk over all counties with their reasons, those monitored already left out.

    Households too new to judge are left out as well. Raises UsageError for scores of a version that did not mark them.
    """
    folder = published(workspace, as_of)
    scores = pl.scan_parquet(folder / "*.parquet")
    if "too_new" not in scores.collect_schema():
        raise UsageError(
            f"the scores in {folder} do not say which households are too new to judge. Score that date again. / "
            f"{folder} 中的评估结果没有标明哪些户记录过短。请重新评估该日期。"
        )
    rows = scores.filter(~pl.col("monitored") & ~pl.col("too_new")).sort(
        ["probability", "household_id"], descending=[True, False]
    )
    return [render(row, [], language) for row in with_typical(folder, rows.head(count).collect())]


def with_typical(folder: Path, rows: pl.DataFrame) -> list[Row]:
    """Rows of the scores in a folder, each with what is typical where the household lives.

    Raises UsageError for scores of a version that published nothing of the kind.
    """
    counties = rows["county"].unique().to_list()
    paths = {county: folder / TYPICAL / f"{county}.parquet" for county in counties}
    if absent := sorted(county for county, path in paths.items() if not path.exists()):
        raise UsageError(
            f"the scores in {folder} do not say what is typical of county {absent[0]}. Score that date again. / "
            f"{folder} 中的评估结果没有县 {absent[0]} 的一般水平。请重新评估该日期。"
        )
    tables = {county: pl.read_parquet(path, glob=False) for county, path in paths.items()}
    places = {
        (county, village): Typical.of(tables[county], village)
        for county, village in rows.select("county", "village_code").unique().iter_rows()
    }
    return [Row(row, places[row["county"], row["village_code"]]) for row in rows.iter_rows(named=True)]


def causes_told(row: Mapping[str, Any]) -> list[str]:
    """Codes of the official causes among the reasons of a row, in their order: what measures are asked for."""
    return [found.group for found in stored_reasons(row) if found.group in Cause.codes()]


def render(scored: Row, notes: Sequence[str], language: Language, change: Changed | None = None) -> Explanation:
    """One row of a result table in words."""
    row = scored.values
    tier = Tier(row["tier"])
    return Explanation(
        household_id=row["household_id"],
        village_code=row["village_code"],
        as_of=row["as_of"].isoformat(),
        label=row["label"],
        probability=row["probability"],
        meaning=scored.meaning(language),
        tier=tier.value,
        tier_title=tier.zh if language == "zh" else tier.en,
        rank_county=row["rank_county"],
        rank_township=row["rank_township"],
        margin=row["margin"],
        base=row["base"],
        reasons=_told(scored, stored_reasons(row), language, raises=True),
        protections=_told(scored, protections(row), language, raises=False),
        missing=[dict(vars(told)) for told in scored.missing(language)],
        groups=_groups(row, language),
        contributions=_numbers(row, CONTRIBUTION),
        values=_numbers(row, VALUE),
        model=row["model"],
        data_age_days=row.get("data_age_days"),
        probability_6m=row.get("probability_6m"),
        model_6m=row.get("model_6m"),
        notes=[TELL.text("note.order_only", language), *notes, *_own_notes(row, language)],
        change=change,
        language=language,
    )


def _measures(workspace: Workspace, scored: Row) -> list[MeasureEntry] | None:
    """The measures for the causes that raise the risk; they need the facts, which the scores do not hold."""
    row = scored.values
    if row["county"] not in workspace.lake.counties():
        return None
    return measures_of(workspace, row["household_id"], row["as_of"], causes_told(row))


def _told(scored: Row, found: Sequence[Reason], language: Language, *, raises: bool) -> list[dict[str, Any]]:
    return [dict(vars(scored.told(one, raises=raises, language=language))) for one in found]


def _groups(row: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    parts = group_parts(row)
    found = [
        {
            "group": code,
            "title": group(code).zh if language == "zh" else group(code).en,
            "contribution": value,
            "raising": parts[code][0],
            "lowering": parts[code][1],
        }
        for code, value in _numbers(row, GROUP).items()
    ]
    return sorted(found, key=lambda one: -one["contribution"])


def _numbers(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The columns of a prefix by the name that follows it."""
    return {short: row[name] for name, short in _columns(tuple(row), prefix)}


@lru_cache(maxsize=64)
def _columns(names: tuple[str, ...], prefix: str) -> list[tuple[str, str]]:
    """The columns of a prefix, each with the name that follows it: the rows of a month all have the same ones."""
    return [(name, name.removeprefix(prefix)) for name in names if name.startswith(prefix)]


def _own_notes(row: Mapping[str, Any], language: Language) -> Iterator[str]:
    """What has to be known about this household's score."""
    if row.get("too_new"):
        yield TELL.text("note.too_new", language)
    newest = [value for name, value in _numbers(row, NEWEST).items() if name not in REGISTER]
    if newest and not any(newest):
        yield TELL.text("note.nothing_known", language)
    if row.get("monitored"):
        yield TELL.text("note.monitored", language)
    own = row.get(OWN)
    if own is not None and own < row["probability"]:
        yield TELL.text("note.lifted", language, own=f"{own:.3f}")


def _notes(manifest: Path, language: Language) -> list[str]:
    values = json.loads(manifest.read_text("utf-8"))["unconfirmed_policy"]
    if not values:
        return []
    return [unconfirmed_note(values, language)]
