"""The page that describes the interface, made of its OpenAPI description: nothing on it comes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from riskmodel.rendering.document import Cell, Measured, Section, Table
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.templates import page
from riskmodel.serving.api.strict_request import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTER = APIRouter(include_in_schema=False, route_class=StrictRoute)

_POLICY: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_HEAD: Final = (Words("请求", "Request"), Words("参数", "Asks for"), Words("状态", "Status"))
_SCHEMA: Final = Words("完整的机器可读说明：/openapi.json", "All of it, for programs: /openapi.json")


@ROUTER.get("/openapi.json")
def described(request: Request) -> JSONResponse:
    """The interface for programs, as OpenAPI has it."""
    return JSONResponse(request.app.openapi())


@ROUTER.get("/docs", response_class=HTMLResponse)
def documentation(request: Request) -> HTMLResponse:
    """Every route with what it asks for and answers."""
    schema = request.app.openapi()
    info = schema["info"]
    return HTMLResponse(_page(schema, info["title"], info["version"], info["description"]), headers=_POLICY)


def _page(schema: dict[str, Any], title: str, version: str, about: str) -> str:
    return page(
        "document.html",
        title=same(f"{title} API"),
        meta=same(version),
        words={
            "confidential": same(about),
            "contents": Words("目录", "Contents"),
            "data": Words("数据", "Data"),
            "footer": _SCHEMA,
        },
        warnings=[],
        together=(),
        sections=list(_sections(schema)),
    )


def _sections(schema: dict[str, Any]) -> Iterator[Section]:
    """One per group of routes."""
    routes = [
        (f"{method.upper()} {path}", told)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    for tag in dict.fromkeys(told["tags"][0] for _, told in routes):
        rows = [_row(route, told) for route, told in routes if told["tags"][0] == tag]
        yield Section(tag.replace(" ", "-"), same(tag), [Table(_HEAD, rows, texts=len(_HEAD))])


def _row(route: str, told: dict[str, Any]) -> list[Cell]:
    asked = [p["name"] for p in told.get("parameters", ())] + ["body"] * ("requestBody" in told)
    return [Measured(route, told.get("description", "")), ", ".join(asked), ", ".join(told["responses"])]
