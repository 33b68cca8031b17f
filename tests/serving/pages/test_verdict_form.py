from __future__ import annotations

from datetime import date

from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.verdict_rules import Verdict, WrongValue
from riskmodel.serving.pages.form import Form
from riskmodel.serving.pages.verdict_form import empty_form, form_of, typed, verdict_of

VERDICT = Verdict(
    visited_on=date(2026, 1, 4),
    visitor_id="K017",
    reason=VisitReason.ALERT,
    finding=Finding.RISK,
    causes=(Cause.ILL, Cause.JOB),
    why="住院",
    note="见病历",
    wrong_values=(WrongValue("incomes", "第 3 行", "是邻居的", ""),),
)


def test_a_form_that_is_sent_back_as_it_was_says_the_same() -> None:
    shown = form_of(VERDICT)
    table, name, what, right = (list(column) for column in zip(*shown.wrong, strict=True))
    wrong = {"wrong_table": table, "wrong_name": name, "wrong_what": what, "wrong_right": right}
    form = Form({**{key: [text] for key, text in shown.fields.items()}, **wrong}, {})
    assert verdict_of(form) == VERDICT
    assert typed(form).fields == shown.fields
    assert typed(form).wrong == shown.wrong


def test_an_empty_form_holds_the_code_of_who_fills_it_in_and_the_value_that_is_called_wrong() -> None:
    form = empty_form("K017", ("incomes", "第 3 行"))
    assert {name: text for name, text in form.fields.items() if text} == {"visitor_id": "K017"}
    assert form.wrong[0] == ("incomes", "第 3 行", "", "")
    assert empty_form("").token != empty_form("").token
