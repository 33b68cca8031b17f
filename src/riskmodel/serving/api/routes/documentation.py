"""The page that describes the interface, made of its OpenAPI description: nothing on it comes from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import Markup

from riskmodel.rendering.document import Cell, Measured, Section, Table
from riskmodel.rendering.messages import Words, same
from riskmodel.rendering.templates import page
from riskmodel.serving.api.strict_request import StrictRoute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUTER = APIRouter(include_in_schema=False, route_class=StrictRoute)

_POLICY: Final = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
_HEAD: Final = (
    Words("请求", "Request"),
    Words("参数（* 必填）", "Asks for (* always)"),
    Words("正文", "Body"),
    Words("回答", "Answer"),
    Words("状态", "Status"),
)
_FIELDS: Final = (Words("字段（* 必填）", "Field (* always)"), Words("类型", "Kind"), Words("含义", "Meaning"))
_LINK: Final = Markup('<a href="/openapi.json">/openapi.json</a>')
_SCHEMA: Final = Words(
    Markup("完整的机器可读说明：{}").format(_LINK), Markup("All of it, for programs: {}").format(_LINK)
)


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
    """One per group of routes, and the fields of what is sent and answered."""
    routes = [
        (f"{method.upper()} {path}", told)
        for path, methods in schema["paths"].items()
        for method, told in methods.items()
    ]
    for tag in dict.fromkeys(told["tags"][0] for _, told in routes):
        rows = [_row(route, told) for route, told in routes if told["tags"][0] == tag]
        yield Section(tag.replace(" ", "-"), same(tag), [Table(_HEAD, rows, texts=len(_HEAD))])
    objects = {name: told for name, told in schema["components"]["schemas"].items() if "properties" in told}
    yield Section("fields", Words("字段", "Fields"), [_fields(name, told) for name, told in sorted(objects.items())])


def _row(route: str, told: dict[str, Any]) -> list[Cell]:
    asked = [p["name"] + "*" * p.get("required", False) for p in told.get("parameters", ())]
    answers: dict[str, Any] = next((found for status, found in told["responses"].items() if status < "300"), {})
    return [
        Measured(route, told.get("description", "")),
        ", ".join(asked),
        *(_content(found) for found in (told.get("requestBody", {}), answers)),
        ", ".join(told["responses"]),
    ]


def _content(told: dict[str, Any]) -> str:
    """What a body is: its object, or its media type where it has no fields."""
    kinds = {name: _kind(found.get("schema", {})) for name, found in told.get("content", {}).items()}
    return ", ".join(dict.fromkeys(kind or name for name, kind in kinds.items()))


def _fields(name: str, told: dict[str, Any]) -> Table:
    always = told.get("required", ())
    rows: list[Sequence[Cell]] = [
        [field + "*" * (field in always), _kind(found), found.get("description", "")]
        for field, found in told["properties"].items()
    ]
    return Table(_FIELDS, rows, title=same(f"{name}: {told.get('description', '')}"), texts=len(_FIELDS), folded=True)


def _kind(told: dict[str, Any]) -> str:
    """A type in short: another object, a list of something, codes, or what JSON calls it."""
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return " | ".join(dict.fromkeys(_kind(one) for one in told["anyOf"]))
    if "enum" in told:
        return " | ".join(map(str, told["enum"]))
    if "items" in told:
        return f"[{_kind(told['items'])}]"
    return str(told.get("format") or told.get("type", ""))
