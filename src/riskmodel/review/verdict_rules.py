"""What a verdict says, and when it needs a reason: rules alone, no database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, Tier, VisitReason
from riskmodel.review.free_text import free_text, short_text
from riskmodel.tables.staff_code import NOTE, STAFF_CODE_ZH, staff_code_fits

if TYPE_CHECKING:
    from datetime import date

MOST_CAUSES: Final = 2
"""As the table of visits has them."""
MOST_WRONG: Final = 100
"""Values that one verdict may call wrong."""
MOST_VISITOR: Final = 200
MOST_NAME: Final = 100


@dataclass(frozen=True)
class WrongValue:
    """A value that the visitor found to be wrong (数据有误)."""

    table: str
    name: str
    """Feature or column."""
    wrong: str
    """What is wrong with it."""
    right: str
    """What is right; empty where the visitor could not find out."""


@dataclass(frozen=True)
class Verdict:
    """What somebody found out in the house and decided, in their own words."""

    visited_on: date
    visitor_id: str
    reason: VisitReason
    finding: Finding
    causes: tuple[Cause, ...] = ()
    why: str = field(default="", repr=False)
    """Why it disagrees with the list."""
    note: str = field(default="", repr=False)
    """Kept in the database alone."""
    wrong_values: tuple[WrongValue, ...] = field(default=(), repr=False)


def disagrees(tier: Tier, finding: Finding, *, listed: bool) -> bool:
    """Whether a finding contradicts the list: no risk where it asked for a visit, or a risk where it asked for none.

    `listed`: whether the household could be on the list at all. Of one that was left out (monitored already, too new to
    judge) the list said nothing, so no finding contradicts it; nor does it where nobody was met.
    """
    if not listed or finding is Finding.NOT_HOME:
        return False
    return tier.visited == (finding is Finding.NO_RISK)


def checked_verdict(verdict: Verdict, tier: Tier, today: date, *, listed: bool) -> Verdict:
    """The verdict as it is kept. Raises UsageError for one that contradicts itself or lacks its reason."""
    found = _safe(verdict)
    if found.visited_on > today:
        raise UsageError(
            f"the visit of {found.visited_on} lies after today ({today}). Correct the day. / "
            f"走访日期 {found.visited_on} 晚于今天（{today}），请改正。"
        )
    if not found.visitor_id:
        raise UsageError("say who visited the household. / 请填写走访人。")
    if not staff_code_fits(found.visitor_id):
        raise UsageError(f"who visited: {NOTE}. / 走访人{STAFF_CODE_ZH}。")
    _check_causes(found)
    if disagrees(tier, found.finding, listed=listed) and not found.why.strip():
        raise UsageError(
            f"the finding {found.finding.en.lower()!r} disagrees with the list ({tier.en.lower()}): say why, so that "
            f"others and the model can learn from it. / "
            f"走访结果“{found.finding.zh}”与名单（{tier.zh}）不一致，请说明理由。"
        )
    return found


def _check_causes(verdict: Verdict) -> None:
    causes = verdict.causes
    if causes and verdict.finding is not Finding.RISK:
        raise UsageError("causes belong to a risk that was found. Leave them out. / 只有“有风险”时才填写风险原因。")
    if verdict.finding is Finding.RISK and not causes:
        raise UsageError(
            "a risk has a cause: choose one, or other with its words in the note. / "
            "“有风险”须选择主要原因；各项都不符合的，选“其他”并在备注中写明。"
        )
    if Cause.OTH in causes and not verdict.note.strip():
        raise UsageError("say in the note what the other cause is. / 风险原因选“其他”的，请在备注中写明是什么原因。")
    if len(causes) > MOST_CAUSES or len(set(causes)) < len(causes):
        raise UsageError(
            f"{len(causes)} causes: at most {MOST_CAUSES}, each once, the strongest first. / "
            f"风险原因最多 {MOST_CAUSES} 个，不得重复，按主次填写。"
        )
    if len(verdict.wrong_values) > MOST_WRONG:
        raise UsageError(
            f"more than {MOST_WRONG} wrong values. Send the rest to the office as a file. / 数据有误太多。"
        )


def _safe(verdict: Verdict) -> Verdict:
    return replace(
        verdict,
        visitor_id=short_text(verdict.visitor_id, "走访人", MOST_VISITOR),
        why=free_text(verdict.why, "不一致的理由"),
        note=free_text(verdict.note, "备注"),
        wrong_values=tuple(map(_safe_value, verdict.wrong_values)),
    )


def _safe_value(value: WrongValue) -> WrongValue:
    if not value.wrong.strip():
        raise UsageError(f"{value.name}: say what is wrong with the value. / 请说明“{value.name}”错在哪里。")
    return WrongValue(
        table=short_text(value.table, "数据表", MOST_NAME),
        name=short_text(value.name, "数据项", MOST_NAME),
        wrong=free_text(value.wrong, "错误之处"),
        right=free_text(value.right, "正确的值"),
    )
