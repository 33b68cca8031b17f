"""What the interface under /v1 promises, taken from its OpenAPI description: each route, parameter, status and field.

`python tests/promises.py` writes down what is promised today (tests/serving/api/v1.json); to be done with each version.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

WRITTEN = Path(__file__).parent / "serving" / "api" / "v1.json"


def promises(schema: dict[str, Any]) -> dict[str, str]:
    """Type of everything by its place: `GET /v1/areas query.level`, `GET /v1/areas 200`, `Area.code`."""
    routes = [
        (f"{method.upper()} {path}", told)
        for path, methods in schema["paths"].items()
        if path.startswith("/v1/")
        for method, told in methods.items()
    ]
    found = {place: kind for route, told in routes for place, kind in _of_route(route, told)}
    return dict(sorted(found.items())) | _of_objects(schema["components"]["schemas"])


def broken(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """What was promised and is not kept: what is missing or of another type, and what has become compulsory."""
    lost = [
        f"{place}: {kind}, now {now.get(place, 'gone')}" for place, kind in before.items() if now.get(place) != kind
    ]
    parents, sent = {_parent(place) for place in before}, _sent(now)
    asked = [place for place in now if " query." in place or " header." in place or _parent(place) in sent]
    added = [place for place in asked if place not in before and _parent(place) in parents]
    return lost + [f"{place}: compulsory" for place in added if now[place].endswith("!")]


def _parent(place: str) -> str:
    """The route or object that something belongs to."""
    return place.rpartition(" ")[0] or place.partition(".")[0]


def _sent(promised: dict[str, str]) -> set[str]:
    """The objects that clients send, with those inside them."""
    found: set[str] = set()
    waiting = {kind for place, kind in promised.items() if place.endswith(" body")}
    while waiting - found:
        found |= waiting
        waiting = {w for place, kind in promised.items() if _parent(place) in found for w in re.findall(r"\w+", kind)}
    return found


def _of_route(route: str, told: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for asked in told.get("parameters", ()):
        yield f"{route} {asked['in']}.{asked['name']}", _kind(asked["schema"]) + "!" * asked.get("required", False)
    if "requestBody" in told:
        (content,) = told["requestBody"]["content"].values()
        yield f"{route} body", _kind(content["schema"])
    for status in (status for status in told["responses"] if status.startswith("2")):
        answer = told["responses"][status]
        kinds = {_kind(content["schema"]) for content in answer.get("content", {}).values() if "schema" in content}
        yield f"{route} {status}", " ".join(sorted(kinds))


def _of_objects(schemas: dict[str, Any]) -> dict[str, str]:
    return {
        f"{name}.{field}": _kind(told) + "!" * (field in one.get("required", ()))
        for name, one in sorted(schemas.items())
        for field, told in one.get("properties", {}).items()
    }


def _kind(told: dict[str, Any]) -> str:
    """A type in a word; the members of a list of codes may grow, so they are not told."""
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "anyOf" in told:
        return "|".join(dict.fromkeys(_kind(one) for one in told["anyOf"]))
    if told.get("type") == "array":
        return f"[{_kind(told['items'])}]"
    if isinstance(told.get("additionalProperties"), dict):
        return f"{{{_kind(told['additionalProperties'])}}}"
    return str(told.get("type", "any"))


def described() -> dict[str, Any]:
    """The OpenAPI description of this version."""
    from riskmodel.serving.api.app import create_app
    from riskmodel.settings import Settings
    from riskmodel.workflows.workspace import Workspace

    return create_app(Workspace(Settings(Path("nowhere")))).openapi()


if __name__ == "__main__":
    WRITTEN.write_text(json.dumps(promises(described()), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
