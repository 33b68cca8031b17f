"""An entry of the ledger: its page with its history, and what is done with it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Path, Request, Response

from riskmodel.errors import UsageError
from riskmodel.policy import LedgerState
from riskmodel.rendering.measure_text import measure_sentences
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.lamps import lamps
from riskmodel.review.ledger import NoSuchEntry, traced
from riskmodel.review.once import KeyUsedBefore
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.case_form import TEXTS, CaseForm, asked_change, form_of, typed
from riskmodel.serving.pages.form import Form, Marked
from riskmodel.serving.pages.ledger_words import WORDS, staff_of
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.workflows.cases import Draft, case, close, revise
from riskmodel.workflows.measure_warnings import measure_warnings

if TYPE_CHECKING:
    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.workflows.service import Service

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/ledger")
Number = Path(ge=1, le=2**53)


@ROUTER.get("/{number}")
def entry_page(request: Request, visitor: Reader, running: Running, number: int = Number) -> Response:
    """An entry with its history, and what may be done with it."""
    return _entry(request, visitor, running, number)


@ROUTER.post("/{number}")
def entry_changed(request: Request, visitor: Decider, form: Marked, running: Running, number: int = Number) -> Response:
    """Change an entry, or take it to its next state."""
    try:
        _change(visitor, form, running, number)
    except ChangedMeanwhile as error:
        told = {"wrong": chinese(str(error)), "differ": _differences(error.stored, form)}
        return _entry(request, visitor, running, number, typed(form, again=True), 409, **told)
    except NoSuchEntry:
        raise _no_entry() from None
    except UsageError as error:
        again = typed(form, again=isinstance(error, KeyUsedBefore))
        return _entry(request, visitor, running, number, again, 422, wrong=chinese(str(error)))
    return see_other(f"/ledger/{number}?said=case")


def _change(visitor: Visitor, form: Form, running: Service, number: int) -> None:
    version, token = form.text("version"), form.text("token")
    draft = Draft(token, number, int(version) if version.isdecimal() and len(version) < 12 else 0)
    if form.text("act") == LedgerState.CLOSED.value:
        close(running, visitor.who, draft, form.text("reason"), now())
        return
    stands = form.text("stands")
    wish = asked_change(form, LedgerState(stands) if stands in LedgerState.codes() else LedgerState.OPEN)
    revise(running, visitor.who, draft, wish, form.text("reason"), now())


def _entry(
    request: Request,
    visitor: Visitor,
    running: Service,
    number: int,
    form: CaseForm | None = None,
    status: int = 200,
    **fields: Any,
) -> Response:
    try:
        entry, history = case(running, visitor.who, number, now())
    except NoSuchEntry:
        raise _no_entry() from None
    lamp = lamps(running.workspace.policy, now().date()).lamp(entry)
    told: dict[str, Any] = {"wrong": "", "differ": []} | fields
    told |= {"entry": entry, "history": history, "lamp": lamp, "form": form or form_of(entry), "today": now().date()}
    saved = request.query_params.get("said") == "case"
    told["against"] = _against(running, visitor, entry) if saved and entry.measures else []
    names = running.area_names
    staff = staff_of(running, entry.village_code)
    return shown(request, "entry.html", visitor, status, names=names, staff=staff, **WORDS, **told)


def _against(running: Service, visitor: Visitor, entry: LedgerEntry) -> list[str]:
    """What the rules have against the measures of an entry that was just saved; they warn, and the official decides."""
    month = running.newest_month()
    if month is None:
        return []
    try:
        found = measure_warnings(running, visitor.who, entry.household_id, month.as_of, entry.measures) or []
    except UsageError:  # the household is not active any more
        return []
    return [sentence.zh for sentence in measure_sentences(asdict(one) for one in found)]


def _differences(stored: object, form: Form) -> list[tuple[str, str, str]]:
    """Field, what is stored, and what was sent, of those that differ."""
    entry: LedgerEntry = stored  # type: ignore[assignment]  # what changed meanwhile is an entry
    now_there = traced(entry)
    sent = {name: form.text(name) for name in TEXTS if name in form.fields}
    sent |= {"measures": " ".join(form.texts("measure"))} if "kind" in form.fields else {}
    return [(name, now_there[name], text) for name, text in sent.items() if now_there[name] != text]


def _no_entry() -> Refused:
    return not_there("您的辖区内没有这条台账。")
