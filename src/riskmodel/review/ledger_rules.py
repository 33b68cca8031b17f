"""What an entry of the ledger is, and which changes of it are allowed: rules alone, no database.

    open ──▶ doing ──▶ to_verify ──▶ closed ──▶ reopened ──▶ doing ...
      └──────────────▶     └──▶ doing (sent back)

Who closes never was the responsible person, wrote nothing of what was done, and did not send the entry to be verified,
since it was opened (again); under whatever name.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from riskmodel.errors import UsageError
from riskmodel.policy import LedgerClass, LedgerState, Measure, Track
from riskmodel.review.free_text import free_text, short_text
from riskmodel.tables.staff_code import NOTE, STAFF_CODE_ZH, staff_code_fits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MOST_ID, MOST_NAME = 64, 100
NEXT: Final[Mapping[LedgerState, tuple[LedgerState, ...]]] = {
    LedgerState.OPEN: (LedgerState.DOING, LedgerState.TO_VERIFY),
    LedgerState.DOING: (LedgerState.TO_VERIFY,),
    LedgerState.TO_VERIFY: (LedgerState.CLOSED, LedgerState.DOING),
    LedgerState.CLOSED: (LedgerState.REOPENED,),
    LedgerState.REOPENED: (LedgerState.DOING, LedgerState.TO_VERIFY),
}
"""Which states may follow which."""
TITLES: Final = {
    "kind": "台账类别",
    "problem": "问题",
    "measures": "帮扶措施",
    "responsible_id": "责任人编号",
    "responsible_name": "责任人",
    "track": "办理方式",
    "deadline": "完成时限",
    "state": "办理状态",
    "evidence": "办理情况",
}
"""What people may change, with its title."""
_SETTLED: Final = (LedgerState.TO_VERIFY, LedgerState.CLOSED)


class RuleBroken(UsageError):
    """A change that the rules of the ledger do not allow."""


@dataclass(frozen=True)
class LedgerEntry:
    """An entry as it stands; number and version are 0 before it is stored."""

    household_id: str
    village_code: str
    kind: LedgerClass
    track: Track
    deadline: date
    responsible_id: str
    responsible_name: str
    problem: str = field(repr=False)
    measures: tuple[Measure, ...] = ()
    evidence: str = field(default="", repr=False)
    """What was done and what shows it."""
    state: LedgerState = LedgerState.OPEN
    sent_by_id: str = ""
    """Who sent it to be verified; empty unless it is, or was closed."""
    sent_by_name: str = ""
    id: int = 0
    version: int = 0
    hands: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """Of an entry that is to be verified: who worked on it since it was opened (again), and who was responsible."""


@dataclass(frozen=True)
class Actor:
    """Who changes an entry, and every name under which the ledger may know them."""

    id: str
    name: str
    may_close: bool
    also: tuple[str, ...] = ()
    """Login, staff code."""

    def is_one_of(self, *names: str) -> bool:
        """Whether one of these is a name of theirs; nobody is called by an empty one."""
        own = {_folded(name) for name in (self.id, self.name, *self.also)} - {""}
        return bool(own & {_folded(name) for name in names})


def new_entry(entry: LedgerEntry, today: date) -> LedgerEntry:
    """An entry as it may be opened. Raises RuleBroken."""
    found = _safe(entry)
    if found.state is not LedgerState.OPEN or found.evidence or found.sent_by_id:
        raise RuleBroken("a new entry is open and has no evidence yet. / 新建条目的状态只能是“待办”。")
    _check_facts(found)
    _check_code(found)
    _check_deadline(found, today)
    return found


def changed(entry: LedgerEntry, wish: Mapping[str, Any], reason: str, actor: Actor, today: date) -> LedgerEntry:
    """The entry with other values in some of the fields of `TITLES`; itself where nothing is different.

    Raises RuleBroken with what is against it.
    """
    if unknown := set(wish) - set(TITLES):
        raise RuleBroken(f"{min(unknown)} of an entry cannot be changed. / 不能修改“{min(unknown)}”。")
    after = _safe(replace(entry, **wish))
    if after == entry:
        return entry
    _check_facts(after)
    if (after.track, after.deadline) != (entry.track, entry.deadline):
        _check_deadline(after, today)
    _check_settled(entry, after)
    _check_responsible(entry, after, reason)
    return after if after.state is entry.state else _moved(entry, after, reason, actor)


def _moved(entry: LedgerEntry, after: LedgerEntry, reason: str, actor: Actor) -> LedgerEntry:
    """The entry in its next state."""
    if after.state not in NEXT[entry.state]:
        allowed = "、".join(state.zh for state in NEXT[entry.state])
        raise RuleBroken(
            f"an entry that is {entry.state.value} cannot become {after.state.value}. / "
            f"“{entry.state.zh}”的条目不能直接变为“{after.state.zh}”，只能变为：{allowed}。"
        )
    if after.state is LedgerState.TO_VERIFY:
        if not after.evidence.strip():
            raise RuleBroken("say what was done before it is verified. / 送核实前请填写办理情况。")
        return replace(after, sent_by_id=actor.id, sent_by_name=actor.name)
    if after.state is LedgerState.CLOSED:
        _check_closing(entry, reason, actor)
        return after
    if after.state is LedgerState.REOPENED and not reason.strip():
        raise RuleBroken("say why it is reopened. / 重新打开须填写理由。")
    return replace(after, sent_by_id="", sent_by_name="")


def _check_closing(entry: LedgerEntry, reason: str, actor: Actor) -> None:
    if not actor.may_close:
        raise RuleBroken("only reviewers close entries. / 只有复核人员可以销号。")
    if actor.is_one_of(entry.sent_by_id, entry.responsible_id, entry.responsible_name, *entry.hands):
        raise RuleBroken(
            "an entry is closed by a second person: nobody who was responsible, wrote what was done, or sent it to be "
            "verified. / 销号须由第二人办理：曾任责任人、填写过办理情况或送核实的人不能销号。"
        )
    if not reason.strip():
        raise RuleBroken("write what was verified before it is closed. / 销号须填写核实意见。")


def _check_settled(entry: LedgerEntry, after: LedgerEntry) -> None:
    """What is being verified, or was closed, stays as it was sent."""
    stays = entry.state in _SETTLED and after.state in _SETTLED
    if stays and replace(after, state=entry.state) != entry:
        raise RuleBroken(
            f"an entry that is {entry.state.value} is not changed. Send it back or reopen it first. / "
            f"“{entry.state.zh}”的条目不能修改内容，请先退回办理或重新打开。"
        )


def _check_responsible(entry: LedgerEntry, after: LedgerEntry, reason: str) -> None:
    before, now = ((one.responsible_id, one.responsible_name) for one in (entry, after))
    if before != now and not reason.strip():
        raise RuleBroken(
            "a change of the responsible person needs a reason (M11). / 更换责任人须填写理由（不得随意更换）。"
        )
    if before != now:
        _check_code(after)


def _check_code(entry: LedgerEntry) -> None:
    """Asked of a code when it comes, so that an older one keeps nobody from going on with an entry."""
    if not staff_code_fits(entry.responsible_id):
        raise RuleBroken(f"code of the responsible person: {NOTE}. / {TITLES['responsible_id']}{STAFF_CODE_ZH}。")


def _check_facts(entry: LedgerEntry) -> None:
    if not entry.problem.strip():
        raise RuleBroken("say what has to be solved. / 请填写要解决的问题。")
    if not entry.responsible_id or not entry.responsible_name:
        raise RuleBroken("an entry needs a responsible person, with code and name. / 请填写责任人及其编号。")
    if len(set(entry.measures)) < len(entry.measures):
        raise RuleBroken("a measure stands there twice. / 帮扶措施重复。")


def _check_deadline(entry: LedgerEntry, today: date) -> None:
    if entry.deadline < today:
        raise RuleBroken(
            f"the deadline {entry.deadline} is over. / 完成时限 {entry.deadline} 已过，请填写今天或以后的日期。"
        )
    if entry.track is Track.AT_ONCE and entry.deadline != today:
        raise RuleBroken(
            f"what is solved at once is due today ({today}); else give it a deadline. / "
            f"“当时解决”的时限是当天（{today}）；不能当天解决的请选“限期解决”。"
        )


def _safe(entry: LedgerEntry) -> LedgerEntry:
    return replace(
        entry,
        responsible_id=short_text(entry.responsible_id, TITLES["responsible_id"], MOST_ID),
        responsible_name=short_text(entry.responsible_name, TITLES["responsible_name"], MOST_NAME),
        problem=free_text(entry.problem, TITLES["problem"]),
        evidence=free_text(entry.evidence, TITLES["evidence"]),
    )


def _folded(name: str) -> str:
    return "".join(name.split()).casefold()
