"""The application with an OpenAPI description of what is sent: problems as problem+json, on every route alike."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI

from riskmodel.serving.api.problems import MEDIA_TYPE, ProblemBody

_PROBLEM: Final = {"$ref": f"#/components/schemas/{ProblemBody.__name__}"}
_CONTENT: Final = {MEDIA_TYPE: {"schema": _PROBLEM}}
_EVERYWHERE: Final = {
    "405": {"description": "The path knows other methods; the header Allow names them", "content": _CONTENT},
    "500": {"description": "The service failed; the log says where", "content": _CONTENT},
}
"""What the application and the gate before it answer, whatever the route."""


class DescribedApp(FastAPI):
    """An application whose description is mended once it is made: FastAPI takes every answer for application/json."""

    def openapi(self) -> dict[str, Any]:
        """As of FastAPI, with the media types and the statuses that are sent."""
        made_before = self.openapi_schema
        found = super().openapi()
        if found is not made_before:
            _mend(found)
        return found


def _mend(schema: dict[str, Any]) -> None:
    for told in (told for methods in schema["paths"].values() for told in methods.values()):
        told["responses"] = dict(sorted((_EVERYWHERE | told["responses"]).items()))
        for answer in told["responses"].values():
            schemas = [content.get("schema", {}) for content in answer.get("content", {}).values()]
            if _PROBLEM in schemas:
                answer["content"] = _CONTENT
            for found in (found for found in schemas if "$ref" in found):
                found.pop("type", None)  # what FastAPI supposes of lines: a text, not the object that each of them is
