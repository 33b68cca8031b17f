"""The form of a verdict: what it sends, and what stands in it when it is shown (again)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.verdict_rules import Verdict, WrongValue
from riskmodel.serving.pages.fields import day_of, word_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from riskmodel.serving.pages.form import Form

_PLAIN: Final = ("visited_on", "visitor_id", "reason", "finding", "cause_1", "cause_2", "why", "note")
_WRONG: Final = ("wrong_table", "wrong_name", "wrong_what", "wrong_right")
_SPARE: Final = 2
"""Empty lines for further wrong values."""


@dataclass(frozen=True)
class Typed:
    """What stands in the form; nothing of it comes from a model."""

    token: str
    """Of this form, so that it counts once however often it is sent."""
    fields: Mapping[str, str] = field(repr=False)
    wrong: Sequence[tuple[str, str, str, str]] = field(repr=False)
    """Lines of wrong values: table, name, what is wrong, what is right; some are empty."""


def empty_form(staff: str, wrong: tuple[str, str] | None = None) -> Typed:
    """A new form; `staff`: code of who fills it in; `wrong`: table and name of a value that somebody calls wrong."""
    lines = [(*wrong, "", "")] if wrong else []
    return Typed(secrets.token_urlsafe(16), dict.fromkeys(_PLAIN, "") | {"visitor_id": staff}, _with_spare(lines))


def form_of(verdict: Verdict) -> Typed:
    """A form to correct a verdict that people wrote before."""
    causes = (*verdict.causes, None, None)
    texts = dict.fromkeys(_PLAIN, "") | {
        "visited_on": verdict.visited_on.isoformat(),
        "visitor_id": verdict.visitor_id,
        "reason": verdict.reason.value,
        "finding": verdict.finding.value,
        **{f"cause_{at + 1}": cause.value for at, cause in enumerate(causes[:2]) if cause is not None},
        "why": verdict.why,
        "note": verdict.note,
    }
    lines = [(one.table, one.name, one.wrong, one.right) for one in verdict.wrong_values]
    return Typed(secrets.token_urlsafe(16), texts, _with_spare(lines))


def typed(form: Form) -> Typed:
    """What somebody sent, to be shown again with all that was typed."""
    token = form.text("token") or secrets.token_urlsafe(16)
    return Typed(token, {name: form.text(name) for name in _PLAIN}, _with_spare(_lines(form)))


def verdict_of(form: Form) -> Verdict:
    """The verdict that a form holds. Raises UsageError that names the field."""
    return Verdict(
        visited_on=day_of(form.text("visited_on"), "走访日期"),
        visitor_id=form.text("visitor_id"),
        reason=word_of(VisitReason, form.text("reason"), "走访原因"),
        finding=word_of(Finding, form.text("finding"), "走访结果"),
        causes=tuple(word_of(Cause, text, "风险原因") for text in (form.text("cause_1"), form.text("cause_2")) if text),
        why=form.text("why"),
        note=form.text("note"),
        wrong_values=tuple(WrongValue(*line) for line in _lines(form)),
    )


def _lines(form: Form) -> list[tuple[str, str, str, str]]:
    """Lines in which somebody typed something."""
    columns = [[text.strip() for text in form.fields.get(name, ())] for name in _WRONG]
    rows = zip_longest(*columns, fillvalue="")
    return [(table, name, what, right) for table, name, what, right in rows if name or what or right]


def _with_spare(lines: Sequence[tuple[str, str, str, str]]) -> Sequence[tuple[str, str, str, str]]:
    return [*lines, *[("", "", "", "")] * _SPARE]
