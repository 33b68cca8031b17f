"""The page of a verdict: what was found on a visit, kept beside the explanation that was shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from riskmodel.errors import UsageError
from riskmodel.policy import Cause, Finding, VisitReason
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.once import KeyUsedBefore
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.fields import day_of
from riskmodel.serving.pages.form import Form, Marked
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import not_there, unknown_household
from riskmodel.serving.pages.routes.household import HouseholdId, Month
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.verdict_form import Typed, empty_form, form_of, typed, verdict_of
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.serving.pages.words import feature_label
from riskmodel.workflows.service import Service
from riskmodel.workflows.verdict_page import VerdictPage, verdict_page
from riskmodel.workflows.verdicts import Decided, Seen, ShownAnew, correct, decide

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/households")

WORDS: Final = {"findings": Finding, "reasons": VisitReason, "causes": Cause}


@ROUTER.get("/{household_id}/verdict")
def verdict(
    request: Request,
    household_id: HouseholdId,
    visitor: Reader,
    running: Running,
    month: Month = None,
    wrong: Annotated[str, Query(max_length=100)] = "",
    table: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Verdicts on a household and, for who may decide, the form of a new one; `wrong`: a value that is called wrong."""
    page = _page(running, visitor, household_id, month)
    form = empty_form(visitor.session.user.staff, (table, wrong) if wrong else None)
    return _shown(request, visitor, page, form)


@ROUTER.post("/{household_id}/verdict")
def new_verdict(
    request: Request, household_id: HouseholdId, visitor: Decider, form: Marked, running: Running
) -> Response:
    """Keep a verdict."""
    return _kept(request, household_id, visitor, form, running, None)


@ROUTER.get("/{household_id}/verdict/{number}")
def one_verdict(
    request: Request, household_id: HouseholdId, number: int, visitor: Decider, running: Running, month: Month = None
) -> Response:
    """The form to correct a verdict, or to take it back."""
    page = _page(running, visitor, household_id, month)
    before = page.newest(number)
    if before is None:
        raise not_there("该户没有这条核查结论。")
    return _shown(request, visitor, page, form_of(before.verdict), before=(number, before.version))


@ROUTER.post("/{household_id}/verdict/{number}")
def corrected_verdict(
    request: Request, household_id: HouseholdId, number: int, visitor: Decider, form: Marked, running: Running
) -> Response:
    """Keep another version of a verdict, or take it back."""
    version = form.text("version")
    return _kept(request, household_id, visitor, form, running, (number, int(version) if version.isdigit() else 0))


def _kept(
    request: Request,
    household_id: str,
    visitor: Visitor,
    form: Form,
    running: Service,
    before: tuple[int, int] | None,
) -> Response:
    """The page again with what is wrong, or the list of verdicts with the new one."""
    as_of = day_of(form.text("month"), "评估日")
    seen, sent = Seen(household_id, as_of, form.text("seen")), typed(form)
    wrong, stored, status = "", None, 422
    try:
        if _keep(running, visitor, form, sent.token, seen, before) is None:
            raise unknown_household()
        return see_other(f"/households/{household_id}/verdict?month={as_of}&said=verdict")
    except ChangedMeanwhile as error:
        wrong, stored, status = chinese(str(error)), error.stored, 409
    except (ShownAnew, KeyUsedBefore) as error:
        wrong, status = chinese(str(error)), 409
    except UsageError as error:
        wrong = chinese(str(error))
    for _, name, _, _ in sent.wrong:
        wrong = wrong.replace(f"“{name}”", f"“{feature_label(name)}”") if name else wrong
    page = _page(running, visitor, household_id, as_of)
    if before is not None:
        newest = page.newest(before[0])
        before = (before[0], newest.version) if newest and stored else before
    if status == 409:  # what they send next is another request
        sent = replace(sent, token=empty_form("").token)
    return _shown(request, visitor, page, sent, status, before=before, wrong=wrong, stored=stored)


def _keep(
    running: Service, visitor: Visitor, form: Form, token: str, seen: Seen, before: tuple[int, int] | None
) -> Decided | None:
    told = verdict_of(form)
    if before is None:
        return decide(running, visitor.who, token, seen, told, now())
    withdrawn = form.text("act") == "withdraw"
    return correct(running, visitor.who, token, seen, before, told, now(), withdrawn=withdrawn)


def _page(running: Service, visitor: Visitor, household_id: str, month: date | None) -> VerdictPage:
    page = verdict_page(running, visitor.who, household_id, month, now())
    if page is None:
        raise unknown_household()
    return page


def _shown(
    request: Request, visitor: Visitor, page: VerdictPage, form: Typed, status: int = 200, **fields: Any
) -> Response:
    told: dict[str, Any] = {"before": None, "wrong": "", "stored": None} | fields
    told |= {
        "household_id": page.shown.household_id,
        "as_of": page.shown.as_of,
        "tab": "verdict",
        "today": now().date(),
    }
    return shown(request, "verdict.html", visitor, status, page=page, form=form, **WORDS, **told)
