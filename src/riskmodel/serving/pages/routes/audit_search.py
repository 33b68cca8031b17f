"""The page to search the audit log."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from riskmodel.errors import UsageError
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.actions import ACTIONS
from riskmodel.serving.pages.managed import shown_to_manager
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.visitor import Manager
from riskmodel.workflows.administration.log_search import Answer, Asked, search

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
AUDIT: Final = "/administration/audit"
_FIELDS: Final = ("actor", "action", "id", "first", "last")


@ROUTER.get(AUDIT)
def audit_page(request: Request, visitor: Manager, running: Running) -> Response:
    """Who looked at what and did what, the newest first."""
    asked = {name: request.query_params.get(name, "").strip()[:100] for name in _FIELDS}
    found: Answer | None = None
    wrong = ""
    try:
        found = search(running, visitor.who, _asked(asked, request.query_params.get("end", "")), now())
    except UsageError as error:
        wrong = chinese(str(error))
    older = ""
    if found and found.stretch.go_on is not None:
        kept = {name: value for name, value in asked.items() if value}
        older = f"{AUDIT}?{urlencode(kept | {'end': found.stretch.go_on})}"
    fields = {"asked": asked, "found": found, "wrong": wrong, "older": older, "actions": ACTIONS}
    return shown_to_manager(request, "administration/audit.html", visitor, 422 if wrong else 200, **fields)


def _asked(fields: dict[str, str], end: str) -> Asked:
    if fields["action"] and fields["action"] not in ACTIONS:
        raise UsageError("there is no such action. / 没有这种操作。")
    return Asked(
        actor=fields["actor"],
        action=fields["action"],
        id=fields["id"],
        first=_day(fields["first"]),
        last=_day(fields["last"]),
        end=int(end) if end.isascii() and end.isdecimal() and len(end) < 16 else None,
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        found = date.min
    if found is not None and not 2000 <= found.year <= 2200:
        raise UsageError("that is no day of a log. / 日期无法识别，请按 2026-01-05 的样式填写。")
    return found
