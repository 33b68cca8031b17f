"""The ledger page of a household: its entries, a form for a new one, and the steps of its identification."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from riskmodel.errors import UsageError
from riskmodel.policy import Step
from riskmodel.review.once import KeyUsedBefore
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.case_form import CaseForm, new_case, new_form, typed
from riskmodel.serving.pages.fields import day_of, optional_day, word_of
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.ledger_words import WORDS, staff_of
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import unknown_household
from riskmodel.serving.pages.routes.household import HouseholdId, Month
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.workflows.cases import open_case
from riskmodel.workflows.household_cases import household_cases
from riskmodel.workflows.identification import note
from riskmodel.workflows.service import Service

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/households")


@ROUTER.get("/{household_id}/ledger")
def household_ledger(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """Entries and identifications of a household."""
    return _shown(request, visitor, running, household_id, month, new_form())


@ROUTER.post("/{household_id}/ledger")
def opened(request: Request, household_id: HouseholdId, visitor: Decider, form: Marked, running: Running) -> Response:
    """Open an entry."""
    month = optional_day(form.text("month"), "评估日")
    try:
        saved = open_case(running, visitor.who, form.text("token"), new_case(form, household_id), now())
    except UsageError as error:
        again, wrong = typed(form, again=isinstance(error, KeyUsedBefore)), chinese(str(error))
        return _shown(request, visitor, running, household_id, month, again, 422, wrong=wrong)
    if saved is None:
        raise unknown_household()
    return see_other(f"/ledger/{saved.id}?said=case")


@ROUTER.post("/{household_id}/steps")
def step_noted(
    request: Request, household_id: HouseholdId, visitor: Decider, form: Marked, running: Running
) -> Response:
    """Write down when a step of the identification was done."""
    month = optional_day(form.text("month"), "评估日")
    try:
        clue, step = day_of(form.text("clue_on"), Step.CLUE.zh), word_of(Step, form.text("step"), "识别环节")
        done = note(running, visitor.who, household_id, clue, step, optional_day(form.text("done_on"), "日期"), now())
    except UsageError as error:
        wrong = chinese(str(error))
        return _shown(request, visitor, running, household_id, month, new_form(), 422, wrong_step=wrong, sent=form)
    if not done:
        raise unknown_household()
    return see_other(f"/households/{household_id}/ledger?said=step{f'&month={month}' if month else ''}")


def _shown(
    request: Request,
    visitor: Visitor,
    running: Service,
    household_id: str,
    month: date | None,
    form: CaseForm,
    status: int = 200,
    **fields: Any,
) -> Response:
    row = running.assessments.row(household_id, month, visitor.who.sees)
    page = household_cases(running, visitor.who, household_id, now())
    if page is None or row is None:
        raise unknown_household()
    told: dict[str, Any] = {"wrong": "", "wrong_step": "", "sent": None} | fields
    told |= {"household_id": household_id, "as_of": row[0].as_of, "tab": "cases", "today": now().date()}
    staff = staff_of(running, page.village_code)
    return shown(request, "cases.html", visitor, status, page=page, form=form, staff=staff, **WORDS, **told)
