"""What a form sends: text fields alone, bounded, and only of a page that this session was shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import Depends, Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from riskmodel.serving.pages.refused import Refused
from riskmodel.serving.pages.visitor import Visitor, same_form

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

MOST_FIELDS: Final = 2_000
MOST_PART: Final = 256_000
"""Bytes of a text field; a field of 10,000 Chinese letters has 30,000."""


TYPED: Final = ("why", "note", "problem", "evidence", "reason", "wrong_what", "wrong_right")
"""Fields in which people write sentences."""


@dataclass(frozen=True)
class Form:
    """The fields of a form by name, in the order sent; a file is apart. Passwords are among them: none is printed."""

    fields: Mapping[str, Sequence[str]] = field(repr=False)
    files: Mapping[str, UploadFile] = field(repr=False)

    def text(self, name: str) -> str:
        """A field without blanks around it; empty where it was not sent."""
        found = self.fields.get(name, ())
        return found[0].strip() if found else ""

    def texts(self, name: str) -> list[str]:
        """All values of a field that may be sent several times, without empty ones."""
        return [text.strip() for text in self.fields.get(name, ()) if text.strip()]


async def filled(request: Request) -> AsyncIterator[Form]:
    """The form that was sent; its file can be read until the answer is made. Raises Refused for one of another page."""
    if not from_here(request):
        raise Refused(403, "表单不是从本系统的页面提交的，未作任何改动。", "请从本系统的页面重新操作。")
    async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_PART) as sent:
        yield _form(list(sent.multi_items()))


Filled = Annotated[Form, Depends(filled)]


async def marked(request: Request, form: Filled) -> Form:
    """The form that was sent from a page of the visitor's session."""
    visitor: Visitor | None = request.scope["state"].get("visitor")
    if visitor is None or not same_form(visitor, form.text("csrf")):
        raise Refused(403, "表单已过期，未作任何改动。", "请返回上一页，刷新后重新提交。")
    return form


async def typed_texts(request: Request) -> list[str]:
    """The longer texts of a form whose session has ended, for who typed them; none of a form of another page."""
    if not from_here(request):
        return []
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_PART) as sent:
            return [value for name, value in sent.multi_items() if isinstance(value, str) and name in TYPED and value]
    except HTTPException:
        return []


def from_here(request: Request) -> bool:
    """Whether a browser says that a form came from a page of this service; one that says nothing is believed."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or origin.rpartition("//")[2] == request.headers.get("host")


def _form(items: Sequence[tuple[str, Any]]) -> Form:
    fields: dict[str, list[str]] = {}
    for name, value in items:
        if isinstance(value, str):
            fields.setdefault(name, []).append(value)
    return Form(fields, {name: value for name, value in items if isinstance(value, UploadFile)})


Marked = Annotated[Form, Depends(marked)]
"""To be named after the visitor among the parameters of a route."""
