"""What work lists found and what they missed, from the visits that were reported since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import polars as pl

from riskmodel.errors import UsageError
from riskmodel.policy import Finding, Listing
from riskmodel.training.audit_estimate import AuditEstimate, estimate
from riskmodel.workflows.issued_lists import Issued, newest_list, newest_lists

if TYPE_CHECKING:
    from riskmodel.workflows.workspace import Workspace

VISIT_DAYS: Final = 62
"""Visits of so many days from the date of a list on count as its visits: two months, for some are made or told late."""
FEW: Final = 10
"""Fewer answers or cases than this say little."""


@dataclass(frozen=True)
class Evaluated:
    """What lists found and missed, taken together; a household counts once for each list."""

    area: str
    lists: list[str]
    """Folders of the lists, oldest first."""
    read_on: str
    """Newest delivery whose visits were read."""
    numbers: AuditEstimate = field(repr=False)
    warnings: list[str]

    @property
    def told(self) -> bool:
        """Whether anything can be said about what the lists missed."""
        return self.numbers.audited.known > 0


def evaluate_lists(
    workspace: Workspace, as_of: date | None = None, area: str = "", since: date | None = None
) -> Evaluated:
    """Recall, precision and missed cases of the list of a date (default: the newest) of an area, see `estimate`.

    `since`: of all lists of the area from that date to `as_of`, each its last issue; one month's audit alone is small.
    A case is a visit within 62 days of the list that found a risk; a household with no visit, or where nobody was met,
    is not known. Raises UsageError without a list, DataError for a list that was changed.
    """
    chosen = [newest_list(workspace, area, as_of)]
    last = date.fromisoformat(chosen[0].manifest["inputs"]["as_of"])
    if since is not None and since > last:
        raise UsageError(
            f"no list was drawn since {since}; the newest one is of {last}. Give an earlier month. / "
            f"{since} 以后没有生成过名单，最新一份是 {last} 的。请给更早的月份。"
        )
    if since is not None and since < last:
        chosen = newest_lists(workspace, area, since, last)
    read_on = workspace.lake.newest_delivery()
    answers = pl.concat([_answers(workspace, issued, read_on) for issued in chosen])
    status = answers["status"]
    numbers = estimate(
        answers["found"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        (status == Listing.LISTED.value).to_numpy(),
        (status == Listing.AUDIT.value).to_numpy(),
        answers["inclusion_probability"].to_numpy(),
    )
    folders = [str(issued.folder) for issued in chosen]
    return Evaluated(area, folders, read_on.isoformat(), numbers, _warnings(numbers, last, read_on))


def _answers(workspace: Workspace, issued: Issued, read_on: date) -> pl.DataFrame:
    """The households that could have been listed: `status`, `inclusion_probability`, `found` (null: not known)."""
    rows = issued.rows().filter(pl.col("inclusion_probability").is_not_null())
    first = date.fromisoformat(issued.manifest["inputs"]["as_of"])
    days = pl.col("visited_on").is_between(first, first + timedelta(days=VISIT_DAYS), closed="left")
    parts = [pl.DataFrame(schema={"household_id": pl.String, "found": pl.Boolean})]
    for county in rows["county"].unique().sort():
        view = workspace.lake.view(county, read_on)
        met = view.table("visits").filter(days, pl.col("finding").cast(pl.String) != Finding.NOT_HOME.value)
        risk = (pl.col("finding").cast(pl.String) == Finding.RISK.value).any()
        told = view.collect(met.group_by("household_id").agg(found=risk))
        parts.append(told.with_columns(household_id=view.ids.decode("H", told["household_id"])))
    joined = rows.join(pl.concat(parts), on="household_id", how="left", maintain_order="left")
    return joined.select("status", "inclusion_probability", "found")


def _warnings(numbers: AuditEstimate, last: date, read_on: date) -> list[str]:
    """What has to be known beside the numbers."""
    until = last + timedelta(days=VISIT_DAYS)
    cases = numbers.listed.found + numbers.audited.found
    unknown = numbers.listed.households - numbers.listed.known + numbers.audited.households - numbers.audited.known
    audited, out = numbers.audited.known, numbers.out_of_reach
    found = [
        (not audited, "no audit visit is known: nothing can be said about what the list missed / "
         "没有已知的抽查结果，无法说明名单漏掉了多少"),
        (0 < audited < FEW, f"only {audited} audit visits are known: pool months, --since / "
         f"已知的抽查结果只有 {audited} 户：请用 --since 把几个月合在一起"),
        (cases < FEW, f"only {cases} cases were found: the numbers can change much by a single one / "
         f"只发现 {cases} 户有风险：多一户少一户，数字就会差很多"),
        (unknown > 0, f"{unknown} visits are not known; they are taken to have found what the others found / "
         f"{unknown} 户走访结果未知，按与其他户相同估计"),
        (out > 0, f"{out} households not listed live where there were no visits: nothing is said of them / "
         f"{out} 户未列入名单且所在地没有走访，对它们不作估计"),
        (read_on < until, f"visits are known until {read_on}; those until {until} count / "
         f"走访结果只知道到 {read_on}，到 {until} 为止的都计入"),
    ]  # fmt: skip
    return [text for applies, text in found if applies]
