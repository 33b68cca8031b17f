"""The work list as a workbook, and the workbook back with what visits found: first what it would change, then kept."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter, Request, Response

from riskmodel.errors import RejectedFile
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.filled_form import packed, unpacked
from riskmodel.serving.pages.form import Marked
from riskmodel.serving.pages.list_address import asked_list, purpose_of, told_by
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.refused import Refused, not_there
from riskmodel.serving.pages.sent_file import MOST_BYTES, sent_file
from riskmodel.serving.pages.shown import handed_out, see_other, shown
from riskmodel.serving.pages.visitor import Decider, Reader, Visitor
from riskmodel.workflows.filled_lists import NotTheirs, keep_filled, preview_filled
from riskmodel.workflows.filled_sheet import read_filled
from riskmodel.workflows.list_books import AskedBook, list_book
from riskmodel.workflows.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
_BOOK: Final = "/worklist/workbook"
_FILLED: Final = "/worklist/filled"


@ROUTER.get(_BOOK)
def workbook(request: Request, visitor: Reader, running: Running) -> Response:
    """The list that the address asks for: `kind` form, to be filled in on visits, or as the page shows it."""
    form = request.query_params.get("kind") == "form"
    return _book(running, visitor, lambda name: request.query_params.get(name, ""), form=form, purpose="")


@ROUTER.post(_BOOK)
def workbook_with_names(request: Request, visitor: Reader, form: Marked, running: Running) -> Response:
    """The list to be filled in, with names, for what they were asked for."""
    purpose = purpose_of(visitor, form.text("purpose"))
    return _book(running, visitor, told_by(request, form), form=True, purpose=purpose)


@ROUTER.get(_FILLED)
def filled(request: Request, visitor: Decider) -> Response:
    """Where a filled workbook is sent from."""
    return shown(request, "worklist_filled.html", visitor, found=None)


@ROUTER.post(_FILLED, max_body_size=MOST_BYTES)
def filled_preview(request: Request, visitor: Decider, form: Marked, running: Running) -> Response:
    """What a workbook would change; nothing is changed."""
    try:
        with sent_file(form, "book") as path:
            told = read_filled(path)
        found = preview_filled(running, visitor.who, told, now())
    except RejectedFile as error:
        raise Refused(422, chinese(str(error)), "没有导入任何内容。") from None
    except NotTheirs as error:
        raise Refused(404, chinese(str(error))) from None
    rows, token = packed(told.edition, found.new), secrets.token_urlsafe(16)
    return shown(request, "worklist_filled.html", visitor, found=found, blank=told.blank, rows=rows, token=token)


@ROUTER.post(f"{_FILLED}/keep", max_body_size=MOST_BYTES)
def filled_keep(visitor: Decider, form: Marked, running: Running) -> Response:
    """Keep what the preview showed, as verdicts."""
    token = form.text("token") or secrets.token_urlsafe(16)
    try:
        keep_filled(running, visitor.who, token, unpacked(form.texts("rows")), now())
    except NotTheirs as error:
        raise Refused(404, chinese(str(error))) from None
    return see_other("/worklist?said=visits-kept")


def _book(running: Service, visitor: Visitor, field: Callable[[str], str], *, form: bool, purpose: str) -> Response:
    month, asked = asked_list(field, visitor)
    made = list_book(running, visitor.who, month, AskedBook(asked, form, purpose), now())
    if made is None:
        raise not_there("您的辖区内没有这一期或这个地区的清单。")
    return handed_out(made.name, made.content)
