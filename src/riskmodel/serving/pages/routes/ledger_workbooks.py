"""The ledger out as a workbook, and back: what it would change is shown before anything is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response

from riskmodel.errors import DataError, UsageError
from riskmodel.review.ledger import NoSuchEntry
from riskmodel.review.ledger_pages import MOST
from riskmodel.review.ledger_sheet import NotApplied
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.carried_rows import carried, carried_back
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.ledger_address import asked_entries, filters
from riskmodel.serving.pages.ledger_words import WORDS
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.sent_file import MOST_BYTES, sent_file
from riskmodel.serving.pages.shown import handed_out, see_other, shown
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.workflows.ledger_books import ledger_rows, ledger_workbook
from riskmodel.workflows.ledger_lists import ledger, ledger_apply, ledger_preview

if TYPE_CHECKING:
    from riskmodel.review.ledger_sheet import Preview

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute, prefix="/ledger/workbook")
_AGAIN: Final = "请改正表格后重新导入。"


@ROUTER.get("")
def workbook(request: Request, visitor: Reader, running: Running) -> Response:
    """The entries that the filters choose."""
    asked = asked_entries(visitor, filters(lambda name: request.query_params.get(name, "")), first=0, most=MOST)
    try:
        found, light = ledger(running, visitor.who, asked, now())
    except NoSuchEntry:
        raise not_there("这个地方不在您的辖区内。") from None
    content = ledger_workbook(found.entries, running.area_names, light, now().date())
    return handed_out(f"ledger-{now().date()}.xlsx", content)


@ROUTER.post("", max_body_size=MOST_BYTES)
def preview(request: Request, visitor: Decider, form: Marked, running: Running) -> Response:
    """What a workbook would change; nothing is saved yet."""
    try:
        with sent_file(form, "workbook") as path:
            rows = ledger_rows(path)
        found = ledger_preview(running, visitor.who, rows, now())
    except (DataError, UsageError) as error:
        raise Refused(422, chinese(str(error)), _AGAIN) from None
    return _shown(request, visitor, found)


@ROUTER.post("/apply", max_body_size=MOST_BYTES)
def apply(request: Request, visitor: Decider, form: Marked, running: Running) -> Response:
    """Save what the preview showed, all of it or nothing."""
    try:
        found = ledger_apply(running, visitor.who, carried_back(form.texts("rows")), now())
    except NotApplied as error:
        return _shown(request, visitor, error.preview, 409, wrong=chinese(str(error)))
    except UsageError as error:
        raise Refused(422, chinese(str(error)), _AGAIN) from None
    return see_other(f"/ledger?said={'imported' if found.changes else 'nothing'}")


def _shown(request: Request, visitor: Visitor, found: Preview, status: int = 200, wrong: str = "") -> Response:
    rows = carried([change.row for change in found.changes]) if found.usable and found.changes else []
    told = {"found": found, "rows": rows, "wrong": wrong}
    return shown(request, "ledger_preview.html", visitor, status, **told, **WORDS)
