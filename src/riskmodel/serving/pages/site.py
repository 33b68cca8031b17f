"""The pages as a part of the service: their routes, and the files that they load."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.staticfiles import StaticFiles

from riskmodel.serving.pages.routes import (
    administration,
    audit_search,
    cases,
    household,
    ledger,
    ledger_list,
    ledger_workbooks,
    list_books,
    managed_keys,
    managed_models,
    managed_users,
    model,
    overview,
    sign_in,
    start,
    verdict,
    worklist,
)

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.responses import Response
    from starlette.types import Scope

PAGES: Final = (
    *(start, sign_in, overview, worklist, list_books, household, verdict, cases, ledger_workbooks, ledger_list, ledger),
    *(model, administration, managed_users, managed_keys, managed_models, audit_search),
)
_STATIC: Final = Path(__file__).parent / "static"


class KeptFiles(StaticFiles):
    """Files whose address changes with their content, so that a browser asks once for each."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As of Starlette, with a year to be kept."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def add_pages(app: FastAPI) -> None:
    """Add all pages to the application."""
    for module in PAGES:
        app.include_router(module.ROUTER)
    mounted: Any = KeptFiles(directory=_STATIC)
    app.mount("/static", mounted, name="static")
