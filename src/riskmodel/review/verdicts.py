"""Verdicts in the database: each version with the explanation that was shown, and the row of it that the lake gets.

A verdict is that of one visit (household, day, visitor). A correction adds a version and keeps those before; the lake
gets the newest, and a retraction of the old visit where its day or visitor was corrected.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import zlib
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select, update

from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.keys import stamp
from riskmodel.review.ledger_schema import VERDICT_VERSIONS, VERDICTS
from riskmodel.review.verdict_rules import Verdict, WrongValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from riskmodel.review.access import Principal
    from riskmodel.review.store import Store

TOWNSHIP: Final = 9
"""Digits of a township's code."""
_SALT: Final = 16
"""Bytes in what is hashed, so that nobody can try which text it was once it is erased."""


@dataclass(frozen=True)
class Shown:
    """What the visitor saw of a household: the answer of a month, and how the list of that month had it."""

    household_id: str
    village_code: str
    as_of: date
    tier: str
    listed: bool
    text: bytes = field(repr=False)

    @property
    def sha256(self) -> str:
        """Hash of the answer."""
        return hashlib.sha256(self.text).hexdigest()


@dataclass(frozen=True)
class KeptVerdict:
    """A version of a verdict as it is stored."""

    id: int
    version: int
    household_id: str
    village_code: str
    shown_date: date
    verdict: Verdict
    withdrawn: bool
    newest: bool
    """Whether no later version stands before it."""
    by_id: str
    by_name: str
    at: str
    told_sha256: str
    shown_sha256: str
    shown: bytes | None = field(repr=False)
    """The explanation as it was shown; None where it was erased, and with it all that was typed."""


def add_verdict(
    connection: Connection, shown: Shown, verdict: Verdict, who: Principal, now: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """Keep a new verdict; its number, and the rows for the lake, see `visits.add`.

    Raises UsageError where the visit has a verdict already.
    """
    _require_free(connection, shown.household_id, verdict, 0)
    head = _head(shown, verdict) | {"household_id": shown.household_id, "withdrawn": False, "version": 1}
    number = connection.execute(insert(VERDICTS).values(**head).returning(VERDICTS.c.id)).scalar_one()
    _add_version(connection, number, 1, (shown.text, verdict, False), who, now)
    return number, [_lake_row(shown.household_id, verdict, now, retracted=False)]


def correct_verdict(
    connection: Connection,
    current: KeptVerdict,
    version: int,
    shown: Shown,
    verdict: Verdict,
    who: Principal,
    now: datetime,
    *,
    withdrawn: bool = False,
) -> tuple[int, list[dict[str, Any]]]:
    """Keep a version after `current`, see `newest`; its number, and the rows for the lake.

    Raises ChangedMeanwhile where the one that was corrected is an older `version`.
    """
    if current.version != version:
        raise ChangedMeanwhile(stored=current, sent=verdict)
    _require_free(connection, current.household_id, verdict, current.id)
    head = _head(shown, verdict) | {"withdrawn": withdrawn, "version": version + 1}
    connection.execute(update(VERDICTS).where(VERDICTS.c.id == current.id).values(**head))
    _add_version(connection, current.id, version + 1, (shown.text, verdict, withdrawn), who, now)
    rows = [_lake_row(current.household_id, verdict, now, retracted=withdrawn)]
    if _visit(current.verdict) != _visit(verdict) and not current.withdrawn:
        rows.insert(0, _lake_row(current.household_id, current.verdict, now, retracted=True))
    return current.id, rows


def newest(connection: Connection, number: int) -> KeptVerdict:
    """The newest version of a verdict, held until the transaction ends. Raises UsageError where there is none."""
    held = select(VERDICTS.c.version).where(VERDICTS.c.id == number).with_for_update()
    version = connection.execute(held).scalar()
    mine = (VERDICTS.c.id == number) & (VERDICT_VERSIONS.c.version == version)
    found = connection.execute(_JOINED.where(mine)).mappings().first()
    if found is None:
        raise UsageError("there is no such verdict. / 没有这条核查结论。")
    return _kept(found)


def verdicts_of(store: Store, household_id: str, sees: Callable[[str], bool]) -> list[KeptVerdict]:
    """Every version of the verdicts on a household that somebody sees, the newest first."""
    order = (VERDICTS.c.visited_on.desc(), VERDICTS.c.id.desc(), VERDICT_VERSIONS.c.version.desc())
    with store.reading() as connection:
        rows = connection.execute(_JOINED.where(VERDICTS.c.household_id == household_id).order_by(*order)).mappings()
        return [_kept(row) for row in rows if sees(row["village_code"])]


def newest_of(store: Store, households: Sequence[str], sees: Callable[[str], bool]) -> list[KeptVerdict]:
    """The newest version of every verdict on some households that somebody sees."""
    mine = VERDICTS.c.household_id.in_(households) & (VERDICT_VERSIONS.c.version == VERDICTS.c.version)
    with store.reading() as connection:
        rows = connection.execute(_JOINED.where(mine)).mappings()
        return [_kept(row) for row in rows if sees(row["village_code"])]


def _visit(verdict: Verdict) -> tuple[date, str]:
    return verdict.visited_on, verdict.visitor_id


def _require_free(connection: Connection, household_id: str, verdict: Verdict, own: int) -> None:
    c = VERDICTS.c
    mine = (c.household_id == household_id) & (c.visited_on == verdict.visited_on)
    same = mine & (c.visitor_id == verdict.visitor_id) & (c.id != own)
    if connection.execute(select(c.id).where(same)).first():
        raise UsageError(
            f"the visit of {verdict.visited_on} by {verdict.visitor_id} has a verdict already. Correct that one. / "
            f"{verdict.visitor_id} 于 {verdict.visited_on} 的走访已有核查结论，请在原结论上更正。"
        )


def _head(shown: Shown, verdict: Verdict) -> dict[str, Any]:
    """What is counted and searched."""
    return {
        "village_code": shown.village_code,
        "township": shown.village_code[:TOWNSHIP],
        "visited_on": verdict.visited_on,
        "visitor_id": verdict.visitor_id,
        "shown_date": shown.as_of,
        "tier": shown.tier,
        "listed": shown.listed,
        "finding": verdict.finding.value,
    }


def _add_version(
    connection: Connection,
    number: int,
    version: int,
    content: tuple[bytes, Verdict, bool],
    who: Principal,
    now: datetime,
) -> None:
    text, verdict, withdrawn = content
    told = _told(verdict, withdrawn)
    row = {
        "told": zlib.compress(told),
        "told_sha256": hashlib.sha256(told).hexdigest(),
        "shown": zlib.compress(text),
        "shown_sha256": hashlib.sha256(text).hexdigest(),
    }
    by = {"by_id": who.id, "by_name": who.name, "at": stamp(now)}
    connection.execute(insert(VERDICT_VERSIONS).values(verdict_id=number, version=version, **row, **by))


def _told(verdict: Verdict, withdrawn: bool) -> bytes:
    content = asdict(verdict) | {"withdrawn": withdrawn, "salt": secrets.token_hex(_SALT)}
    return json.dumps(content, default=str, ensure_ascii=False).encode()


def _lake_row(household_id: str, verdict: Verdict, now: datetime, *, retracted: bool) -> dict[str, Any]:
    causes = [cause.value for cause in verdict.causes]
    return {
        "household_id": household_id,
        "visited_on": verdict.visited_on,
        "visitor_id": verdict.visitor_id,
        "reason": verdict.reason.value,
        "finding": verdict.finding.value,
        "cause_1": causes[0] if causes else None,
        "cause_2": causes[1] if len(causes) > 1 else None,
        "retracted": retracted,
        "known_at": now.date(),
    }


def _kept(row: Any) -> KeptVerdict:
    told = json.loads(zlib.decompress(row["told"]))
    verdict = Verdict(
        visited_on=date.fromisoformat(told["visited_on"]),
        visitor_id=told["visitor_id"],
        reason=VisitReason(told["reason"]),
        finding=Finding(told["finding"]),
        causes=tuple(map(Cause, told["causes"])),
        why=told["why"],
        note=told["note"],
        wrong_values=tuple(WrongValue(**value) for value in told["wrong_values"]),
    )
    same = ("id", "version", "household_id", "village_code", "shown_date")
    by = ("by_id", "by_name", "at", "told_sha256", "shown_sha256")
    shown = None if row["shown"] is None else zlib.decompress(row["shown"])
    facts = {name: row[name] for name in (*same, *by)}
    return KeptVerdict(
        **facts, verdict=verdict, withdrawn=told["withdrawn"], newest=row["version"] == row["last"], shown=shown
    )


_HEAD = (VERDICTS.c[name] for name in ("id", "household_id", "village_code", "shown_date"))
_JOINED: Final = (
    select(
        *_HEAD,
        VERDICTS.c.version.label("last"),
        *(column for column in VERDICT_VERSIONS.c if column.name != "verdict_id"),
    )
    .select_from(VERDICTS)
    .join(VERDICT_VERSIONS, VERDICT_VERSIONS.c.verdict_id == VERDICTS.c.id)
)
