"""Pages to sign in, sign out and change the password."""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response

from riskmodel.errors import UsageError
from riskmodel.serving.api.auth import Running
from riskmodel.serving.clock import now
from riskmodel.serving.pages.form import Filled, Marked
from riskmodel.serving.pages.page_route import PageRoute, chinese
from riskmodel.serving.pages.shown import own_path, see_other, shown
from riskmodel.serving.pages.visitor import COOKIE, PASSWORD, SIGN_IN, SignedIn, Visitor
from riskmodel.workflows.people import change_password, sign_in, sign_out

ROUTER = APIRouter(include_in_schema=False, route_class=PageRoute)
FORM_COOKIE: Final = "riskmodel_form"
"""Ties the sign-in form to the browser that asked for it."""
WRONG: Final = "登录名或密码不正确；连续输错 5 次将锁定 15 分钟。"
AnyPassword = Annotated[Visitor, Depends(SignedIn(any_password=True))]


@ROUTER.get(SIGN_IN)
def sign_in_page(request: Request) -> Response:
    """The form to sign in with."""
    return _asked(request, own_path(request.query_params.get("next", "/")))


@ROUTER.post(SIGN_IN)
def signed_in(request: Request, form: Filled, running: Running) -> Response:
    """Sign in, and go where one wanted to go."""
    back = own_path(form.text("next") or "/")
    mark = request.cookies.get(FORM_COOKIE, "")
    if not mark or not hmac.compare_digest(mark.encode(), form.text("mark").encode()):
        return _asked(request, back, "表单已过期，请重新输入。", 403)
    secret = sign_in(running, form.text("login"), _password(form, "password"), now())
    if secret is None:
        return _asked(request, back, WRONG, 403)
    response = see_other(back)
    _set(request, response, COOKIE, secret)
    return response


@ROUTER.post("/sign-out")
def signed_out(visitor: AnyPassword, _form: Marked, running: Running) -> Response:
    """End the session."""
    sign_out(running, visitor.who, visitor.secret, now())
    response = see_other(f"{SIGN_IN}?said=signed-out")
    response.delete_cookie(COOKIE)
    return response


@ROUTER.get(PASSWORD)
def password_page(request: Request, visitor: AnyPassword) -> Response:
    """The form to change one's password."""
    return shown(request, "password.html", visitor, wrong="")


@ROUTER.post(PASSWORD)
def password_changed(request: Request, visitor: AnyPassword, form: Marked, running: Running) -> Response:
    """Change it; then one has to sign in anew, everywhere."""
    new = _password(form, "new")
    try:
        if new != _password(form, "again"):
            raise UsageError("the two are not the same. / 两次输入的新密码不一致。")
        change_password(running, visitor.session, _password(form, "old"), new, now())
    except UsageError as error:
        return shown(request, "password.html", visitor, 422, wrong=chinese(str(error)))
    return see_other(f"{SIGN_IN}?said=password")


def _asked(request: Request, back: str, wrong: str = "", status: int = 200) -> Response:
    mark = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(32)
    response = shown(request, "sign_in.html", None, status, back=back, wrong=wrong, mark=mark)
    _set(request, response, FORM_COOKIE, mark)
    return response


def _set(request: Request, response: Response, name: str, value: str) -> None:
    """A cookie that no script reads and no other site sends; over TLS it never goes without."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="lax")


def _password(form: Filled, name: str) -> str:
    """A password as it was typed: blanks count."""
    found = form.fields.get(name, ())
    return found[0] if found else ""
