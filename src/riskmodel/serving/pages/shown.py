"""How a page is answered: a template filled in, with headers that let nothing of elsewhere run or be loaded."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader

from riskmodel import __version__
from riskmodel.rendering.templates import environment
from riskmodel.serving.pages.words import SAID, register_filters

if TYPE_CHECKING:
    from fastapi import Request

    from riskmodel.serving.pages.visitor import Visitor

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Of every page: nothing inline runs, nothing is kept in a cache of the PC, no other page frames it."""


_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def shown(
    request: Request, template: str, visitor: Visitor | None = None, status: int = 200, **fields: Any
) -> HTMLResponse:
    """A template of `templates/` as a page. It knows `visitor` (None before the sign-in), `path`, `here`, `said`."""
    said = SAID.get(request.query_params.get("said", ""), "")
    text = pages().get_template(template).render(
        visitor=visitor,
        path=request.url.path,
        here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        said=said,
        version=__version__,
        **fields,
    )  # fmt: skip
    return HTMLResponse(text, status, HEADERS)


def handed_out(name: str, content: bytes) -> Response:
    """A workbook to be saved under a name."""
    return Response(content, 200, HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'}, _XLSX)


def see_other(path: str) -> RedirectResponse:
    """After a form: the browser asks for this page, so that reloading it sends nothing again."""
    return RedirectResponse(path, 303, HEADERS)


def own_path(text: str) -> str:
    """A path of this service that somebody wants to go back to; the start page for anything else."""
    good = text.startswith("/") and not text.startswith(("//", "/\\")) and text.isprintable() and "\\" not in text
    return text if good else "/"


@cache
def pages() -> Environment:
    """The environment of the pages: that of all documents, with the templates of this folder."""
    made = environment().overlay()
    made.loader = PackageLoader("riskmodel.serving.pages", "templates")
    made.globals = {**made.globals, "static": static_url}
    register_filters(made)
    return made


@cache
def static_url(name: str) -> str:
    """Address of a file of `static/`: another one when the file is another, so that a browser may keep it for good."""
    content = files("riskmodel.serving.pages").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
