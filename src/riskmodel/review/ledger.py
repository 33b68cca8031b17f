"""The ledger (台账) in the database: entries, each change of them as a row of history, and what households have.

Every write checks the version that was read, adds its row of history in the same transaction, and has `noted` called
before it ends, so that nothing changes of which the audit log does not know.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from riskmodel.errors import UsageError
from riskmodel.policy import LedgerClass, LedgerState, Measure, Track
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.free_text import free_text
from riskmodel.review.keys import stamp
from riskmodel.review.ledger_rules import Actor, LedgerEntry, changed, new_entry
from riskmodel.review.ledger_schema import ENTRIES, HISTORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from riskmodel.review.store import Store

TOWNSHIP: Final = 9
"""Digits of a township's code."""
TRACED: Final = (
    *("kind", "problem", "measures", "responsible_id", "responsible_name", "track", "deadline", "state", "evidence"),
    *("sent_by_id", "sent_by_name"),
)
"""Fields whose changes history tells."""
_PORTION: Final = 500
"""Numbers in one question: databases bound how many."""


class NoSuchEntry(UsageError):
    """There is no entry of this number, or it is in another area."""

    def __init__(self) -> None:
        super().__init__("there is no such entry in your area. / 本辖区没有这条台账。")


@dataclass(frozen=True)
class Changed:
    """A change of an entry: who, when, what before and after, and why."""

    version: int
    changes: Mapping[str, tuple[str | None, str]] = field(repr=False)
    """Field -> before (None: the entry was made) and after, as text."""
    reason: str = field(repr=False)
    by_id: str
    by_name: str
    at: str


def add_entry(connection: Connection, entry: LedgerEntry, actor: Actor, now: datetime) -> LedgerEntry:
    """Open an entry. Raises RuleBroken."""
    made = replace(new_entry(entry, now.date()), version=1)
    row = _row(made) | {"opened_at": stamp(now), "changed_at": stamp(now)}
    number = connection.execute(insert(ENTRIES).values(**row).returning(ENTRIES.c.id)).scalar_one()
    stored = replace(made, id=number)
    _trace(connection, None, stored, "", actor, now)
    return stored


def change_entry(
    connection: Connection, before: LedgerEntry, wish: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> LedgerEntry:
    """Change an entry that was read in this transaction, see `held`; itself where nothing is different.

    Raises RuleBroken.
    """
    after = changed(before, wish, reason, actor, now.date())
    if after is before:
        return before
    stored = replace(after, version=before.version + 1)
    values = _row(stored) | {"changed_at": stamp(now)}
    connection.execute(update(ENTRIES).where(ENTRIES.c.id == stored.id).values(**values))
    _trace(connection, before, stored, free_text(reason, "理由"), actor, now)
    return stored


def current(
    connection: Connection, number: int, version: int, wish: Mapping[str, Any], sees: Callable[[str], bool]
) -> LedgerEntry:
    """The entry that is going to be changed. Raises NoSuchEntry, and ChangedMeanwhile for an older version."""
    found = held(connection, [number], sees).get(number)
    if found is None:
        raise NoSuchEntry
    if found.version != version:
        raise ChangedMeanwhile(stored=found, sent=dict(wish))
    return found


def held(connection: Connection, numbers: Iterable[int], sees: Callable[[str], bool]) -> dict[int, LedgerEntry]:
    """Entries by number that nobody else changes until the transaction ends; without those of other areas."""
    asked, found = sorted(set(numbers)), {}
    for start in range(0, len(asked), _PORTION):
        query = select(ENTRIES).where(ENTRIES.c.id.in_(asked[start : start + _PORTION]))
        for row in connection.execute(query.order_by(ENTRIES.c.id).with_for_update()).mappings():
            if sees(row["village_code"]):
                found[row["id"]] = _with_hands(connection, entry_of(row))
    return found


def _with_hands(connection: Connection, entry: LedgerEntry) -> LedgerEntry:
    """An entry that is to be verified, with the names of those who may not close it."""
    if entry.state is not LedgerState.TO_VERIFY:
        return entry
    query = select(HISTORY).where(HISTORY.c.entry_id == entry.id).order_by(HISTORY.c.version)
    hands: list[str] = []
    for row in connection.execute(query).mappings():
        changes = json.loads(row["changes"])
        if changes.get("state", ["", ""])[1] == LedgerState.REOPENED:
            hands = []
        hands += [changes[name][1] for name in ("responsible_id", "responsible_name") if name in changes]
        if "evidence" in changes and row["version"] > 1:
            hands += [row["by_id"], row["by_name"]]
    return replace(entry, hands=tuple(dict.fromkeys(hands)))


def entries_of(store: Store, household_id: str, sees: Callable[[str], bool]) -> list[LedgerEntry]:
    """The entries of a household that somebody sees, open ones first, by deadline."""
    c = ENTRIES.c
    query = select(ENTRIES).where(c.household_id == household_id).order_by(c.done, c.deadline, c.id)
    with store.reading() as connection:
        return [entry_of(row) for row in connection.execute(query).mappings() if sees(row["village_code"])]


def entry(store: Store, number: int, sees: Callable[[str], bool]) -> LedgerEntry:
    """One entry. Raises NoSuchEntry."""
    with store.reading() as connection:
        row = connection.execute(select(ENTRIES).where(ENTRIES.c.id == number)).mappings().first()
    if row is None or not sees(row["village_code"]):
        raise NoSuchEntry
    return entry_of(row)


def history_of(store: Store, number: int) -> list[Changed]:
    """Every change of an entry, the first one first."""
    query = select(HISTORY).where(HISTORY.c.entry_id == number).order_by(HISTORY.c.version)
    with store.reading() as connection:
        return [_change(row) for row in connection.execute(query).mappings()]


def replayed(history: Sequence[Changed]) -> dict[str, str]:
    """The fields of `TRACED` as the changes leave them. Raises ValueError where one does not follow the one before."""
    told: dict[str, str] = {}
    for step in history:
        for name, (before, after) in step.changes.items():
            if told.get(name) != before:
                raise ValueError(f"version {step.version}: {name} was not what its history says")
            told[name] = after
    return told


def traced(entry: LedgerEntry) -> dict[str, str]:
    """The fields of `TRACED` as text."""
    return {name: _text(getattr(entry, name)) for name in TRACED}


def entry_of(row: Any) -> LedgerEntry:
    """The entry that a row holds."""
    same = ("household_id", "village_code", "deadline", "responsible_id", "responsible_name", "problem", "evidence")
    facts = {name: row[name] for name in (*same, "sent_by_id", "sent_by_name", "id", "version")}
    return LedgerEntry(
        **facts,
        kind=LedgerClass(row["kind"]),
        track=Track(row["track"]),
        state=LedgerState(row["state"]),
        measures=tuple(map(Measure, row["measures"].split())),
    )


def _row(entry: LedgerEntry) -> dict[str, Any]:
    facts = {name: value for name, value in vars(entry).items() if name not in ("id", "hands")}
    codes = {"kind": entry.kind.value, "track": entry.track.value, "state": entry.state.value}
    place = {"township": entry.village_code[:TOWNSHIP], "done": entry.state is LedgerState.CLOSED}
    return facts | codes | place | {"measures": _text(entry.measures)}


def _trace(
    connection: Connection, before: LedgerEntry | None, after: LedgerEntry, reason: str, actor: Actor, now: datetime
) -> None:
    old, new = traced(before) if before else {}, traced(after)
    changes = {name: [old.get(name), new[name]] for name in TRACED if old.get(name) != new[name]}
    by = {"by_id": actor.id, "by_name": actor.name, "at": stamp(now)}
    row = {"changes": json.dumps(changes, ensure_ascii=False), "reason": reason}
    connection.execute(insert(HISTORY).values(entry_id=after.id, version=after.version, **row, **by))


def _change(row: Any) -> Changed:
    changes = {name: (before, after) for name, (before, after) in json.loads(row["changes"]).items()}
    facts = {name: row[name] for name in ("version", "reason", "by_id", "by_name", "at")}
    return Changed(**facts, changes=changes)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(value)
    return value.isoformat() if isinstance(value, date) else str(value)
