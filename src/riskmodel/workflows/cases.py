"""The ledger of a running service, one function per verb: open, revise, assign, advance, close, reopen.

Each write carries a token of its form, so that a double click counts once, and the version that was read, so that
nobody overwrites what they did not see. It is answered when the change and its entry of the audit log would survive a
power cut.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from riskmodel.policy import LedgerState
from riskmodel.review.access import Right
from riskmodel.review.ledger import (
    Changed,
    add_entry,
    change_entry,
    current,
    entries_of,
    entry,
    history_of,
)
from riskmodel.review.ledger_rules import Actor, LedgerEntry
from riskmodel.review.once import once
from riskmodel.review.user_list import user_of_id
from riskmodel.workflows.identification import village_seen
from riskmodel.workflows.visits import forget_before, letter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.once import Transaction
    from riskmodel.workflows.service import Service


@dataclass(frozen=True)
class Draft:
    """A change that somebody makes: the token of the form, the entry, and the version of it that they saw."""

    token: str
    id: int
    version: int


@dataclass(frozen=True)
class Saved:
    """An entry after a write."""

    id: int
    version: int


def open_case(service: Service, who: Principal, token: str, case: LedgerEntry, now: datetime) -> Saved | None:
    """Open an entry for a household; None where it is not in the area of who asks. `village_code` is looked up.

    Raises NotAllowed, RuleBroken, KeyUsedBefore.
    """
    who.require(Right.DECIDE)
    village = village_seen(service, who, case.household_id)
    if village is None:
        return None
    placed = LedgerEntry(**vars(case) | {"village_code": village})

    def write(connection: Transaction) -> LedgerEntry:
        return add_entry(connection, placed, actor_of(service, who), now)

    return _saved(service, who, token, asdict(placed), write, now)


def revise(
    service: Service, who: Principal, draft: Draft, wish: Mapping[str, Any], reason: str, now: datetime
) -> Saved:
    """Change fields of an entry (`review.ledger_rules.TITLES`), the state among them.

    Raises NotAllowed, NoSuchEntry (also for one of another area), ChangedMeanwhile with both texts, RuleBroken,
    KeyUsedBefore.
    """
    who.require(Right.DECIDE)

    def write(connection: Transaction) -> LedgerEntry:
        before = current(connection, draft.id, draft.version, wish, who.sees)
        return change_entry(connection, before, wish, reason, actor_of(service, who), now)

    told = asdict(draft) | {"wish": dict(wish), "reason": reason}
    return _saved(service, who, draft.token, told, write, now)


def assign(
    service: Service, who: Principal, draft: Draft, responsible: tuple[str, str], reason: str, now: datetime
) -> Saved:
    """Give an entry another responsible person (code and name); needs a reason."""
    wish = {"responsible_id": responsible[0], "responsible_name": responsible[1]}
    return revise(service, who, draft, wish, reason, now)


def advance(
    service: Service, who: Principal, draft: Draft, state: LedgerState, evidence: str | None, now: datetime
) -> Saved:
    """Take an entry to its next state; `evidence`: what was done, None where it stays as it is."""
    wish = {"state": state} | ({} if evidence is None else {"evidence": evidence})
    return revise(service, who, draft, wish, "", now)


def close(service: Service, who: Principal, draft: Draft, note: str, now: datetime) -> Saved:
    """Close an entry (销号) as the second person, with what was verified."""
    who.require(Right.CLOSE)
    return revise(service, who, draft, {"state": LedgerState.CLOSED}, note, now)


def reopen(
    service: Service, who: Principal, draft: Draft, reason: str, now: datetime, wish: Mapping[str, Any] | None = None
) -> Saved:
    """Open a closed entry again; `wish`: its new deadline, say."""
    return revise(service, who, draft, {"state": LedgerState.REOPENED, **(wish or {})}, reason, now)


def cases(service: Service, who: Principal, household_id: str, now: datetime) -> list[LedgerEntry]:
    """The entries of a household; that they were read is in the audit log."""
    who.require(Right.READ)
    found = entries_of(service.store, household_id, who.sees)
    if found:
        service.noted(who, "read", [household_id], "ledger", now).result()
    return found


def case(service: Service, who: Principal, number: int, now: datetime) -> tuple[LedgerEntry, list[Changed]]:
    """An entry with its history. Raises NoSuchEntry, also for one of another area."""
    who.require(Right.READ)
    found = entry(service.store, number, who.sees)
    service.noted(who, "read", [found.household_id], f"ledger {number}", now).result()
    return found, history_of(service.store, number)


def actor_of(service: Service, who: Principal) -> Actor:
    """Who asks, with every name under which the ledger may know them: a second person is another person."""
    user = user_of_id(service.store, who.id)
    also = () if user is None else (user.login, user.staff)
    return Actor(who.id, who.name, who.may(Right.CLOSE), also)


def _saved(
    service: Service,
    who: Principal,
    token: str,
    told: dict[str, Any],
    write: Callable[[Transaction], LedgerEntry],
    now: datetime,
) -> Saved:
    def once_written(connection: Transaction) -> bytes:
        stored = write(connection)
        purpose = f"ledger {stored.id} version {stored.version} {stored.state.value}"
        service.noted(who, "ledger", [stored.household_id], purpose, now).result()
        return json.dumps([stored.id, stored.version]).encode()

    letter = letter_of(who.id, token, [told])
    answer = once(service.store, letter, once_written, now, forget_before(service.workspace.policy, now))
    return Saved(*json.loads(answer))
