"""The ledger: its list with filters and counts, and the page of one entry with its history."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Request, Response

from riskmodel.errors import UsageError
from riskmodel.policy import Lamp, LedgerClass, LedgerState
from riskmodel.rendering.measure_text import measure_sentences
from riskmodel.review.changed_meanwhile import ChangedMeanwhile
from riskmodel.review.lamps import lamps
from riskmodel.review.ledger import NoSuchEntry, traced
from riskmodel.review.ledger_pages import AskedEntries
from riskmodel.review.once import KeyUsedBefore
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.case_form import TEXTS, CaseForm, asked_change, form_of, typed
from riskmodel.serving.pages.form import Form, Marked
from riskmodel.serving.pages.ledger_words import TOWNSHIP, WORDS, staff_of
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.shown import see_other, shown
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.workflows.cases import Draft, case, close, revise
from riskmodel.workflows.ledger_lists import ledger, ledger_counts
from riskmodel.workflows.measure_warnings import measure_warnings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from riskmodel.review.ledger_rules import LedgerEntry
    from riskmodel.workflows.service import Service

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/ledger")
ROWS: Final = 50
FILTERS: Final = ("area", "kind", "state", "lamp", "responsible")
LONGEST: Final = 100


@ROUTER.get("")
def ledger_page(request: Request, visitor: Reader, running: Running) -> Response:
    """Entries of one's area, with counts by township."""
    chosen, number = filters(request.query_params), page_number(request.query_params.get("page", ""))
    try:
        asked = asked_entries(visitor, chosen, first=(number - 1) * ROWS, most=ROWS)
        found, light = ledger(running, visitor.who, asked, now())
        counts = ledger_counts(running, visitor.who, asked.area, now())
    except NoSuchEntry:
        raise not_there("这个地方不在您的辖区内。") from None
    townships = {area.code: area.name for area in running.areas(visitor.who) if len(area.code) == TOWNSHIP}
    told: dict[str, Any] = {
        "found": found,
        "light": light,
        "counts": counts,
        "chosen": chosen,
        "names": running.area_names,
        "number": number,
    }
    query = urlencode({name: value for name, value in chosen.items() if value})
    pages = max(1, -(-found.total // ROWS))
    return shown(request, "ledger.html", visitor, query=query, pages=pages, townships=townships, **told, **WORDS)


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


def filters(query: Mapping[str, str]) -> dict[str, str]:
    """The filters of an address, in which anything may stand."""
    return {name: query.get(name, "").strip()[:LONGEST] for name in FILTERS}


def asked_entries(visitor: Visitor, chosen: Mapping[str, str], *, first: int, most: int) -> AskedEntries:
    """The entries that filters ask for; a word that there is not is as good as none."""
    area = chosen["area"]
    if area and not (area.isascii() and area.isdecimal() and len(area) <= 12):
        raise Refused(400, "地区代码无法识别。", "请在列表中重新选择。")
    return AskedEntries(
        area=area or visitor.who.area,
        kind=LedgerClass(chosen["kind"]) if chosen["kind"] in LedgerClass.codes() else None,
        state=LedgerState(chosen["state"]) if chosen["state"] in LedgerState.codes() else None,
        lamp=Lamp(chosen["lamp"]) if chosen["lamp"] in Lamp.codes() else None,
        responsible=chosen["responsible"],
        first=first,
        most=most,
    )


def page_number(text: str) -> int:
    """The number of a page; 1 for anything else."""
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 6 else 1


def _no_entry() -> Refused:
    return not_there("您的辖区内没有这条台账。")
