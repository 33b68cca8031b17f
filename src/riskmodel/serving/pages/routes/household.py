"""Pages of a household: what is said of it, its facts, what may be done, what if, and its papers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from riskmodel.errors import UsageError
from riskmodel.serving.api.auth import Running
from riskmodel.serving.api.routes.households import ID
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, unknown_household
from riskmodel.serving.pages.shown import shown
from riskmodel.serving.pages.visitor import Reader, Visitor
from riskmodel.workflows.assessed import COUNTY
from riskmodel.workflows.household_facts import household_facts
from riskmodel.workflows.household_help import household_help, what_if_choices, written_scenarios
from riskmodel.workflows.household_page import HouseholdPage, household_page
from riskmodel.workflows.service import Service
from riskmodel.workflows.supposed import FactsAway

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/households")

HouseholdId = Annotated[str, Path(pattern=ID)]
Month = Annotated[date | None, Query()]


@ROUTER.get("/{household_id}")
def household(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """What is said of a household."""
    found = household_page(running, visitor.who, household_id, month, now())
    if found is None:
        raise unknown_household()
    return _household(request, visitor, running, found, None)


@ROUTER.post("/{household_id}/names")
def household_names(
    request: Request, household_id: HouseholdId, visitor: Reader, form: Marked, running: Running
) -> Response:
    """The same page with name, address and telephone, for what it was asked for."""
    identity = _identity(running, visitor, household_id, form.text("purpose"))
    found = household_page(running, visitor.who, household_id, _month(form.text("month")), now())
    if found is None:
        raise unknown_household()
    return _household(request, visitor, running, found, identity)


@ROUTER.get("/{household_id}/facts")
def facts(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """What is known of a household: income beside the line, a timeline, all rows."""
    as_of, village = _read(running, visitor, household_id, month, "facts")
    found = _unless_away(lambda: household_facts(running.workspace, household_id, village[:COUNTY], as_of))
    return shown(request, "facts.html", visitor, facts=found, household_id=household_id, as_of=as_of, tab="facts")


@ROUTER.get("/{household_id}/help")
def help_page(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """Measures that the rules allow, and the form of a what-if."""
    as_of, _ = _read(running, visitor, household_id, month, "measures")
    return _help(request, visitor, running, household_id, as_of)


@ROUTER.post("/{household_id}/help")
def what_if(request: Request, household_id: HouseholdId, visitor: Reader, form: Marked, running: Running) -> Response:
    """The same page with the result of a what-if; nothing of it is kept."""
    as_of, _ = _read(running, visitor, household_id, _month(form.text("month")), "measures")
    values = {name: found[0] for name, found in form.fields.items() if found}
    wrong, result = "", None
    try:
        asked = written_scenarios(form.texts("scenario"), values)
        result = running.what_if(visitor.who, household_id, as_of, (asked, ()), "zh", now())
    except UsageError as error:
        wrong = chinese(str(error))
    return _help(request, visitor, running, household_id, as_of, result=result, wrong=wrong, values=values)


@ROUTER.get("/{household_id}/letter")
def letter(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """The explanation letter for a household that asks."""
    found = household_page(running, visitor.who, household_id, month, now())
    if found is None:
        raise unknown_household()
    place = "".join(_place(running, found.told.village_code))
    return shown(request, "letter.html", visitor, page=found, told=found.told, place=place, today=now().date())


@ROUTER.get("/{household_id}/visit-sheet")
def visit_sheet(
    request: Request, household_id: HouseholdId, visitor: Reader, running: Running, month: Month = None
) -> Response:
    """The sheet to fill in on a visit, without names."""
    _, village = _read(running, visitor, household_id, month, "visit sheet")
    return _sheet(request, visitor, running, household_id, village, None)


@ROUTER.post("/{household_id}/visit-sheet")
def visit_sheet_with_names(
    request: Request, household_id: HouseholdId, visitor: Reader, form: Marked, running: Running
) -> Response:
    """The sheet with name, address and telephone, for what they were asked for."""
    identity = _identity(running, visitor, household_id, form.text("purpose"))
    _, village = _read(running, visitor, household_id, None, "visit sheet")
    return _sheet(request, visitor, running, household_id, village, identity)


def _household(request: Request, visitor: Visitor, running: Service, page: HouseholdPage, identity: Any) -> Response:
    fields = {"told": page.told, "place": "".join(_place(running, page.told.village_code)), "identity": identity}
    return shown(request, "household.html", visitor, page=page, tab="assessment", **fields)


def _sheet(
    request: Request, visitor: Visitor, running: Service, household_id: str, village: str, identity: Any
) -> Response:
    place = _place(running, village)
    return shown(request, "visit_sheet.html", visitor, household_id=household_id, place=place, identity=identity)


def _place(running: Service, village: str) -> list[str]:
    """County, township and village by name."""
    return [running.area_names.get(village[:digits], village[:digits]) for digits in (6, 9, 12)]


def _help(
    request: Request,
    visitor: Visitor,
    running: Service,
    household_id: str,
    as_of: date,
    *,
    result: dict[str, Any] | None = None,
    wrong: str = "",
    values: dict[str, str] | None = None,
) -> Response:
    place = running.workspace
    found = _unless_away(lambda: household_help(running, visitor.who, household_id, as_of))
    choices = _unless_away(lambda: what_if_choices(place, as_of)) or []
    fields = {"help": found, "choices": choices, "result": result, "wrong": wrong, "values": values or {}}
    status = 422 if wrong else 200
    return shown(request, "help.html", visitor, status, household_id=household_id, as_of=as_of, tab="help", **fields)


def _read(running: Service, visitor: Visitor, household_id: str, month: date | None, what: str) -> tuple[date, str]:
    """As-of date and village of a household that who asks may see; that it is read is in the audit log."""
    found = running.assessments.row(household_id, month, visitor.who.sees)
    if found is None:
        raise unknown_household()
    stored = found[0]
    running.noted(visitor.who, "read", [household_id], f"{what} {stored.as_of}", now()).result()
    return stored.as_of, stored.village_code


def _identity(running: Service, visitor: Visitor, household_id: str, purpose: str) -> Any:
    """Who a household is. Raises Refused for who may not know, and without a purpose."""
    if not visitor.may("names"):
        raise Refused(403, "您的角色不能查看姓名、地址和电话。")
    if len(purpose) < 2:
        raise Refused(422, "请写明查看姓名的用途。", "返回上一页填写用途，例如“入户核查”。")
    found = running.names(visitor.who, household_id, purpose, now())
    if found is None:
        raise unknown_household()
    return found[0] if found else "unknown"


def _unless_away(make: Any) -> Any:
    """What needs the facts of the county; None where they are not on this machine."""
    try:
        return make()
    except FactsAway:
        return None


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(400, "评估日无法识别。", "请返回上一页重新操作。") from None
