"""The ledger as a whole: its pages and counts, and the workbook that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from riskmodel.review.access import Right
from riskmodel.review.hit_rates import HitRate, hit_rates, visited
from riskmodel.review.lamps import Lamps, lamps
from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_pages import AskedEntries, EntryPage, TownshipCount, counts, entry_page, overdue
from riskmodel.review.ledger_sheet import Preview, SheetRow, applied, previewed
from riskmodel.workflows.cases import actor_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from riskmodel.review.access import Principal
    from riskmodel.workflows.service import Service

PLANNED = "visits.per_township_month"
"""Policy kind: visits of a township in a month."""


def ledger(service: Service, who: Principal, asked: AskedEntries, now: datetime) -> tuple[EntryPage, Lamps]:
    """A page of the ledger, and the lamps of the day; that it was read is in the audit log.

    Raises NotAllowed, and NoSuchEntry for an area that lies not in that of who asks.
    """
    _require_area(who, asked.area)
    light = lamps(service.workspace.policy, now.date())
    found = entry_page(service.store, asked, light)
    if found.entries:
        ids = list(dict.fromkeys(one.household_id for one in found.entries))
        service.noted(who, "read", ids, f"ledger {asked.area}".strip(), now).result()
    return found, light


def ledger_counts(service: Service, who: Principal, area: str, now: datetime) -> list[TownshipCount]:
    """Entries by township, state and lamp. No household is in it, so it is no look at one."""
    _require_area(who, area)
    return counts(service.store, area, lamps(service.workspace.policy, now.date()))


def ledger_overdue(service: Service, who: Principal, area: str, now: datetime) -> int:
    """How many entries of an area are overdue."""
    _require_area(who, area)
    return overdue(service.store, area, lamps(service.workspace.policy, now.date()))


def ledger_preview(service: Service, who: Principal, rows: Sequence[SheetRow], now: datetime) -> Preview:
    """What a workbook would change, which of its rows are stale, and which break a rule; nothing is changed."""
    who.require(Right.DECIDE)
    found = previewed(service.store, rows, actor_of(service, who), who.sees, now.date())
    ids = _households(found)
    if ids:
        service.noted(who, "read", ids, "ledger workbook, preview", now).result()
    return found


def ledger_apply(service: Service, who: Principal, rows: Sequence[SheetRow], now: datetime) -> Preview:
    """Do what a workbook says, all of it or nothing; again it changes nothing. Raises NotAllowed, NotApplied."""
    who.require(Right.DECIDE)
    actor = actor_of(service, who)
    with service.store.writing() as connection:
        found = applied(connection, rows, actor, who.sees, now)
        if found.changes:
            purpose = f"ledger workbook, {len(found.changes)} entries"
            service.noted(who, "ledger", _households(found), purpose, now).result()
    return found


def hits(service: Service, who: Principal, area: str, first: date, last: date) -> list[HitRate]:
    """By township, what the visits to listed households found."""
    _require_area(who, area)
    return hit_rates(service.store, area, first, last)


def visits_done(
    service: Service, who: Principal, area: str, first: date, last: date
) -> dict[str, tuple[int, int | None]]:
    """By township, households visited from one day to another, and how many the policy plans for a month.

    The plan is None where nobody set one (未设定).
    """
    _require_area(who, area)
    done, policy = visited(service.store, area, first, last), service.workspace.policy
    townships = {found.code for found in service.areas(who) if len(found.code) == 9 and found.code.startswith(area)}
    plans = {code: policy.find(PLANNED, code, on=last, known=last) for code in sorted(townships | done.keys())}
    return {code: (done.get(code, 0), None if plan is None else int(plan.value)) for code, plan in plans.items()}


def _require_area(who: Principal, area: str) -> None:
    who.require(Right.READ)
    if not who.sees(area):
        raise NoSuchEntry


def _households(found: Preview) -> list[str]:
    looked_at = [change.before.household_id for change in found.changes] + [
        row.stored.household_id for row in found.stale
    ]
    return list(dict.fromkeys(looked_at))
