"""The work list back from visits: which verdicts a form would make, which rows are stale or wrong; all or nothing.

A row carries a mark of what was known of the visits of its household when the form was made. Where something else is
known by now, somebody told of a visit meanwhile: the row is stale. What is known already as the row says it is left
alone, so the same form twice changes nothing. What is kept are verdicts, by the same rules as those of a page.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal

from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, Tier, VisitReason
from riskmodel.review.access import Right
from riskmodel.review.assessments import homes, month
from riskmodel.review.verdict_rules import Verdict, checked_verdict
from riskmodel.review.verdicts import newest_of
from riskmodel.review.visited import standing
from riskmodel.workflows.filled_sheet import Fault, fault
from riskmodel.workflows.list_books import edition_of, mark_of
from riskmodel.workflows.sent_case import WrongFacts
from riskmodel.workflows.verdicts import Seen, decide_all, shown
from riskmodel.workflows.visits import checked_visits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.verdicts import KeptVerdict, Shown
    from riskmodel.workflows.filled_sheet import FilledList, FilledRow
    from riskmodel.workflows.service import Service

    Visit = tuple[str, date, str]
    Told = tuple[Seen, Verdict]

KEY: Final = ("household_id", "visited_on", "visitor_id")
_SAYS: Final = ("reason", "finding", "cause_1", "cause_2")
_WHOLE: Final = "整行"
"""Stands for the column where a rule is about several."""


@dataclass(frozen=True)
class ListPreview:
    """What would be kept."""

    new: list[FilledRow] = field(repr=False)
    told: list[Told] = field(repr=False)
    """The verdicts of `new`."""
    known: int
    """Rows that say what is known already."""
    stale: list[FilledRow] = field(repr=False)
    faults: list[Fault]

    @property
    def usable(self) -> bool:
        """Whether it may be kept."""
        return not (self.stale or self.faults)


class PublishedAnew(UsageError):
    """The month of a form was published again after the form was made, or was erased."""

    def __init__(self, edition: str) -> None:
        day = edition.partition(" ")[0][:10]
        super().__init__(
            f"the month {day!r} was published again after this form was made. Download it again; nothing was kept. / "
            f"本表所属的一期（{day}）在下载之后已重新发布或已不在系统中，请重新下载走访登记表。没有导入任何内容。"
        )


class NotTheirs(UsageError):
    """Rows about households that are not in the area of who sends them, or that nobody knows."""

    def __init__(self, rows: Sequence[int]) -> None:
        told = "、".join(map(str, rows[:10])) + ("等" if len(rows) > 10 else "")
        super().__init__(
            f"rows {', '.join(map(str, rows[:10]))}: no such household in your area; nothing was kept. / "
            f"第 {told} 行：您的辖区内没有这一户。整个表格没有导入。"
        )


def preview_filled(service: Service, who: Principal, filled: FilledList, now: datetime) -> ListPreview:
    """What would be kept of a workbook; that its households were looked at is in the audit log before.

    Raises NotAllowed, NotTheirs where one row is of another area, and PublishedAnew: then all of it is refused.
    """
    who.require(Right.DECIDE)
    if not filled.rows:
        return ListPreview([], [], 0, [], filled.faults)
    ids = list(dict.fromkeys(str(row.values["household_id"]) for row in filled.rows))
    places = homes(service.store, ids)
    strange = [row.row for row in filled.rows if not _theirs(places.get(str(row.values["household_id"])), who)]
    if strange:
        raise NotTheirs(strange)
    as_of = _published(service, filled.edition)
    service.noted(who, "read", ids, "filled work list, preview", now).result()
    before = _Before(standing(service.store, ids), _verdicts(service, who, ids))
    found = ListPreview([], [], 0, [], [*filled.faults, *_faults(filled.rows, now)])
    wrong, known = {one.row for one in found.faults}, 0
    for row in filled.rows:
        if row.row in wrong:
            continue
        match _outcome(before, row, shown(service, who, row.values["household_id"], as_of), now.date()):
            case "known":
                known += 1
            case "stale":
                found.stale.append(row)
            case Fault() as one:
                found.faults.append(one)
            case told:
                found.new.append(row)
                found.told.append(told)
    return replace(found, known=known)


def keep_filled(service: Service, who: Principal, token: str, filled: FilledList, now: datetime) -> ListPreview:
    """Keep the verdicts of a workbook, all of them or none; what was kept. A second time it changes nothing.

    Raises what `preview_filled` and `verdicts.decide_all` raise, and UsageError where a row is stale or wrong by now.
    """
    found = preview_filled(service, who, filled, now)
    if not found.usable:
        raise UsageError(
            "nothing was kept: rows are stale or wrong. / 没有保存：有的行已被他人登记或不符合要求，请重新导入查看。"
        )
    if found.told and decide_all(service, who, token, found.told, now) is None:
        raise NotTheirs([row.row for row in found.new])
    return found


@dataclass(frozen=True)
class _Before:
    """What is known of the households of a workbook."""

    visits: Mapping[str, Sequence[Mapping[str, Any]]]
    verdicts: Mapping[Visit, KeptVerdict]


def _outcome(
    before: _Before, row: FilledRow, found: Shown | None, today: date
) -> Told | Fault | Literal["known", "stale"]:
    """What one row comes to; `found`: what the list of its month said of the household."""
    if found is None:
        return fault(row.row, "household_id", "这一户不在本表所属的一期中，请在该户的页面登记核查结论")
    try:
        told = checked_verdict(_verdict(row), Tier(found.tier), today, listed=found.listed)
    except UsageError as error:
        return fault(row.row, _WHOLE, str(error))
    home = found.household_id
    kept = before.verdicts.get((home, told.visited_on, told.visitor_id))
    if kept is not None:
        if not kept.withdrawn and replace(kept.verdict, wrong_values=()) == told:
            return "known"
        return fault(row.row, _WHOLE, "这次走访已有核查结论，内容与本行不同或已撤回，请在该户的页面更正")
    own = before.visits[home]
    if not (told.why or told.note) and any(_says(one) == _says(row.values) for one in own):
        return "known"
    if mark_of(home, own) != (row.mark or mark_of(home, [])):
        return "stale"
    return Seen(home, found.as_of, found.sha256), told


def _verdict(row: FilledRow) -> Verdict:
    values = row.values
    return Verdict(
        visited_on=values["visited_on"],
        visitor_id=values["visitor_id"],
        reason=VisitReason(values["reason"]),
        finding=Finding(values["finding"]),
        causes=tuple(Cause(values[name]) for name in ("cause_1", "cause_2") if values[name]),
        why=row.why,
        note=row.note,
    )


def _verdicts(service: Service, who: Principal, households: Sequence[str]) -> dict[Visit, KeptVerdict]:
    kept = newest_of(service.store, households, who.sees)
    return {(one.household_id, one.verdict.visited_on, one.verdict.visitor_id): one for one in kept}


def _published(service: Service, edition: str) -> date:
    """The date of a form, as it is published now. Raises PublishedAnew."""
    try:
        found = month(service.store, date.fromisoformat(edition.partition(" ")[0]))
    except ValueError:
        found = None
    if found is None or edition_of(found) != edition:
        raise PublishedAnew(edition)
    return found.as_of


def _faults(rows: Sequence[FilledRow], now: datetime) -> list[Fault]:
    """What breaks the contract of the table, and visits that stand in the workbook twice."""
    seen = Counter(tuple(row.values[name] for name in KEY) for row in rows)
    twice = [row for row in rows if seen[tuple(row.values[name] for name in KEY)] > 1]
    faults = [fault(row.row, "household_id", "同一次走访在表中出现多次") for row in twice]
    try:
        checked_visits([row.values for row in rows], now.date())
    except WrongFacts as error:
        faults += [fault(rows[one.row].row, one.column, one.rule, one.value) for one in error.found if one.rule]
    return faults


def _theirs(village: str | None, who: Principal) -> bool:
    return village is not None and who.sees(village)


def _says(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in (*KEY, *_SAYS))
