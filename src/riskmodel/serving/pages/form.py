"""What a form sends: text fields alone, bounded, and only of a page that this session was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from riskmodel.serving.pages.refused import Refused
from riskmodel.serving.pages.visitor import Visitor, same_form

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_FIELDS: Final = 2_000
MOST_PART: Final = 256_000
"""Bytes of a text field; a field of 10,000 Chinese letters has 30,000."""


@dataclass(frozen=True)
class Form:
    """The fields of a form by name, in the order sent; a file is apart. Passwords are among them: none is printed."""

    fields: Mapping[str, Sequence[str]] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False)
    """What they hold, read whole: a body is bounded."""

    def text(self, name: str) -> str:
        """A field without blanks around it; empty where it was not sent."""
        found = self.fields.get(name, ())
        return found[0].strip() if found else ""

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be sent several times, without empty ones."""
        return [text.strip() for text in self.fields.get(name, ()) if text.strip()]


async def filled(request: Request) -> Form:
    """The form that was sent. Raises Refused for one of another page, and for one that is too large."""
    if not from_here(request):
        raise Refused(403, "表单不是从本系统的页面提交的，未作任何改动。", "请从本系统的页面重新操作。")
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_PART) as sent:
        items = list(sent.multi_items())
        files = {name: await value.read() for name, value in items if isinstance(value, UploadFile)}
    return _form(items, files)


async def marked(request: Request) -> Form:
    """The form that was sent from a page of the visitor's session."""
    form = await filled(request)
    visitor: Visitor | None = request.scope["state"].get("visitor")
    if visitor is None or not same_form(visitor, form.text("csrf")):
        raise Refused(403, "表单已过期，未作任何改动。", "请返回上一页，刷新后重新提交。")
    return form


def from_here(request: Request) -> bool:
    """Whether a browser says that a form came from a page of this service; one that says nothing is believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.rpartition("//")[2] == request.headers.get("host")


def _form(items: Sequence[tuple[str, Any]], files: Mapping[str, bytes]) -> Form:
    fields: dict[str, list[str]] = {}
    for name, value in items:
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return Form(fields, files)


Filled = Annotated[Form, Depends(filled)]
Marked = Annotated[Form, Depends(marked)]
"""To be named after the visitor among the parameters of a route."""
