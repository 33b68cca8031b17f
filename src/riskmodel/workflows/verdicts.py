"""Verdicts: write down what a visit found, beside the explanation that was seen, for database and lake at once."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from riskmodel.errors import UsageError
from riskmodel.policy import Tier
from riskmodel.review.access import Right
from riskmodel.review.assessments import assessment
from riskmodel.review.once import once
from riskmodel.review.verdict_rules import Verdict, checked_verdict
from riskmodel.review.verdicts import KeptVerdict, Shown, add_verdict, correct_verdict, newest, verdicts_of
from riskmodel.review.visits import add
from riskmodel.workflows.assessed import PREPARED
from riskmodel.workflows.visits import checked_visits, forget_before, letter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from riskmodel.review.access import Principal
    from riskmodel.review.once import Transaction
    from riskmodel.workflows.service import Service


class ShownAnew(UsageError):
    """The month was published again after the page was opened: what is said of the household is another text now."""


@dataclass(frozen=True)
class Seen:
    """What the visitor had before their eyes: household, month, and the hash of the explanation on the page."""

    household_id: str
    as_of: date
    sha256: str


@dataclass(frozen=True)
class Decided:
    """A verdict that was kept."""

    id: int
    version: int


def shown(service: Service, who: Principal, household_id: str, as_of: date) -> Shown | None:
    """The explanation of a month as a page shows it, with its hash; None outside of the area of who asks."""
    found = assessment(service.store, household_id, as_of)
    told = service.assessments.of(household_id, as_of, who.sees, PREPARED, full=False)
    if found is None or told is None:
        return None
    row = found.row
    listed = not row["monitored"] and not row["too_new"]
    return Shown(household_id, found.village_code, as_of, row["tier"], listed, told.text)


def decide(service: Service, who: Principal, token: str, seen: Seen, verdict: Verdict, now: datetime) -> Decided | None:
    """Keep a verdict; None outside of the area of who asks. The same token with the same content counts once.

    Raises NotAllowed, UsageError for a verdict that breaks a rule, ShownAnew, and KeyUsedBefore. It is answered when
    verdict, row for the lake and entry of the audit log would survive a power cut.
    """
    kept = decide_all(service, who, token, [(seen, verdict)], now)
    return None if kept is None else kept[0]


def decide_all(
    service: Service, who: Principal, token: str, told: Sequence[tuple[Seen, Verdict]], now: datetime
) -> list[Decided] | None:
    """Keep verdicts of several visits, all of them or none; None where one is outside of the area. Else as `decide`."""

    def write(connection: Transaction, found: Shown, checked: Verdict) -> tuple[int, int, list[dict[str, Any]]]:
        number, rows = add_verdict(connection, found, checked, who, now)
        return number, 1, rows

    return _kept(service, who, (token, "decide", 0), told, now, write)


def correct(
    service: Service,
    who: Principal,
    token: str,
    seen: Seen,
    before: tuple[int, int],
    verdict: Verdict,
    now: datetime,
    *,
    withdrawn: bool = False,
) -> Decided | None:
    """Keep another version of a verdict (`before`: its number and version); the lake gets the newest.

    `withdrawn` takes it back. Raises ChangedMeanwhile where somebody else corrected it, and what `decide` raises.
    """
    number, version = before

    def write(connection: Transaction, found: Shown, checked: Verdict) -> tuple[int, int, list[dict[str, Any]]]:
        stored = newest(connection, number)
        if stored.household_id != found.household_id:
            raise UsageError("there is no such verdict on this household. / 该户没有这条核查结论。")
        _, rows = correct_verdict(connection, stored, version, found, checked, who, now, withdrawn=withdrawn)
        return number, version + 1, rows

    asked = (token, "withdraw" if withdrawn else "correct", number * 1_000_000 + version)
    kept = _kept(service, who, asked, [(seen, verdict)], now, write)
    return None if kept is None else kept[0]


def verdicts(service: Service, who: Principal, household_id: str, now: datetime) -> list[KeptVerdict]:
    """Every version of the verdicts on a household, the newest first; that they were read is in the audit log."""
    who.require(Right.READ)
    found = verdicts_of(service.store, household_id, who.sees)
    if found:
        service.noted(who, "read", [household_id], "verdicts", now).result()
    return found


def _kept(
    service: Service,
    who: Principal,
    asked: tuple[str, str, int],
    told: Sequence[tuple[Seen, Verdict]],
    now: datetime,
    write: Callable[[Transaction, Shown, Verdict], tuple[int, int, list[dict[str, Any]]]],
) -> list[Decided] | None:
    who.require(Right.DECIDE)
    ready = []
    for seen, verdict in told:
        found = shown(service, who, seen.household_id, seen.as_of)
        if found is None:
            return None
        checked = checked_verdict(verdict, Tier(found.tier), now.date(), listed=found.listed)
        ready.append((seen, found, checked))
    token, action, what = asked

    def once_written(connection: Transaction) -> bytes:
        _require_same(ready)
        written = [write(connection, found, checked) for _, found, checked in ready]
        add(connection, _checked([row for *_, rows in written for row in rows], now), who.id)
        noted = [
            service.noted(who, "verdict", [seen.household_id], f"{action} {number} version {version}", now)
            for (seen, *_), (number, version, _) in zip(ready, written, strict=True)
        ]
        for entry in noted:
            entry.result()
        return json.dumps([part for number, version, _ in written for part in (number, version)]).encode()

    said = [asdict(part) for seen, _, checked in ready for part in (seen, checked)]
    letter = letter_of(who.id, token, [*said, {"action": action, "what": what}])
    answer = once(service.store, letter, once_written, now, forget_before(service.workspace.policy, now))
    parts = json.loads(answer)
    return [Decided(*pair) for pair in zip(parts[::2], parts[1::2], strict=True)]


def _require_same(ready: Sequence[tuple[Seen, Shown, Verdict]]) -> None:
    if any(found.sha256 != seen.sha256 for seen, found, _ in ready):
        raise ShownAnew(
            "the month was published again after the page was opened. Look at the household again; nothing was "
            "saved. / 打开页面之后评估结果已重新发布，请重新查看该户后再保存；本次没有保存。"
        )


def _checked(rows: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Rows for the lake, checked as a delivery is."""
    facts = [{name: value for name, value in row.items() if name != "known_at"} for row in rows]
    return [row | found for row, found in zip(rows, checked_visits(facts, now.date()), strict=True)]
