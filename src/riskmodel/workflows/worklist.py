"""The work list of a month: who is visited, drawn once, kept as issued, and told to analysts and to visitors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.features.windows import months_before
from riskmodel.policy import Listing
from riskmodel.scoring.worklist import TIE_RULE, worklist
from riskmodel.tables.files import fingerprint, locked, write_json, write_parquet
from riskmodel.tables.publish import published_folder
from riskmodel.workflows import issued_lists as lists
from riskmodel.workflows.installation import lot_key
from riskmodel.workflows.list_places import By, quotas, with_places, with_visit_facts
from riskmodel.workflows.progress import Progress, Silent
from riskmodel.workflows.score import MANIFEST, as_of_of_month, identity, published
from riskmodel.workflows.train import unconfirmed
from riskmodel.workflows.worklist_books import ANALYSTS, VISITORS, write_books

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from riskmodel.workflows.workspace import Workspace

AREA_DIGITS: Final = (2, 4, 6, 9, 12)
AUDIT_RULE: Final = (
    "Of the visits of a place, the audit share goes to households drawn at random among those of the place that may be "
    "listed and are not; a share that is no whole number is rounded down or up by lot."
)
_COLUMNS: Final = (
    *("household_id", "county", "township", "village_code", "category", "size", "probability", "tier"),
    *("monitored", "too_new", "data_age_days"),
)

_INPUTS_ZH: Final = {
    "by": "分配方式",
    "capacity": "走访名额",
    "scores": "评估结果",
    "policy": "政策数值",
    "seed": "随机种子",
    "lots": "抽签密钥",
    "secret_lots": "抽签密钥的有无",
}


@dataclass(frozen=True)
class WorkList:
    """A list that was issued, now or before."""

    as_of: str
    area: str
    folder: str
    created: bool
    """False when the same list had been issued before and nothing was written."""
    visits: int
    counts: dict[str, int]
    """Households by status: listed, audit, unlisted; left out: monitored, too_new."""
    places: int
    out_of_reach: int
    """Households not listed in places without visits: no audit tells of them."""
    secret_lots: bool
    """False without an installation key: then the lots can be told from ids and seed."""
    analysts: str
    visitors: str
    """Folder with a workbook per place."""
    unconfirmed_policy: list[str] = field(repr=False)


@dataclass(frozen=True)
class _Asked:
    """What a list is asked for."""

    scores: Path
    area: str
    capacity: int | None
    by: By

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.scores.name)


def work_list(
    workspace: Workspace,
    as_of: date | None = None,
    area: str = "",
    capacity: int | None = None,
    by: By = "township",
    *,
    again: bool = False,
    progress: Progress | None = None,
) -> WorkList:
    """Draw the list of the households to visit from the published scores of a date, and write it for its readers.

    `area`: 2, 4, 6, 9 or 12 digits, or "" for all; `capacity`: visits in all (default: the policy's
    `visits.per_township_month` per township). Written to worklists/<as_of>/<area>/ as a whole: worklist.parquet, the
    workbooks, a manifest. A list is a record: the same question gives the list that was issued, another one is refused
    unless `again`, and then stands beside it. Raises UsageError without scores, for an area without households and for
    a capacity below 1; BusyError while another list is written.
    """
    if capacity is not None and capacity < 1:
        raise UsageError(
            f"a capacity of {capacity} visits makes no list. Give at least 1. / "
            f"走访名额 {capacity} 户生成不了名单。至少给 1 户。"
        )
    asked = _Asked(published(workspace, as_of), _checked(area), capacity, by)
    target = lists.folder_of(workspace, asked.as_of, area)
    with locked(target.parent.parent / ".lock", "work list"):
        inputs = _inputs(workspace, asked)
        before = lists.issues(target)
        for issued in before:
            if issued.manifest["inputs"] == inputs:
                issued.rows()  # what is handed out again must be what was issued
                return _told(issued, created=False)
        if before and not again:
            raise UsageError(_refused(before[-1], inputs))
        return _told(_issue(workspace, asked, inputs, progress or Silent()), created=True)


def as_of_of(workspace: Workspace, month: date) -> date:
    """Date of the scores of a month: its run day if scored, else the newest date scored in the month after it."""
    run = as_of_of_month(workspace, month)
    first, after = months_before(run.replace(day=1), 0), months_before(run.replace(day=1), -1)
    dates = [path.name for path in workspace.results.glob("????-??-??") if (path / MANIFEST).exists()]
    near = sorted(day for day in dates if first.isoformat() <= day < after.isoformat())
    return run if run.isoformat() in near or not near else date.fromisoformat(near[-1])


def _checked(area: str) -> str:
    if area and (len(area) not in AREA_DIGITS or not (area.isascii() and area.isdigit())):
        raise UsageError(
            f"{area!r} is no area. Give the 2, 4, 6, 9 or 12 digits of its code. / "
            f"{area!r} 不是地区代码。请写 2、4、6、9 或 12 位数字。"
        )
    return area


def _inputs(workspace: Workspace, asked: _Asked) -> dict[str, Any]:
    """What a list depends on. The key of the lots is known by a fingerprint, which does not tell it."""
    key = lot_key(workspace)
    return {
        "as_of": asked.as_of.isoformat(),
        "area": asked.area,
        "by": asked.by,
        "capacity": asked.capacity,
        "scores": identity(asked.scores),
        "policy": workspace.policy.version,
        "seed": workspace.settings.seed,
        "lots": key.mark,
        "secret_lots": key.secret,
    }


def _refused(issued: lists.Issued, inputs: Mapping[str, Any]) -> str:
    names = [name for name, value in inputs.items() if issued.manifest["inputs"][name] != value]
    return (
        f"a list of {inputs['as_of']} for this area was issued already ({issued.folder}), with another "
        f"{', '.join(names)}. An issued list is not drawn anew in silence: add --again to issue a further one beside "
        f"it. / 本地区 {inputs['as_of']} 的名单此前已生成（{issued.folder}），"
        f"这次的{'、'.join(_INPUTS_ZH.get(name, name) for name in names)}不同。"
        "已生成的名单不会悄悄重抽；确需另出一份，请加 --again，新名单与旧名单并存。"
    )


def _issue(workspace: Workspace, asked: _Asked, inputs: dict[str, Any], show: Progress) -> lists.Issued:
    """Draw the list and publish its folder."""
    scores = _scores(asked)
    views = {county: workspace.lake.view(county, asked.as_of) for county in scores["county"].unique().sort()}
    placed = with_places(scores, views, asked.by)
    dealt = quotas(placed, workspace.policy, asked.as_of, asked.capacity)
    show.say(f"drawing the list of {asked.as_of}")
    drawn = worklist(placed, dealt, lot_key(workspace).key, asked.as_of.isoformat())
    rows, visits = with_visit_facts(drawn, views, workspace.policy), _with_counts(dealt, drawn)
    folder = lists.next_folder(lists.folder_of(workspace, asked.as_of, asked.area))
    show.say("writing the workbooks")
    with published_folder(folder) as filling:
        write_parquet(filling / lists.LIST, rows)
        issued = _manifest(rows, visits, inputs) | {
            "list": fingerprint(filling / lists.LIST),
            "scores": json.loads((asked.scores / MANIFEST).read_text("utf-8")),
            "unconfirmed_policy": unconfirmed(workspace.policy.unconfirmed_used()),
        }
        write_books(filling, rows, visits, asked.scores)
        write_json(filling / lists.MANIFEST, issued)
    return lists.Issued(folder, issued)


def _scores(asked: _Asked) -> pl.DataFrame:
    """The scores of the area. Raises UsageError where there are none, or not what decides who may be listed."""
    scores = pl.scan_parquet(asked.scores / "*.parquet")
    if "too_new" not in scores.collect_schema():
        raise UsageError(
            f"the scores in {asked.scores} do not say who is too new to judge. Score that date again. / "
            f"{asked.scores} 中的评估结果没有标明哪些户记录过短。请重新评估该日期。"
        )
    found = scores.filter(pl.col("village_code").str.starts_with(asked.area)).select(_COLUMNS).collect()
    if found.is_empty():
        raise UsageError(
            f"no household of area {asked.area} was scored on {asked.as_of}. Check the digits. / "
            f"{asked.as_of} 没有评估过地区 {asked.area} 的户。请核对地区代码。"
        )
    return found


def _with_counts(visits: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """The quotas of the places with how many households were listed and drawn."""
    counted = (rows["status"] == word.value for word in (Listing.LISTED, Listing.AUDIT))
    listed, audit = (rows.filter(which).group_by("place").len() for which in counted)
    joined = visits.join(listed.rename({"len": "listed"}), on="place", how="left", maintain_order="left")
    joined = joined.join(audit.rename({"len": "audit"}), on="place", how="left", maintain_order="left")
    return joined.with_columns(pl.col("listed", "audit").fill_null(0).cast(pl.Int64))


def _manifest(rows: pl.DataFrame, visits: pl.DataFrame, inputs: dict[str, Any]) -> dict[str, Any]:
    counts: dict[str, int] = dict(rows.group_by("status").len().iter_rows())
    unreached = rows.filter(pl.col("status") == Listing.UNLISTED.value, pl.col("inclusion_probability") == 0)
    return {
        "inputs": inputs,
        "counts": {word.value: counts.get(word.value, 0) for word in Listing},
        "out_of_reach": unreached.height,
        "quotas": visits.to_dicts(),
        "tie_rule": TIE_RULE,
        "audit_rule": AUDIT_RULE,
    }


def _told(issued: lists.Issued, *, created: bool) -> WorkList:
    manifest, inputs = issued.manifest, issued.manifest["inputs"]
    return WorkList(
        as_of=inputs["as_of"],
        area=inputs["area"],
        folder=str(issued.folder),
        created=created,
        visits=manifest["counts"][Listing.LISTED] + manifest["counts"][Listing.AUDIT],
        counts=manifest["counts"],
        places=len(manifest["quotas"]),
        out_of_reach=manifest["out_of_reach"],
        secret_lots=inputs["secret_lots"],
        analysts=str(issued.folder / ANALYSTS),
        visitors=str(issued.folder / VISITORS),
        unconfirmed_policy=manifest["unconfirmed_policy"],
    )
