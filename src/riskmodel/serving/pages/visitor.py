"""Who looks at a page: the session of the cookie, the rights of their roles, and the mark that every form carries."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from riskmodel.review.access import Principal, Right
from riskmodel.serving.api.auth import service_of
from riskmodel.serving.clock import now
from riskmodel.serving.pages.refused import Elsewhere, Refused, SignedOut

if TYPE_CHECKING:
    from riskmodel.review.sessions import Session

COOKIE: Final = "riskmodel_session"
SIGN_IN: Final = "/sign-in"
PASSWORD: Final = "/password"


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in and looks at a page."""

    session: Session
    secret: str = field(repr=False)

    @property
    def who(self) -> Principal:
        """Who asks, for workflows."""
        return self.session.user.principal

    @property
    def csrf(self) -> str:
        """What every form of theirs carries."""
        return self.session.csrf

    def may(self, right: str) -> bool:
        """Whether one of their roles allows it; for templates, by the code of the right."""
        return self.who.may(Right(right))


class SignedIn:
    """Dependency of a page: who looks at it, if one of their roles allows it.

    Without a session one is sent to the sign-in page and comes back afterwards; what a form held is shown again. With a
    password that somebody else gave one is sent to change it; without the right it is refused.
    """

    def __init__(self, right: Right | None = None, *, any_password: bool = False) -> None:
        self._right = right
        self._any_password = any_password

    async def __call__(self, request: Request) -> Visitor:
        """Raises Elsewhere, SignedOut or Refused."""
        secret = request.cookies.get(COOKIE, "")
        session = await run_in_threadpool(service_of(request).sessions.of, secret, now())
        if session is None:
            raise Elsewhere(_back_after_sign_in(request)) if request.method == "GET" else SignedOut
        visitor = Visitor(session, secret)
        request.scope["state"]["key_id"] = session.user.id
        request.scope["state"]["visitor"] = visitor
        if session.user.must_change and not self._any_password:
            raise Elsewhere(PASSWORD)
        if self._right is not None and not visitor.who.may(self._right):
            raise Refused(403, "您的角色不能使用此页面。", "如需使用，请联系管理员调整角色。")
        return visitor


def same_form(visitor: Visitor, token: str) -> bool:
    """Whether a form came from a page of this session."""
    return hmac.compare_digest(visitor.csrf.encode(), token.encode())


def _back_after_sign_in(request: Request) -> str:
    """The sign-in page, which leads back to a page that was only to be read."""
    if request.url.path == "/":
        return SIGN_IN
    query = f"?{request.url.query}" if request.url.query else ""
    return f"{SIGN_IN}?{urlencode({'next': request.url.path + query})}"


READER: Final = Depends(SignedIn(Right.READ))
"""Of a route that asks nothing of who looks at it but that they may."""
Reader = Annotated[Visitor, READER]
"""May read scores and explanations."""
Decider = Annotated[Visitor, Depends(SignedIn(Right.DECIDE))]
"""May write verdicts and entries of the ledger."""
Manager = Annotated[Visitor, Depends(SignedIn(Right.MANAGE))]
"""May manage users, keys and models."""
Anyone = Annotated[Visitor, Depends(SignedIn())]
"""Whoever is signed in."""
